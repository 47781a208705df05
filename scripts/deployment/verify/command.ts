/** `verify`: looks until all is well or the time is up, and says of each thing whether it is, and what to do. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Command, InvalidArgumentError } from 'commander';
import { findingText } from '../../../operator/cli/doctor/finding.ts';
import { KubeClient } from '../../../operator/kube/client.ts';
import { loadConnection } from '../../../operator/kube/credentials.ts';
import { KubeError } from '../../../operator/kube/errors.ts';
import { clusterOfPeople } from '../../../operator/settings.ts';
import type { Target } from './facts.ts';
import type { Finding } from './finding.ts';
import { lookAt } from './look.ts';
import { monitoringFindings } from './monitoring.ts';
import { askPrometheus, prometheusAt } from './prometheus.ts';
import { rolloutFindings } from './rollout.ts';
import { workerFindings } from './workers.ts';

interface Options {
  readonly namespace?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly timeout: number;
  readonly prometheus?: string;
  readonly json?: true;
}

const EVERY_MS = 2_000;
const DEFAULT_TARGET = 'deployment/preview-worker';
const DEFAULT_NAMESPACE = 'preview-worker';
const KINDS: Readonly<Record<string, Target['kind']>> = {
  ...{ pool: 'pool', pools: 'pool', pwp: 'pool', previewworkerpool: 'pool', previewworkerpools: 'pool' },
  ...{ deployment: 'deployment', deployments: 'deployment', deploy: 'deployment' },
};
const NAME = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

export const verifyCommand = () =>
  new Command('verify')
    .description('says whether workers do their work: rollout, health, Redis, consumption, metrics, alerts')
    .argument('[target]', 'pool/NAME or deployment/NAME', DEFAULT_TARGET)
    .option('-n, --namespace <name>', 'where it is', DEFAULT_NAMESPACE)
    .option('--kubeconfig <file>', 'absent: KUBECONFIG, ~/.kube/config, or the pod’s own ServiceAccount')
    .option('--context <name>', 'context of the kubeconfig')
    .option('--timeout <seconds>', 'wait so long for all to be well; 0 looks once', seconds, 120)
    .option('--prometheus <where>', 'ask it, too: an URL, or NAMESPACE/SERVICE:PORT through the API server')
    .option('--json', 'print {target, ok, findings: [{check, status, message, remedy?}]}')
    .addHelpText(
      'after',
      `
Exit 0 when nothing failed, 1 when something did, 2 when the cluster can not be asked. Takes the rights to get pools or
Deployments, to list pods, and to get pods/proxy in the namespace.`,
    )
    .action(verify);

function seconds(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0 || value > 86_400)
    throw new InvalidArgumentError('it must be a number of seconds from 0 to 86400');
  return value;
}

export function targetOf(text: string, namespace: string): Target {
  const [kindText = '', name = '', ...more] = text.split('/');
  const kind = KINDS[kindText.toLowerCase()];
  if (kind === undefined || more.length > 0 || !NAME.test(name))
    throw new Error(`'${text}' is no target: write pool/NAME or deployment/NAME`);
  if (!NAME.test(namespace))
    throw new Error(`--namespace '${namespace}' is no name: small letters, digits and - make one`);
  return { kind, namespace, name };
}

async function verify(text: string, options: Options): Promise<void> {
  const target = targetOf(text, options.namespace ?? DEFAULT_NAMESPACE);
  const client = new KubeClient({
    connection: await loadConnection(clusterOfPeople(options)),
    ...{ fieldManager: 'preview-deployment', userAgent: 'preview-deployment/0.1.0', mayWrite: () => false },
  });
  try {
    const ask = options.prometheus === undefined ? undefined : prometheusAt(options.prometheus, client);
    const findings = await findingsIn(async () => {
      const facts = await lookAt(client, target, async (one) => ask && askPrometheus(ask, one));
      const rollout = rolloutFindings(facts);
      // Of what is not there nothing more is to be said.
      if (facts.deployment === undefined) return rollout;
      return [...rollout, ...workerFindings(facts), ...monitoringFindings(facts)];
    }, options.timeout);
    const ok = findings.every(({ status }) => status !== 'failed');
    if (options.json) console.log(JSON.stringify({ target, ok, findings: findings.map(told) }, null, 2));
    else for (const finding of findings) console.log(findingText(finding));
    if (!ok) process.exitCode = 1;
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    console.error(`the cluster can not be asked: ${error.message}`);
    process.exitCode = 2;
  } finally {
    await client.close();
  }
}

const told = ({ check, status, message, remedy }: Finding) => ({ check, status, message, remedy });

/** The first that are all well, or whose failures stay, or the last before the time is up. */
async function findingsIn(look: () => Promise<Finding[]>, timeoutSeconds: number): Promise<Finding[]> {
  const until = performance.now() + timeoutSeconds * 1000;
  let said = '';
  for (;;) {
    const isOver = performance.now() + EVERY_MS > until;
    const findings = await look().catch((error: unknown) => {
      if (isOver || !(error instanceof KubeError && error.isTransient)) throw error;
      return undefined;
    });
    const failures = findings?.filter(({ status }) => status === 'failed') ?? [];
    if (findings && (failures.length === 0 || isOver || failures.some(({ isFinal }) => isFinal))) return findings;
    const waiting = failures[0] ? `${failures[0].check}: ${failures[0].message}` : 'the API server does not answer';
    if (waiting !== said) console.error(`waiting: ${waiting}`);
    said = waiting;
    await sleep(EVERY_MS);
  }
}
