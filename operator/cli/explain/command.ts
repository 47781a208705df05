import { Command } from 'commander';
import { MANAGED_BY } from '../../pool/names.ts';
import { type ClusterFlags, checkName, inCluster, withClusterFlags } from '../cluster.ts';
import { askAt, askThroughTheCluster } from './ask-operator.ts';
import { explanationData, explanationText } from './explanation.ts';
import { lookAt } from './look.ts';
import { WHAT_IF_KEYS, whatIfOf } from './what-if.ts';

interface Options extends ClusterFlags {
  readonly operatorNamespace: string;
  readonly operator?: string;
  readonly whatIf?: string;
  readonly json?: true;
}

export const explainCommand = () =>
  withClusterFlags(new Command('explain'))
    .description('tells why a pool has as many workers as it has, and what comes next')
    .argument('<pool>', 'name of the pool')
    .option('--operator-namespace <name>', 'where the operator runs', MANAGED_BY)
    .option('--operator <url>', 'address of an operator’s /metrics, in place of the way through the cluster')
    .option('--what-if <changes>', `the same law with other inputs, as wait=10,rate=40; of ${WHAT_IF_KEYS}`)
    .option('--json', 'print it for programs')
    .action(explain);

async function explain(name: string, options: Options): Promise<void> {
  const { operatorNamespace, operator, json = false } = options;
  const whatIf = options.whatIf === undefined ? undefined : { text: options.whatIf, change: whatIfOf(options.whatIf) };
  for (const given of [name, operatorNamespace]) checkName(given);
  await inCluster(options, async ({ client, namespace }) => {
    const facts = await lookAt(client, { namespace, name }, (pool) =>
      operator === undefined
        ? askThroughTheCluster(client, { namespace: operatorNamespace, pool })
        : askAt(operator, pool),
    );
    process.stdout.write(
      json ? `${JSON.stringify(explanationData(facts, whatIf), null, 2)}\n` : explanationText(facts, whatIf),
    );
    if (facts.problem !== undefined) process.exitCode = 1;
  });
}
