/** Runs the real operator from source as a child process, through a fault proxy when one is given. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KubeClient } from '../../operator/kube/client.ts';
import type { KubeError } from '../../operator/kube/errors.ts';
import type { ControlPlane } from '../cluster/control-plane.ts';
import { eventually } from '../cluster/eventually.ts';
import { freePorts } from '../cluster/ports.ts';
import { ManagedProcess } from '../cluster/process.ts';
import type { OperatorAccess } from './access.ts';

export const POOLS_PATH = (namespace: string) =>
  `/apis/previews.mobius.dev/v1alpha1/namespaces/${namespace}/previewworkerpools`;

export function adminClient(cluster: ControlPlane): KubeClient {
  return new KubeClient({
    connection: { server: cluster.server, ca: cluster.ca, token: async () => cluster.adminToken, namespace: 'default' },
    fieldManager: 'test',
    userAgent: 'test',
  });
}

export async function installCrd(cluster: Pick<ControlPlane, 'kubectl'>): Promise<void> {
  await cluster.kubectl(['apply', '--server-side', '-f', 'crds/']);
  const established = '{.status.conditions[?(@.type=="Established")].status}';
  // `kubectl wait` fails on a definition whose conditions are null, as they are for a moment.
  await eventually('the definition is established', async () => {
    const crd = 'crd/previewworkerpools.previews.mobius.dev';
    return (await cluster.kubectl(['get', crd, '-o', `jsonpath=${established}`])) === 'True';
  });
}

/** Resolves to undefined when the server accepts a pool of this spec, else to its refusal. */
export function dryRun(client: KubeClient, spec: unknown): Promise<string | undefined> {
  return client
    .create(
      POOLS_PATH('default'),
      { apiVersion: 'previews.mobius.dev/v1alpha1', kind: 'PreviewWorkerPool', metadata: { name: 'pool' }, spec },
      { dryRun: 'All', fieldValidation: 'Strict' },
    )
    .then(
      () => undefined,
      (error: KubeError) => (error.isInvalid ? error.message : Promise.reject(error)),
    );
}

export interface RunningOperator {
  readonly url: string;
  readonly process: ManagedProcess;
  ready(): Promise<void>;
  /** The sum over all label sets of one metric. */
  metric(name: string): Promise<number>;
  stop(): Promise<void>;
}

export async function startOperator({
  server,
  ca,
  adminToken,
  access,
  flags = [],
  folder: wanted,
  leaderElection = false,
  program = 'operator/main.ts',
}: {
  server: string;
  /** PEM; absent for plain HTTP. */
  ca?: string;
  adminToken: string;
  /** Absent: it may do everything. */
  access?: OperatorAccess;
  flags?: readonly string[];
  /** For its kubeconfig and `log`; removed by `stop`. Absent: a new temporary one. */
  folder?: string;
  /** With it one that follows a killed one waits until its Lease has run out. */
  leaderElection?: boolean;
  /** From source, or as it was built. */
  program?: string;
}): Promise<RunningOperator> {
  const folder = wanted ?? (await mkdtemp(join(tmpdir(), 'preview-operator-')));
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const kubeconfig = join(folder, 'kubeconfig');
  const config = {
    clusters: [
      {
        name: 'c',
        cluster: { server, ...(ca ? { 'certificate-authority-data': Buffer.from(ca).toString('base64') } : {}) },
      },
    ],
    users: [{ name: 'u', user: { token: access?.token ?? adminToken } }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u', namespace: access?.namespace ?? 'default' } }],
    'current-context': 'x',
  };
  await writeFile(kubeconfig, JSON.stringify(config), { mode: 0o600 });
  const [port = 0] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  // As its first line has it started.
  const nodeFlags = (await readFile(program, 'utf8')).split('\n', 1)[0]?.match(/--\S+/g) ?? [];
  const operator = new ManagedProcess({
    name: 'operator',
    command: [
      process.execPath,
      ...nodeFlags,
      program,
      '--kubeconfig',
      kubeconfig,
      '--listen-host',
      '127.0.0.1',
      '--listen-port',
      String(port),
      '--demand-url',
      url,
      '--leader-elect',
      String(leaderElection),
      ...flags,
    ],
    logFile: join(folder, 'log'),
  });
  return {
    url,
    process: operator,
    ready: () => operator.ready(async () => (await fetch(`${url}/readyz`)).ok, 30),
    metric: async (name) => {
      const text = await (await fetch(`${url}/metrics`)).text();
      return text
        .split('\n')
        .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
        .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
    },
    stop: async () => {
      await operator.stop(25);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Waits until no write came for `seconds`. */
export async function quiet(writes: () => readonly unknown[], seconds = 3): Promise<void> {
  let count = writes().length;
  let since = performance.now();
  await eventually(
    'no more writes',
    () => {
      if (writes().length !== count) {
        count = writes().length;
        since = performance.now();
      }
      return performance.now() - since > seconds * 1000;
    },
    { seconds: 60 },
  );
}
