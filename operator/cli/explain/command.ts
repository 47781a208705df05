import { Command } from 'commander';
import { MANAGED_BY } from '../../pool/names.ts';
import { type ClusterFlags, checkName, inCluster, withClusterFlags } from '../cluster.ts';
import { printJson, withJson } from '../output.ts';
import { askAt, askThroughTheCluster } from './ask-operator.ts';
import { explanationData, explanationText } from './explanation.ts';
import { lookAt } from './look.ts';
import { WHAT_IF_KEYS, whatIfOf } from './what-if.ts';

interface Options extends ClusterFlags {
  readonly operatorNamespace: string;
  readonly operator?: string;
  readonly whatIf?: string;
  readonly output?: 'json';
}

const EXAMPLES = `
Examples:
  kubectl pwp explain photos
  kubectl pwp explain photos --what-if wait=10,rate=40
  kubectl pwp explain photos -n media -o json`;

export const explainCommand = () =>
  withJson(withClusterFlags(new Command('explain')))
    .description('tells why a pool has as many workers as it has, and what comes next')
    .argument('<pool>', 'name of the pool')
    .option('--operator-namespace <name>', 'where the operator runs', MANAGED_BY)
    .option('--operator <url>', 'address of an operator’s /metrics, in place of the way through the cluster')
    .option('--what-if <changes>', `the same law with other inputs, as wait=10,rate=40; of ${WHAT_IF_KEYS}`)
    .addHelpText('after', EXAMPLES)
    .action(explain);

async function explain(name: string, options: Options): Promise<void> {
  const { operatorNamespace, operator, output } = options;
  const whatIf = options.whatIf === undefined ? undefined : { text: options.whatIf, change: whatIfOf(options.whatIf) };
  for (const given of [name, operatorNamespace]) checkName(given);
  await inCluster(options, async ({ client, namespace }) => {
    const facts = await lookAt(client, { namespace, name }, (pool) =>
      operator === undefined
        ? askThroughTheCluster(client, { namespace: operatorNamespace, pool })
        : askAt(operator, pool),
    );
    if (output === 'json') printJson(explanationData(facts, whatIf));
    else process.stdout.write(explanationText(facts, whatIf));
    if (facts.problem !== undefined) process.exitCode = 1;
  });
}
