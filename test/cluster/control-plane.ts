/**
 * A real control plane on loopback: etcd, kube-apiserver, and on request kube-controller-manager and kube-scheduler.
 * It is a test cluster: one admin token, no TLS to etcd, nothing survives `stop`.
 */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { provide } from '../../scripts/tools/provide.ts';
import { type Certificates, writeCertificates } from './certificates.ts';
import { freePorts } from './ports.ts';
import { ManagedProcess } from './process.ts';

const READY_SECONDS = 60;
const AUTOSCALER = 'horizontal-pod-autoscaler-controller';

export interface ControlPlaneOptions {
  /** Absent: a new folder under the system's temporary folder, removed by `stop`. */
  readonly folder?: string;
  readonly controllers?: boolean;
  readonly scheduler?: boolean;
  readonly hpaSyncSeconds?: number;
  /** As where that controller was never started: until `startAutoscaler`. */
  readonly withoutAutoscaler?: boolean;
  /** Beside those that are on by default. */
  readonly admissionPlugins?: readonly string[];
  /** `rules` of an audit policy: then what they name is written to `audit.log` in the folder, a JSON event a line. */
  readonly auditRules?: readonly object[];
  /** Where pods reach the API server, and it the kubelet: of a node in the same network. Absent: there are no such pods. */
  readonly nodeAddress?: string;
  /** What the controllers shall know from their start: of a kind that comes later the garbage collector learns within half a minute only. */
  readonly beforeControllers?: (cluster: Pick<ControlPlane, 'kubectl'>) => Promise<unknown>;
}

export interface ControlPlane {
  readonly server: string;
  /** PEM. */
  readonly ca: string;
  readonly adminToken: string;
  readonly kubeconfigPath: string;
  readonly kubectlPath: string;
  readonly folder: string;
  /** Resolves to stdout, rejects with stderr. */
  kubectl(args: readonly string[], options?: { readonly input?: string }): Promise<string>;
  /** Ends kube-apiserver alone; what it keeps in etcd stays. */
  stopApiServer(): Promise<void>;
  /** On the same port, once it is ready. */
  startApiServer(): Promise<void>;
  /** The controller of HorizontalPodAutoscalers, where it was left out. */
  startAutoscaler(): void;
  /** A user's certificate, which the API server takes. PEM. */
  readonly clientCertificateOf: Certificates['clientOf'];
  /** A server's, which the API server and pods take. PEM. */
  readonly servingCertificateOf: Certificates['servingOf'];
  stop(): Promise<void>;
}

export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const {
    controllers = true,
    scheduler = false,
    hpaSyncSeconds = 5,
    withoutAutoscaler = false,
    admissionPlugins = [],
    auditRules,
    beforeControllers,
    nodeAddress,
  } = options;
  const [etcdPath, apiserverPath, kubectlPath] = await Promise.all([
    provide('etcd'),
    provide('kube-apiserver'),
    provide('kubectl'),
  ]);
  const controllerManagerPath = controllers ? await provide('kube-controller-manager') : undefined;
  const schedulerPath = scheduler ? await provide('kube-scheduler') : undefined;

  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'preview-cluster-')));
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const started: ManagedProcess[] = [];
  const start = (name: string, command: readonly string[]): ManagedProcess => {
    const child = new ManagedProcess({ name, command, logFile: join(folder, `${name}.log`), cwd: folder });
    started.push(child);
    return child;
  };
  // Without a word: the API server would wait for each open watch, and nothing that they could still write is kept.
  const stop = async () => {
    const ending = started.splice(0);
    for (const child of ending) child.kill('SIGKILL');
    await Promise.all(ending.map(({ exited }) => exited));
    await rm(folder, { recursive: true, force: true });
  };

  try {
    const certificates = await writeCertificates(join(folder, 'pki'));
    const adminToken = randomBytes(24).toString('base64url');
    await writeFile(join(folder, 'tokens.csv'), `${adminToken},admin,admin,system:masters\n`, { mode: 0o600 });
    const [etcdPort = 0, peerPort = 0, apiPort = 0] = await freePorts(3);

    const etcd = start('etcd', [etcdPath, ...etcdFlags(folder, etcdPort, peerPort)]);
    await etcd.ready(
      async () => (await request(`http://127.0.0.1:${etcdPort}/health`)).statusCode === 200,
      READY_SECONDS,
    );

    const server = `https://127.0.0.1:${apiPort}`;
    const dispatcher = new Agent({ connect: { ca: certificates.ca } });
    const headers = { authorization: `Bearer ${adminToken}` };
    const answers = (path: string) => async () => {
      const response = await request(`${server}${path}`, { dispatcher, headers, headersTimeout: 5_000 });
      await response.body.dump();
      return response.statusCode === 200;
    };
    const auditPolicy = join(folder, 'audit-policy.json');
    const policy = {
      apiVersion: 'audit.k8s.io/v1',
      kind: 'Policy',
      omitStages: ['RequestReceived'],
      rules: auditRules,
    };
    if (auditRules) await writeFile(auditPolicy, JSON.stringify(policy));
    const reached = nodeAddress ? await nodeFlags(folder, certificates, nodeAddress) : LOOPBACK_FLAGS;
    let apiserver: ManagedProcess | undefined;
    const startApiServer = async () => {
      apiserver = start('kube-apiserver', [
        apiserverPath,
        ...apiserverFlags(folder, certificates, etcdPort, apiPort),
        ...reached,
        ...(admissionPlugins.length > 0 ? [`--enable-admission-plugins=${admissionPlugins.join()}`] : []),
        ...(auditRules ? [`--audit-policy-file=${auditPolicy}`, `--audit-log-path=${join(folder, 'audit.log')}`] : []),
      ]);
      await apiserver.ready(answers('/readyz'), READY_SECONDS);
    };
    await startApiServer();

    const kubeconfigPath = join(folder, 'kubeconfig');
    await writeFile(kubeconfigPath, kubeconfig(server, certificates.ca, adminToken), { mode: 0o600 });
    const kubectl = kubectlWith(kubectlPath, kubeconfigPath);
    await beforeControllers?.({ kubectl });
    const startControllers = (chosen: string) =>
      controllerManagerPath &&
      start('kube-controller-manager', [
        controllerManagerPath,
        ...controllerManagerFlags(kubeconfigPath, certificates, hpaSyncSeconds),
        `--controllers=${chosen}`,
      ]);
    startControllers(withoutAutoscaler ? `*,-${AUTOSCALER}` : '*');
    if (schedulerPath) start('kube-scheduler', [schedulerPath, ...schedulerFlags(kubeconfigPath)]);
    // The first sign of life of the controllers; the API server alone never makes it.
    if (controllerManagerPath) {
      await apiserver?.ready(answers('/api/v1/namespaces/default/serviceaccounts/default'), READY_SECONDS);
    }

    return {
      ...{ server, ca: certificates.ca, adminToken, kubeconfigPath, kubectlPath, folder, kubectl },
      ...{ stopApiServer: async () => apiserver?.stop(), startApiServer },
      startAutoscaler: () => void startControllers(AUTOSCALER),
      clientCertificateOf: certificates.clientOf,
      servingCertificateOf: certificates.servingOf,
      stop: async () => {
        await stop();
        await dispatcher.close();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function kubectlWith(kubectlPath: string, kubeconfigPath: string): ControlPlane['kubectl'] {
  return (args, { input } = {}) =>
    new Promise((resolve, reject) => {
      const child = execFile(
        kubectlPath,
        ['--kubeconfig', kubeconfigPath, ...args],
        { timeout: 120_000, maxBuffer: 64 << 20 },
        (error, stdout, stderr) =>
          error ? reject(new Error(`kubectl ${args.join(' ')}: ${stderr.trim() || error.message}`)) : resolve(stdout),
      );
      child.stdin?.end(input ?? '');
    });
}

function etcdFlags(folder: string, port: number, peerPort: number): string[] {
  const client = `http://127.0.0.1:${port}`;
  const peer = `http://127.0.0.1:${peerPort}`;
  return [
    '--unsafe-no-fsync',
    `--data-dir=${join(folder, 'etcd')}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    '--log-level=warn',
  ];
}

const LOOPBACK_FLAGS = [
  ...['--bind-address=127.0.0.1', '--advertise-address=127.0.0.1', '--endpoint-reconciler-type=none'],
];

/** Loopback stays for who starts it. */
async function nodeFlags(folder: string, pki: Certificates, address: string): Promise<string[]> {
  const { certificate, key } = await pki.clientOf('kube-apiserver-kubelet-client', 'system:masters');
  const [certFile, keyFile] = [join(folder, 'kubelet-client.crt'), join(folder, 'kubelet-client.key')];
  await writeFile(certFile, certificate, { mode: 0o600 });
  await writeFile(keyFile, key, { mode: 0o600 });
  return [
    ...['--bind-address=0.0.0.0', `--advertise-address=${address}`],
    `--kubelet-client-certificate=${certFile}`,
    `--kubelet-client-key=${keyFile}`,
    `--kubelet-certificate-authority=${pki.caFile}`,
    '--kubelet-preferred-address-types=InternalIP',
  ];
}

/** Without `--enable-aggregator-routing`: a Service of type ExternalName `localhost` must reach a metrics API on this host. */
function apiserverFlags(folder: string, pki: Certificates, etcdPort: number, port: number): string[] {
  return [
    `--etcd-servers=http://127.0.0.1:${etcdPort}`,
    `--secure-port=${port}`,
    '--service-cluster-ip-range=10.0.0.0/24',
    '--authorization-mode=Node,RBAC',
    `--token-auth-file=${join(folder, 'tokens.csv')}`,
    `--client-ca-file=${pki.caFile}`,
    `--tls-cert-file=${pki.servingCertFile}`,
    `--tls-private-key-file=${pki.servingKeyFile}`,
    `--service-account-key-file=${pki.serviceAccountPublicKeyFile}`,
    `--service-account-signing-key-file=${pki.serviceAccountKeyFile}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    '--allow-privileged',
    `--requestheader-client-ca-file=${pki.frontProxyCaFile}`,
    '--requestheader-allowed-names=front-proxy-client',
    '--requestheader-username-headers=X-Remote-User',
    '--requestheader-group-headers=X-Remote-Group',
    '--requestheader-extra-headers-prefix=X-Remote-Extra-',
    `--proxy-client-cert-file=${pki.frontProxyCertFile}`,
    `--proxy-client-key-file=${pki.frontProxyKeyFile}`,
  ];
}

function controllerManagerFlags(kubeconfigPath: string, pki: Certificates, hpaSyncSeconds: number): string[] {
  return [
    `--kubeconfig=${kubeconfigPath}`,
    `--service-account-private-key-file=${pki.serviceAccountKeyFile}`,
    `--root-ca-file=${pki.caFile}`,
    '--leader-elect=false',
    '--use-service-account-credentials',
    // Each controller makes an account and a token of its own first, which at the default of 20 a second takes 5 s.
    '--kube-api-qps=1000',
    '--kube-api-burst=1000',
    `--horizontal-pod-autoscaler-sync-period=${hpaSyncSeconds}s`,
    '--bind-address=127.0.0.1',
    '--secure-port=0',
  ];
}

function schedulerFlags(kubeconfigPath: string): string[] {
  return [`--kubeconfig=${kubeconfigPath}`, '--leader-elect=false', '--bind-address=127.0.0.1', '--secure-port=0'];
}

/** JSON is YAML; kubectl and every client read it. */
export function kubeconfig(server: string, ca: string, token: string): string {
  const name = 'preview';
  return JSON.stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name, cluster: { server, 'certificate-authority-data': Buffer.from(ca).toString('base64') } }],
      users: [{ name, user: { token } }],
      contexts: [{ name, context: { cluster: name, user: name, namespace: 'preview-worker' } }],
      'current-context': name,
    },
    null,
    2,
  );
}
