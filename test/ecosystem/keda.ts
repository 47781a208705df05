/**
 * KEDA on a control plane of this machine: its operator and its metrics adapter as processes, under the CRDs, the
 * ServiceAccount and the roles that its module ships. Its Service is this machine, its certificates are ours. Without the
 * admission webhooks, which only refuse.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KEDA_VERSION } from '../../scripts/tools/catalogue.ts';
import { provide } from '../../scripts/tools/provide.ts';
import { writeServiceCertificates } from '../cluster/certificates.ts';
import { type ControlPlane, kubeconfig } from '../cluster/control-plane.ts';
import { eventually } from '../cluster/eventually.ts';
import { freePorts } from '../cluster/ports.ts';
import { ManagedProcess } from '../cluster/process.ts';
import { goModule } from './go-module.ts';

const NAMESPACE = 'keda';
const ADAPTER = 'keda-metrics-apiserver';
const API = 'v1beta1.external.metrics.k8s.io';
/** The first look at a cluster's kinds takes a while on a busy machine. */
const READY_SECONDS = 90;

export interface Keda {
  /** With the APIService, so that the group is free again. */
  stop(): Promise<void>;
}

const config = async () => join(await goModule(`github.com/kedacore/keda/v2@v${KEDA_VERSION}`), 'config');

/** Before the controllers start: what a ScaledObject owns would otherwise outlive it for half a minute. */
export async function installKedaCrds({ kubectl }: Pick<ControlPlane, 'kubectl'>): Promise<void> {
  await kubectl(['apply', '--server-side', '-k', join(await config(), 'crd')]);
  const established = '{.status.conditions[?(@.type=="Established")].status}';
  await eventually('ScaledObjects are known', async () => {
    return (await kubectl(['get', 'crd/scaledobjects.keda.sh', '-o', `jsonpath=${established}`])) === 'True';
  });
}

/** The CRDs are there. Resolves once the API server has external metrics from it. */
export async function startKeda(cluster: ControlPlane): Promise<Keda> {
  const { kubectl } = cluster;
  const [operator, adapter, manifests] = await Promise.all([provide('keda'), provide('keda-adapter'), config()]);
  const files = [
    'general/namespace',
    'service_account/service_account',
    ...['rbac/role', 'rbac/role_binding', 'metrics-server/role', 'metrics-server/role_binding'],
  ];
  await kubectl(['apply', '--server-side', ...files.flatMap((file) => ['-f', join(manifests, `${file}.yaml`)])]);
  const token = await kubectl(['create', 'token', 'keda-operator', '-n', NAMESPACE, '--duration=24h']);

  const folder = join(cluster.folder, 'keda');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const certificates = await writeServiceCertificates(join(folder, 'certificates'), [
    'localhost',
    `${ADAPTER}.${NAMESPACE}.svc`,
  ]);
  const kubeconfigFile = join(folder, 'kubeconfig');
  await writeFile(kubeconfigFile, kubeconfig(cluster.server, cluster.ca, token.trim()), { mode: 0o600 });
  const env = {
    ...process.env,
    KUBECONFIG: kubeconfigFile,
    POD_NAMESPACE: NAMESPACE,
    KEDA_CLUSTER_OBJECT_NAMESPACE: NAMESPACE,
    WATCH_NAMESPACE: '',
  };
  const [health = 0, grpc = 0, secure = 0] = await freePorts(3);
  const processes: ManagedProcess[] = [];
  const start = (name: string, command: readonly string[]) => {
    const child = new ManagedProcess({ name, command, env, cwd: folder, logFile: join(folder, `${name}.log`) });
    processes.push(child);
    return child;
  };
  const stop = async () => {
    await kubectl(['delete', 'apiservice', API, '--ignore-not-found']);
    for (const child of processes.splice(0).reverse()) await child.stop();
  };
  try {
    const running = start('keda', [
      operator,
      '--enable-prometheus-metrics=false',
      `--health-probe-bind-address=127.0.0.1:${health}`,
      `--metrics-service-bind-address=127.0.0.1:${grpc}`,
      `--cert-dir=${certificates.folder}`,
    ]);
    await running.ready(async () => (await fetch(`http://127.0.0.1:${health}/readyz`)).ok, READY_SECONDS);
    const serving = start('keda-adapter', [
      adapter,
      '--bind-address=127.0.0.1',
      `--secure-port=${secure}`,
      // Its own numbers, which can not be turned off: any port.
      '--port=0',
      ...['lister', 'authentication', 'authorization'].map((of) => `--${of}-kubeconfig=${kubeconfigFile}`),
      `--tls-cert-file=${join(certificates.folder, 'tls.crt')}`,
      `--tls-private-key-file=${join(certificates.folder, 'tls.key')}`,
      `--cert-dir=${certificates.folder}`,
      `--metrics-service-address=127.0.0.1:${grpc}`,
    ]);
    await kubectl(['apply', '-f', '-'], { input: JSON.stringify(registration(secure, certificates.ca)) });
    const answers = async () => (await kubectl(['get', '--raw', '/apis/external.metrics.k8s.io/v1beta1'])) !== '';
    await serving.ready(answers, READY_SECONDS);
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop };
}

/** Where the API server does not route to pods, an ExternalName is asked at the port that the APIService names. */
function registration(port: number, ca: string): object {
  const [version, ...group] = API.split('.');
  const service = { name: ADAPTER, namespace: NAMESPACE };
  const items = [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: service,
      spec: { type: 'ExternalName', externalName: 'localhost', ports: [{ port }] },
    },
    {
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: { name: API },
      spec: {
        ...{ group: group.join('.'), version, groupPriorityMinimum: 100, versionPriority: 100 },
        ...{ service: { ...service, port }, caBundle: Buffer.from(ca).toString('base64') },
      },
    },
  ];
  return { apiVersion: 'v1', kind: 'List', items };
}
