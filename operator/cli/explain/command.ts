import { Command } from 'commander';
import { KubeClient } from '../../kube/client.ts';
import { loadConnection } from '../../kube/credentials.ts';
import { MANAGED_BY } from '../../pool/names.ts';
import { clusterOfPeople } from '../../settings.ts';
import { askAt, askThroughTheCluster } from './ask-operator.ts';
import { explanationData, explanationText } from './explanation.ts';
import { lookAt } from './look.ts';
import { WHAT_IF_KEYS, whatIfOf } from './what-if.ts';

interface Options {
  readonly namespace?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly operatorNamespace: string;
  readonly operator?: string;
  readonly whatIf?: string;
  readonly json?: true;
}

/** As Kubernetes has them: what is none is no part of a path either. */
const NAME = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

export const explainCommand = () =>
  new Command('explain')
    .description('tells why a pool has as many workers as it has, and what comes next')
    .argument('<pool>', 'name of the pool')
    .option('-n, --namespace <name>', 'namespace of the pool; absent: that of the context')
    .option('--kubeconfig <file>', 'absent: KUBECONFIG, ~/.kube/config, or the pod’s own ServiceAccount')
    .option('--context <name>', 'context of the kubeconfig')
    .option('--operator-namespace <name>', 'where the operator runs', MANAGED_BY)
    .option('--operator <url>', 'address of an operator’s /metrics, in place of the way through the cluster')
    .option('--what-if <changes>', `the same law with other inputs, as wait=10,rate=40; of ${WHAT_IF_KEYS}`)
    .option('--json', 'print it for programs')
    .action(explain);

async function explain(name: string, options: Options): Promise<void> {
  const { operatorNamespace, operator, json = false } = options;
  const whatIf = options.whatIf === undefined ? undefined : { text: options.whatIf, change: whatIfOf(options.whatIf) };
  const connection = await loadConnection(clusterOfPeople(options));
  const namespace = options.namespace ?? connection.namespace;
  for (const given of [name, namespace, operatorNamespace])
    if (!NAME.test(given)) throw new Error(`'${given}' is no name: small letters, digits, - and . make one`);
  const client = new KubeClient({
    ...{ connection, fieldManager: 'pwp', userAgent: 'pwp/0.1.0' },
    mayWrite: () => false,
  });
  try {
    const facts = await lookAt(client, { namespace, name }, (pool) =>
      operator === undefined
        ? askThroughTheCluster(client, { namespace: operatorNamespace, pool })
        : askAt(operator, pool),
    );
    process.stdout.write(
      json ? `${JSON.stringify(explanationData(facts, whatIf), null, 2)}\n` : explanationText(facts, whatIf),
    );
    if (facts.problem !== undefined) process.exitCode = 1;
  } finally {
    await client.close();
  }
}
