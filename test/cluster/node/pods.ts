/** The pods of this node, as the API server lists them: each new one gets a runner, each that is deleted is ended, then let go. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeClient } from '../../../operator/kube/client.ts';
import { KubeError } from '../../../operator/kube/errors.ts';
import type { Change } from '../../../operator/kube/store.ts';
import { type Pod, pathOfPod } from './pod.ts';
import type { PodRunner } from './pod-runner.ts';
import { References } from './references.ts';

/** An object that was removed by force leaves its containers this much. */
const ORPHAN_GRACE_SECONDS = 2;
const FOLLOW_MS = 2_000;
const RETRY_MS = 500;

export class Pods {
  readonly #client: KubeClient;
  readonly #run: (pod: Pod) => PodRunner;
  readonly #runners = new Map<string, { readonly key: string; readonly runner: PodRunner }>();
  readonly #ending = new Set<string>();
  readonly #stopping = new AbortController();
  readonly #following: Promise<void>;

  constructor({ client, run }: { client: KubeClient; run: (pod: Pod) => PodRunner }) {
    this.#client = client;
    this.#run = run;
    this.#following = this.#follow();
  }

  changed({ key, previous, current }: Change<Pod>): void {
    if (this.#stopping.signal.aborted) return;
    if (current?.metadata.deletionTimestamp) void this.#end(current);
    else if (current) this.#present(key, current);
    else if (previous) void this.#orphaned(previous);
  }

  async pids(key: string, container?: string): Promise<number[]> {
    const runners = [...this.#runners.values()].filter((entry) => entry.key === key);
    return (await Promise.all(runners.map(({ runner }) => runner.pids(container)))).flat();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all([this.#following, ...[...this.#runners.values()].map(({ runner }) => runner.end(0))]);
  }

  #present(key: string, pod: Pod): void {
    const { uid } = pod.metadata;
    const isOver = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
    const known = this.#runners.get(uid);
    if (known) known.runner.update(pod);
    else if (!isOver) this.#runners.set(uid, { key, runner: this.#run(pod) });
  }

  async #end(pod: Pod): Promise<void> {
    const { uid, deletionGracePeriodSeconds = 0 } = pod.metadata;
    const runner = this.#runners.get(uid)?.runner;
    runner?.update(pod);
    const ended = runner?.end(deletionGracePeriodSeconds);
    if (this.#ending.has(uid)) return;
    this.#ending.add(uid);
    await ended;
    this.#runners.delete(uid);
    while (!this.#stopping.signal.aborted && !(await this.#release(pod))) await this.#pause(RETRY_MS);
    this.#ending.delete(uid);
  }

  async #orphaned({ metadata: { uid } }: Pod): Promise<void> {
    await this.#runners.get(uid)?.runner.end(ORPHAN_GRACE_SECONDS);
    this.#runners.delete(uid);
  }

  /** Whether the object is gone, or has become another's. */
  async #release(pod: Pod): Promise<boolean> {
    try {
      await this.#client.delete(pathOfPod(pod), { uid: pod.metadata.uid, gracePeriodSeconds: 0 });
      return true;
    } catch (error) {
      return error instanceof KubeError && (error.isNotFound || error.isConflict);
    }
  }

  async #follow(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      await this.#pause(FOLLOW_MS);
      // One look for all pods: those of one Deployment name the same objects.
      const references = new References(this.#client);
      await Promise.all([...this.#runners.values()].map(({ runner }) => runner.follow(references)));
    }
  }

  #pause(ms: number): Promise<void> {
    return sleep(ms, undefined, { signal: this.#stopping.signal }).catch(() => {});
  }
}
