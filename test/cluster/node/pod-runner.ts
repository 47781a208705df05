/** One pod on this node, from its first container to the moment when its object may go. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { KubeClient } from '../../../operator/kube/client.ts';
import { returnAddress, takeAddress } from './addresses.ts';
import { Container } from './container.ts';
import type { PodFacts } from './fields.ts';
import { findImage, type Images } from './images.ts';
import { type Pod, timestamp } from './pod.ts';
import type { References } from './references.ts';
import type { StartSandbox } from './sandbox.ts';
import { startContainer } from './start-container.ts';
import { statusOf } from './status.ts';
import { StatusWriter } from './status-writer.ts';
import { PodVolumes } from './volumes.ts';

const DEFAULT_GRACE_SECONDS = 30;

export interface PodRunnerOptions {
  readonly client: KubeClient;
  readonly pod: Pod;
  readonly nodeName: string;
  readonly images: Images;
  readonly startSandbox: StartSandbox;
  readonly server: string;
  readonly allocatable: Readonly<Record<string, string>>;
  /** This pod's own; removed at its end. */
  readonly folder: string;
  readonly logFile: (container: string) => string;
  /** Told once of each thing that is wrong. */
  readonly onWarning: (reason: string, note: string) => void;
}

export class PodRunner {
  readonly #options: PodRunnerOptions;
  readonly #podIP = takeAddress();
  readonly #startTime = timestamp();
  readonly #volumes: PodVolumes;
  readonly #writer: StatusWriter;
  readonly #containers: readonly Container[];
  readonly #warned = new Set<string>();
  #pod: Pod;
  #graceSeconds = Number.POSITIVE_INFINITY;
  #ended: Promise<void> | undefined;
  #following: Promise<void> | undefined;

  constructor(options: PodRunnerOptions) {
    const { client, pod, nodeName, folder } = options;
    this.#options = options;
    this.#pod = pod;
    const facts: PodFacts = { pod, podIP: this.#podIP, nodeName };
    this.#volumes = new PodVolumes({ client, facts, folder: join(folder, 'v') });
    this.#writer = new StatusWriter({ client, pod, status: () => this.#status() });
    this.#containers = pod.spec.containers.map((container) => this.#container(container, facts));
    this.#writer.write();
  }

  /** The latest the API server says of this pod. */
  update(pod: Pod): void {
    this.#pod = pod;
  }

  /** Of one container, or of all. */
  async pids(name?: string): Promise<number[]> {
    const wanted = this.#containers.filter(({ status }) => name === undefined || status.name === name);
    return (await Promise.all(wanted.map((container) => container.pids()))).flat();
  }

  /** Brings ConfigMaps and Secrets to what they are now; what can not be read stays as it was. */
  async follow(references: References): Promise<void> {
    if (this.#ended !== undefined) return;
    this.#following = this.#volumes.refresh(references).catch(() => {});
    await this.#following;
  }

  /** All containers at once; asked again with less grace, it ends sooner. Resolves when nothing of the pod is left. */
  end(graceSeconds: number): Promise<void> {
    if (graceSeconds < this.#graceSeconds) {
      this.#graceSeconds = graceSeconds;
      for (const container of this.#containers) container.stop(graceSeconds);
    }
    this.#ended ??= this.#clear();
    return this.#ended;
  }

  async #clear(): Promise<void> {
    await Promise.all(this.#containers.map(({ finished }) => finished));
    await this.#writer.stop();
    // It writes into the folder.
    await this.#following;
    await rm(this.#options.folder, { recursive: true, force: true });
    returnAddress(this.#podIP);
  }

  #container(container: Pod['spec']['containers'][number], facts: PodFacts): Container {
    const { client, images, server, allocatable, startSandbox, folder, logFile, onWarning } = this.#options;
    const { metadata, spec } = facts.pod;
    return new Container({
      container,
      restartPolicy: spec.restartPolicy ?? 'Always',
      graceSeconds: spec.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS,
      podIP: this.#podIP,
      podText: `${metadata.name}_${metadata.namespace}(${metadata.uid})`,
      findImage: () => findImage(images, container.image ?? ''),
      knownImages: () => Object.keys(images).join(', '),
      start: (image, restartCount) =>
        startContainer({
          ...{ client, facts, container, image, allocatable, server, startSandbox },
          volumes: this.#volumes,
          folder: join(folder, 'c', container.name, String(restartCount)),
          logFile: logFile(container.name),
        }),
      onChange: () => this.#writer.write(),
      onWarning: (reason, note) => {
        if (this.#warned.has(note)) return;
        this.#warned.add(note);
        onWarning(reason, note);
      },
    });
  }

  #status() {
    return statusOf({
      pod: this.#pod,
      podIP: this.#podIP,
      startTime: this.#startTime,
      containers: this.#containers.map(({ status }) => status),
      // Our own as we wrote them last, others' as the API server told us last.
      previous: [...this.#writer.conditions, ...(this.#pod.status?.conditions ?? [])],
      now: timestamp(),
    });
  }
}
