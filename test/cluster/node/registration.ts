/** The Node object with its Ready condition, and the Lease that says that we live. Without us both are gone. */
import { arch } from 'node:os';
import type { KubeClient } from '../../../operator/kube/client.ts';
import { KubeError } from '../../../operator/kube/errors.ts';
import { microTime } from '../../../operator/kube/events.ts';
import { timestamp } from './pod.ts';

const NODES = '/api/v1/nodes';
const LEASES = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';
const RENEW_MS = 10_000;
const LEASE_SECONDS = 40;

/** A test must not fail because the machine is small: the scheduler is told of plenty. */
export const ALLOCATABLE = { cpu: '64', memory: '256Gi', 'ephemeral-storage': '1Ti', pods: '250' } as const;

export class Registration {
  readonly #client: KubeClient;
  readonly #name: string;
  readonly #onProblem: (error: unknown) => void;
  #renewal: NodeJS.Timeout | undefined;

  constructor({ client, name, onProblem }: { client: KubeClient; name: string; onProblem: (error: unknown) => void }) {
    this.#client = client;
    this.#name = name;
    this.#onProblem = onProblem;
  }

  async start(): Promise<void> {
    const path = `${NODES}/${this.#name}`;
    await this.#remove(path);
    await this.#client.create(NODES, node(this.#name));
    await this.#client.mergePatch(`${path}/status`, { status: status(this.#name) });
    // The API server taints a new node as not ready; a controller would clear that, if there is one.
    await this.#client.mergePatch(path, { spec: { taints: null } });
    await this.#renew();
    this.#renewal = setInterval(() => this.#renew().catch(this.#onProblem), RENEW_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.#renewal);
    await this.#remove(`${LEASES}/${this.#name}`);
    await this.#remove(`${NODES}/${this.#name}`);
  }

  async #renew(): Promise<void> {
    await this.#client.apply(`${LEASES}/${this.#name}`, {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: this.#name, namespace: 'kube-node-lease' },
      spec: {
        holderIdentity: this.#name,
        leaseDurationSeconds: LEASE_SECONDS,
        renewTime: microTime(new Date()),
      },
    });
  }

  async #remove(path: string): Promise<void> {
    await this.#client.delete(path).catch((error: unknown) => {
      if (!(error instanceof KubeError && error.isNotFound)) throw error;
    });
  }
}

/** The names that Go gives to processors. */
const ARCHITECTURE = arch() === 'x64' ? 'amd64' : arch();

function node(name: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': ARCHITECTURE },
    },
    spec: { providerID: `local://${name}` },
  };
}

function status(name: string): object {
  const now = timestamp();
  const condition = (type: string, value: 'True' | 'False', reason: string) => ({
    type,
    status: value,
    reason,
    message: `local node: ${reason}`,
    lastHeartbeatTime: now,
    lastTransitionTime: now,
  });
  return {
    capacity: ALLOCATABLE,
    allocatable: ALLOCATABLE,
    addresses: [
      { type: 'InternalIP', address: '127.0.0.1' },
      { type: 'Hostname', address: name },
    ],
    conditions: [
      condition('Ready', 'True', 'KubeletReady'),
      condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory'),
      condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure'),
      condition('PIDPressure', 'False', 'KubeletHasSufficientPID'),
    ],
    nodeInfo: {
      ...{ machineID: name, systemUUID: name, bootID: name, kernelVersion: 'local', osImage: 'local-node' },
      ...{ containerRuntimeVersion: 'local://1', kubeletVersion: 'v0.0.0-local-node', kubeProxyVersion: '' },
      ...{ operatingSystem: 'linux', architecture: ARCHITECTURE },
    },
  };
}
