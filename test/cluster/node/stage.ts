/** What a test of the local node needs around it: a real control plane with its scheduler, pods to give it, ways to look. */
import { readFile } from 'node:fs/promises';
import type { V1Container, V1PodSpec } from '@kubernetes/client-node';
import type { KubeClient } from '../../../operator/kube/client.ts';
import { adminClient } from '../../operator/operator.ts';
import { type ControlPlane, startControlPlane } from '../control-plane.ts';
import { eventually } from '../eventually.ts';
import { type LocalNode, startLocalNode } from './local-node.ts';
import type { ContainerStatus, Pod } from './pod.ts';
import type { PodStatus } from './status.ts';

type SeenPod = Pod & { readonly status: PodStatus };

const NAMESPACE = '/api/v1/namespaces/default';
export const IMAGES = { shell: { command: ['/bin/sh', '-c'] }, node: { command: ['node', '-e'] } };

export const field = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });

/** Its processes bear the pod's uid in their environment. */
export const shell = (name: string, script: string, more: Partial<V1Container> = {}): V1Container => ({
  ...{ name, image: 'shell:1', args: [script], env: [field('POD_UID', 'metadata.uid')] },
  ...more,
});
export const node = (name: string, script: string, more: Partial<V1Container> = {}): V1Container => ({
  ...{ name, image: 'node', args: [script], env: [field('POD_IP', 'status.podIP')] },
  ...more,
});

export class Stage {
  readonly controlPlane: ControlPlane;
  readonly client: KubeClient;
  readonly node: LocalNode;

  private constructor(controlPlane: ControlPlane, local: LocalNode) {
    this.controlPlane = controlPlane;
    this.client = adminClient(controlPlane);
    this.node = local;
  }

  static async start(): Promise<Stage> {
    const controlPlane = await startControlPlane({ scheduler: true });
    try {
      return new Stage(controlPlane, await startLocalNode({ controlPlane, images: IMAGES, say: () => {} }));
    } catch (error) {
      await controlPlane.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.node.stop();
    await this.client.close();
    await this.controlPlane.stop();
  }

  async run(name: string, containers: V1Container[], spec: Partial<V1PodSpec> = {}): Promise<void> {
    await this.client.create(`${NAMESPACE}/pods`, {
      ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name, labels: { 'app.kubernetes.io/name': 'sample' } } },
      spec: { terminationGracePeriodSeconds: 2, automountServiceAccountToken: false, containers, ...spec },
    });
  }

  async configMap(name: string, data: Record<string, string>): Promise<void> {
    await this.client.create(`${NAMESPACE}/configmaps`, { metadata: { name }, data });
  }

  async secret(name: string, stringData: Record<string, string>): Promise<void> {
    await this.client.create(`${NAMESPACE}/secrets`, { metadata: { name }, stringData });
  }

  /** A key whose value is null goes. */
  async changeConfigMap(name: string, data: Record<string, string | null>): Promise<void> {
    await this.client.mergePatch(`${NAMESPACE}/configmaps/${name}`, { data });
  }

  /** A claim bound to a folder of this machine. */
  async claim(name: string, path: string): Promise<void> {
    const spec = { accessModes: ['ReadWriteMany'], storageClassName: '' };
    await this.client.create('/api/v1/persistentvolumes', {
      metadata: { name },
      spec: { ...spec, capacity: { storage: '1Gi' }, hostPath: { path }, claimRef: { namespace: 'default', name } },
    });
    await this.client.create(`${NAMESPACE}/persistentvolumeclaims`, {
      metadata: { name },
      spec: { ...spec, volumeName: name, resources: { requests: { storage: '1Gi' } } },
    });
  }

  delete(name: string): Promise<void> {
    return this.client.delete(`${NAMESPACE}/pods/${name}`);
  }

  see(name: string): Promise<SeenPod> {
    return this.client.get<SeenPod>(`${NAMESPACE}/pods/${name}`);
  }

  async container(pod: string, name: string): Promise<ContainerStatus> {
    const found = (await this.see(pod)).status.containerStatuses.find((candidate) => candidate.name === name);
    if (!found) throw new Error(`pod ${pod} tells no status of ${name}`);
    return found;
  }

  running(name: string): Promise<PodStatus> {
    return within30(`${name} runs`, async () => {
      const { status } = await this.see(name);
      return status.containerStatuses.every(({ state }) => state.running) && status;
    });
  }

  waiting(pod: string, name: string, reason: string): Promise<ContainerStatus> {
    return within30(`${name} of ${pod} waits with ${reason}`, async () => {
      const found = await this.container(pod, name);
      return found.state.waiting?.reason === reason && found;
    });
  }

  async isReady(name: string): Promise<boolean> {
    const { conditions } = (await this.see(name)).status;
    return conditions.find(({ type }) => type === 'Ready')?.status === 'True';
  }

  log(pod: string, container: string): Promise<string> {
    return readFile(this.node.logs('default', pod, container), 'utf8');
  }

  async says(pod: string, container: string, what: RegExp): Promise<void> {
    await within30(`${container} of ${pod} says ${what}`, async () => what.test(await this.log(pod, container)));
  }

  /** The pod as it was when its object went; begins to look at once. */
  async last(name: string): Promise<SeenPod> {
    const query = { fieldSelector: `metadata.name=${name}` };
    const limits = { signal: AbortSignal.timeout(30_000), silenceMs: 30_000 };
    for await (const { type, object } of this.client.watch<SeenPod>(`${NAMESPACE}/pods`, query, limits)) {
      if (type === 'DELETED') return object;
    }
    throw new Error(`the watch of ${name} ended before the pod did`);
  }
}

export function within30<T>(what: string, probe: () => T | Promise<T>): Promise<Exclude<T, false | undefined>> {
  return eventually(what, probe, { seconds: 30, every: 100 });
}
