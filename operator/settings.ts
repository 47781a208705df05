/** Flags of the operator; each has an environment variable, and this is the only file that reads the environment. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { Alerting } from './desired/index.ts';
import type { LeaseTiming } from './kube/lease.ts';

export interface Settings {
  readonly kubeconfig?: string;
  readonly context?: string;
  /** Empty means all namespaces. */
  readonly watchNamespaces: readonly string[];
  readonly listenHost: string;
  readonly listenPort: number;
  readonly concurrency: number;
  readonly watchSilenceSeconds: number;
  readonly maxConcurrentRollouts: number;
  readonly queueReadSeconds: number;
  readonly defaultImage: string;
  readonly alerting: Alerting;
  /** Absent: the Service of the installation, in the namespace of the connection. */
  readonly demandUrl?: string;
  readonly logLevel: string;
  /** Without it pools are scaled by other ways. */
  readonly externalMetrics: boolean;
  /** Whether jobs are shown, and given back, to who may ask through the API server. */
  readonly queueApi: boolean;
  /** Of both; absent where there is neither. */
  readonly aggregatedApi?: { readonly port: number; readonly name: string };
  /** Absent: this process is the only one, and acts at once. */
  readonly lease?: {
    /** Absent: the namespace of the connection. */
    readonly namespace?: string;
    readonly name: string;
    readonly timing: LeaseTiming;
  };
  readonly instance: string;
  /** For sign-in plugins of a kubeconfig. */
  readonly environment: NodeJS.ProcessEnv;
  readonly inCluster: { readonly host?: string; readonly port?: string };
}

/** The cluster that a command of people is about, found as kubectl finds it: a flag, KUBECONFIG, the home folder, the pod. */
export function clusterOfPeople(
  { kubeconfig, context }: { readonly kubeconfig?: string | undefined; readonly context?: string | undefined },
  env: NodeJS.ProcessEnv = process.env,
) {
  const atHome = join(homedir(), '.kube', 'config');
  const { KUBECONFIG, KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = env;
  return {
    kubeconfig: kubeconfig || KUBECONFIG || (existsSync(atHome) ? atHome : undefined),
    ...{ context, host, port, environment: env },
  };
}

export const wholeNumber = (min: number, max: number) => (text: string) => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < min || value > max)
    throw new InvalidArgumentError(`it must be a whole number from ${min} to ${max}`);
  return value;
};

/** The flags as a table, for `--help` and the documentation. */
export const operatorCommand = (): Command =>
  new Command('preview-worker-operator')
    .description('Keeps a Deployment and everything around it true to each PreviewWorkerPool.')
    .addOption(new Option('--kubeconfig <file>', 'kubeconfig to use outside a cluster').env('KUBECONFIG'))
    .addOption(new Option('--context <name>', 'context of the kubeconfig'))
    .addOption(
      new Option('--watch-namespaces <names>', 'comma-separated namespaces; all when absent')
        .env('WATCH_NAMESPACES')
        .default(''),
    )
    .addOption(
      new Option('--listen-host <host>', 'address for /healthz, /readyz and /metrics')
        .env('LISTEN_HOST')
        .default('0.0.0.0'),
    )
    .addOption(
      new Option('--listen-port <port>', 'port for /healthz, /readyz and /metrics; 0 takes a free one')
        .env('LISTEN_PORT')
        .default(8080)
        .argParser(wholeNumber(0, 65_535)),
    )
    .addOption(
      new Option('--concurrency <n>', 'pools reconciled at once')
        .env('CONCURRENCY')
        .default(4)
        .argParser(wholeNumber(1, 64)),
    )
    .addOption(
      new Option(
        '--watch-silence-seconds <n>',
        'a watch without a byte for so long is opened anew; the server sends one about each minute',
      )
        .env('WATCH_SILENCE_SECONDS')
        .default(150)
        .argParser(wholeNumber(1, 3600)),
    )
    .addOption(
      new Option(
        '--max-concurrent-rollouts <n>',
        'pools that roll at a time when the operator itself changes their template',
      )
        .env('MAX_CONCURRENT_ROLLOUTS')
        .default(5)
        .argParser(wholeNumber(1, 1000)),
    )
    .addOption(
      new Option('--queue-read-seconds <n>', 'how often the load of each pool’s queue is read')
        .env('QUEUE_READ_SECONDS')
        .default(15)
        .argParser(wholeNumber(1, 60)),
    )
    .addOption(
      new Option('--default-image <image>', 'image of pools that name none')
        .env('DEFAULT_IMAGE')
        .default('mobius-preview-worker:0.1.0'),
    )
    .addOption(
      new Option(
        '--alerting <form>',
        'PerPool: each pool that wants alerts has a PrometheusRule of its own. Shared: none has, and one set of rules, which the chart and config/ have, serves them all; for hundreds of pools',
      )
        .env('ALERTING')
        .choices(['PerPool', 'Shared'])
        .default('PerPool'),
    )
    .addOption(
      new Option('--leader-elect <yes>', 'act only while holding the Lease; false where a single process runs')
        .env('LEADER_ELECT')
        .choices(['true', 'false'])
        .default('true'),
    )
    .addOption(
      new Option(
        '--lease-namespace <name>',
        'namespace of the Lease; absent: that of the pod, or of the kubeconfig’s context',
      ).env('LEASE_NAMESPACE'),
    )
    .addOption(
      new Option('--lease-name <name>', 'name of the Lease; operators of different namespaces take different ones')
        .env('LEASE_NAME')
        .default('preview-worker-operator'),
    )
    .addOption(
      new Option('--lease-seconds <n>', 'a standby takes over when the Lease did not change for so long')
        .env('LEASE_SECONDS')
        .default(15)
        .argParser(wholeNumber(1, 600)),
    )
    .addOption(
      new Option('--lease-renew-deadline-seconds <n>', 'a leader that could not renew for so long ends')
        .env('LEASE_RENEW_DEADLINE_SECONDS')
        .default(10)
        .argParser(wholeNumber(1, 600)),
    )
    .addOption(
      new Option('--lease-retry-seconds <n>', 'between two looks at the Lease')
        .env('LEASE_RETRY_SECONDS')
        .default(2)
        .argParser(wholeNumber(1, 600)),
    )
    .addOption(
      new Option(
        '--external-metrics <yes>',
        'serve external.metrics.k8s.io, by which HorizontalPodAutoscalers scale pools; false where another has that group, or with --watch-namespaces',
      )
        .env('EXTERNAL_METRICS')
        .choices(['true', 'false'])
        .default('false'),
    )
    .addOption(
      new Option(
        '--queue-api <yes>',
        'serve queues.previews.mobius.dev, by which people look at jobs and give failed ones back; false with --watch-namespaces',
      )
        .env('QUEUE_API')
        .choices(['true', 'false'])
        .default('false'),
    )
    .addOption(
      new Option('--external-metrics-port <port>', 'port for both of these, by TLS')
        .env('EXTERNAL_METRICS_PORT')
        .default(8443)
        .argParser(wholeNumber(0, 65_535)),
    )
    .addOption(
      new Option(
        '--external-metrics-name <name>',
        'Service that the APIServices name, and Secret for its certificate: both are there, in the namespace of the operator',
      )
        .env('EXTERNAL_METRICS_NAME')
        .default('preview-worker-operator-metrics'),
    )
    .addOption(
      new Option(
        '--demand-url <url>',
        'where KEDA asks this operator for the number of workers; absent: the Service preview-worker-operator in the namespace of the operator, port 8080',
      ).env('DEMAND_URL'),
    )
    .addOption(
      new Option('--log-level <level>', 'the least that is logged')
        .env('LOG_LEVEL')
        .choices(['debug', 'info', 'warn', 'error'])
        .default('info'),
    );

export function readSettings(argv: readonly string[], env: NodeJS.ProcessEnv = process.env): Settings {
  const command = operatorCommand().parse([...argv]);
  const options = command.opts<
    Omit<
      Settings,
      | 'watchNamespaces'
      | 'inCluster'
      | 'instance'
      | 'lease'
      | 'environment'
      | 'externalMetrics'
      | 'queueApi'
      | 'aggregatedApi'
    > & {
      watchNamespaces: string;
      queueApi: 'true' | 'false';
      leaderElect: 'true' | 'false';
      externalMetrics: 'true' | 'false';
      externalMetricsPort: number;
      externalMetricsName: string;
      leaseNamespace?: string;
      leaseName: string;
      leaseSeconds: number;
      leaseRenewDeadlineSeconds: number;
      leaseRetrySeconds: number;
    }
  >();
  const { leaderElect, leaseNamespace, leaseName, leaseSeconds, leaseRenewDeadlineSeconds, leaseRetrySeconds } =
    options;
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port, POD_NAME, HOSTNAME } = env;
  const { externalMetricsPort, externalMetricsName, ...rest } = options;
  const [externalMetrics, queueApi] = [options.externalMetrics === 'true', options.queueApi === 'true'];
  return {
    ...{ ...rest, externalMetrics, queueApi },
    ...(externalMetrics || queueApi ? { aggregatedApi: { port: externalMetricsPort, name: externalMetricsName } } : {}),
    watchNamespaces: options.watchNamespaces
      .split(',')
      .map((name) => name.trim())
      .filter(Boolean),
    instance: POD_NAME ?? HOSTNAME ?? 'preview-worker-operator',
    ...(leaderElect === 'true'
      ? {
          lease: {
            ...(leaseNamespace ? { namespace: leaseNamespace } : {}),
            name: leaseName,
            timing: {
              durationSeconds: leaseSeconds,
              renewDeadlineSeconds: leaseRenewDeadlineSeconds,
              retrySeconds: leaseRetrySeconds,
            },
          },
        }
      : {}),
    environment: env,
    inCluster: { ...(host ? { host } : {}), ...(port ? { port } : {}) },
  };
}
