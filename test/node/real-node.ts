/** A node of one machine: containerd with Debian's runc and CNI plugins, kubelet and kube-proxy, in the namespaces of `enter.ts`. */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { basename, delimiter, dirname, join } from 'node:path';
import { provide } from '../../scripts/tools/provide.ts';
import type { ControlPlane } from '../cluster/control-plane.ts';
import { eventually } from '../cluster/eventually.ts';
import { ManagedProcess } from '../cluster/process.ts';
import { command } from '../images/buildah.ts';
import { containerdConfig, kubeletConfig, POD_NETWORK, proxyConfig } from './settings-of-programs.ts';
import { NODE_ADDRESS } from './surroundings.ts';

export const NODE_NAME = 'node';
const READY_SECONDS = 60;

export interface RealNode {
  /** Of the kubelet, kube-proxy and containerd, for a failure that needs them. */
  logTails(): string;
  stop(): Promise<void>;
}

export async function startRealNode(controlPlane: ControlPlane, folder: string): Promise<RealNode> {
  const programs = join(folder, 'programs');
  for (const part of ['containerd', 'network/configuration', 'kubelet/plugins', 'programs'])
    await mkdir(join(folder, part), { recursive: true });
  const shim = dirname(await provide('containerd-shim-runc-v2'));
  // Each program lies in a folder of its own; these are looked for by name.
  const path = [shim, dirname(await provide('runc')), process.env['PATH'] ?? ''].join(delimiter);
  const started: ManagedProcess[] = [];
  const start = async (name: 'containerd' | 'kubelet' | 'kube-proxy', ...args: readonly string[]) => {
    const program = new ManagedProcess({
      name,
      command: [await provide(name), ...args],
      logFile: join(programs, `${name}.log`),
      env: { ...process.env, PATH: path },
    });
    started.push(program);
    return program;
  };
  const stop = async () => {
    for (const program of started.splice(0).reverse()) await program.stop();
  };
  const file = async (name: string, content: string | object) => {
    const target = join(programs, name);
    await writeFile(target, typeof content === 'string' ? content : JSON.stringify(content), { mode: 0o600 });
    return target;
  };
  try {
    const socket = join(folder, 'containerd', 'containerd.sock');
    await file('../network/configuration/pods.conflist', POD_NETWORK(folder));
    const containerd = await start(
      'containerd',
      ...[
        '--config',
        await file(
          'containerd.toml',
          containerdConfig({ folder, socket, plugins: dirname(await provide('host-local')) }),
        ),
      ],
    );
    const ctr = async (...args: readonly string[]) =>
      command(await provide('ctr'), ['--address', socket, '--namespace', 'k8s.io', ...args], 2);
    await containerd.ready(async () => (await ctr('plugins', 'ls', 'id==cri')).includes(' ok'), READY_SECONDS);
    for (const image of await readdir(join(folder, 'images')))
      await ctr('images', 'import', join(folder, 'images', image));

    const kubelet = await controlPlane.servingCertificateOf(NODE_ADDRESS);
    const certificate = {
      certFile: await file('kubelet.crt', kubelet.certificate),
      keyFile: await file('kubelet.key', kubelet.key),
    };
    await start(
      'kubelet',
      `--config=${await file('kubelet.json', kubeletConfig({ folder, socket, ...certificate, caFile: await file('ca.crt', controlPlane.ca), cgroup: basename(folder) }))}`,
      `--kubeconfig=${await file('kubelet.kubeconfig', await as(controlPlane, `system:node:${NODE_NAME}`, 'system:nodes'))}`,
      `--root-dir=${join(folder, 'kubelet')}`,
      `--cert-dir=${join(folder, 'kubelet', 'pki')}`,
      ...[`--node-ip=${NODE_ADDRESS}`, `--hostname-override=${NODE_NAME}`],
    );
    const proxyKubeconfig = await file('kube-proxy.kubeconfig', await as(controlPlane, 'system:kube-proxy'));
    await start('kube-proxy', `--config=${await file('kube-proxy.json', proxyConfig(proxyKubeconfig, NODE_NAME))}`);
    await eventually('the node is Ready', () => isReady(controlPlane), { seconds: READY_SECONDS, every: 250 });
  } catch (error) {
    const said = started.map((program) => `${program.name}:\n${program.logTail()}`).join('\n');
    await stop();
    throw new Error(`the node did not start; its programs said last:\n${said}`, { cause: error });
  }
  return { stop, logTails: () => started.map((program) => `${program.name}:\n${program.logTail(40)}`).join('\n') };
}

async function isReady({ kubectl }: ControlPlane): Promise<boolean> {
  const said = await kubectl([
    'get',
    'node',
    NODE_NAME,
    '-o',
    'jsonpath={.status.conditions[?(@.type=="Ready")].status} {.spec.taints}',
  ]);
  return said.trim() === 'True';
}

/** A kubeconfig of that user. */
async function as(controlPlane: ControlPlane, user: string, group?: string): Promise<object> {
  const { certificate, key } = await controlPlane.clientCertificateOf(user, group);
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  return {
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'node' },
    clusters: [
      { name: 'node', cluster: { server: controlPlane.server, 'certificate-authority-data': base64(controlPlane.ca) } },
    ],
    users: [{ name: 'node', user: { 'client-certificate-data': base64(certificate), 'client-key-data': base64(key) } }],
    contexts: [{ name: 'node', context: { cluster: 'node', user: 'node' } }],
  };
}
