/**
 * A node for tests, in place of kubelet and container runtime: it registers with a real API server, takes the pods that
 * the real scheduler binds to it and runs their containers as processes of this machine, isolated as far as it lets us
 * (namespaces.ts as root on Linux, else plain.ts). It is a test tool: it speaks with the admin's token, knows an image
 * only by the map it is given, runs no init containers and no lifecycle hooks, and limits neither memory nor CPU.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { KubeClient } from '../../../operator/kube/client.ts';
import { EventRecorder } from '../../../operator/kube/events.ts';
import { Store } from '../../../operator/kube/store.ts';
import { Reflector } from '../../../operator/kube/watch.ts';
import type { ControlPlane } from '../control-plane.ts';
import { RANGE } from './addresses.ts';
import type { Images } from './images.ts';
import { startInNamespaces } from './namespaces.ts';
import { startPlain } from './plain.ts';
import type { Pod } from './pod.ts';
import { PodRunner } from './pod-runner.ts';
import { Pods } from './pods.ts';
import { ALLOCATABLE, Registration } from './registration.ts';

export interface LocalNodeOptions {
  readonly controlPlane: Pick<ControlPlane, 'server' | 'ca' | 'adminToken' | 'folder'>;
  readonly name?: string;
  /** By image name; one without a tag stands for every tag. */
  readonly images: Images;
  /** Kept when given; else the logs go with the node. */
  readonly logFolder?: string;
  readonly say?: (line: string) => void;
}

export interface LocalNode {
  readonly name: string;
  /** Ends every container at once, takes Node and Lease away and removes what lay on disk. */
  stop(): Promise<void>;
  /** Path of the file that a container's stdout and stderr go to. */
  logs(namespace: string, pod: string, container: string): string;
  /** All processes of a pod, or of one of its containers, as the host numbers them. */
  pids(namespace: string, pod: string, container?: string): Promise<number[]>;
}

export async function startLocalNode(options: LocalNodeOptions): Promise<LocalNode> {
  const { controlPlane, name = 'local-node', images, say = (line) => console.error(`${name}: ${line}`) } = options;
  const isIsolated = await namespacesWork();
  const unreached = RANGE.startsWith('127.') ? ', which EndpointSlices refuse: no Service leads to them' : '';
  say(
    `pods get addresses of ${RANGE}.0.0/16${unreached}${
      isIsolated ? '' : '; containers are NOT isolated, that takes root on Linux'
    }`,
  );
  const folder = await mkdtemp(join(controlPlane.folder, 'node-'));
  const logFolder = options.logFolder ?? join(folder, 'logs');
  await mkdir(logFolder, { recursive: true });
  const logs = (namespace: string, pod: string, container: string) =>
    join(logFolder, `${namespace}_${pod}_${container}.log`);

  const client = new KubeClient({
    connection: {
      server: controlPlane.server,
      ca: controlPlane.ca,
      token: async () => controlPlane.adminToken,
      namespace: 'default',
    },
    fieldManager: name,
    userAgent: 'local-node',
  });
  const onProblem = (error: unknown) => say(error instanceof Error ? error.message : String(error));
  const events = new EventRecorder({ client, controller: 'local-node', instance: name, onProblem: () => {} });
  const registration = new Registration({ client, name, onProblem });
  const pods = new Pods({
    client,
    run: (pod) =>
      new PodRunner({
        ...{ client, pod, images, allocatable: ALLOCATABLE },
        nodeName: name,
        server: controlPlane.server,
        startSandbox: isIsolated ? startInNamespaces : startPlain,
        // Short: without namespaces the paths of sockets lie under it.
        folder: join(folder, pod.metadata.uid.slice(0, 8)),
        logFile: (container) => logs(pod.metadata.namespace, pod.metadata.name, container),
        onWarning: (reason, note) =>
          events.record(
            { ...pod, apiVersion: 'v1', kind: 'Pod' },
            { type: 'Warning', reason, action: 'Running', note },
          ),
      }),
  });
  const reflector = new Reflector<Pod>({
    client,
    path: '/api/v1/pods',
    query: { fieldSelector: `spec.nodeName=${name}` },
    store: new Store(),
    onChange: (change) => pods.changed(change),
    onProblem,
  });
  const stop = async () => {
    await reflector.stop();
    await pods.stop();
    await registration.stop().catch(onProblem);
    await client.close();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await registration.start();
    reflector.start();
  } catch (error) {
    await stop();
    throw error;
  }
  return { name, stop, logs, pids: (namespace, pod, container) => pods.pids(`${namespace}/${pod}`, container) };
}

/** Being root is not enough: a container of this machine may be root without the right to make namespaces. */
async function namespacesWork(): Promise<boolean> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  return promisify(execFile)('/usr/bin/unshare', ['--mount', '--pid', '--uts', '--ipc', '--fork', '/bin/true']).then(
    () => true,
    () => false,
  );
}
