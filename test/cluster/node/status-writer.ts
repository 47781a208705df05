/** Writes a pod's status whenever it differs from what was written last: one request at a time, the newest state wins. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeClient } from '../../../operator/kube/client.ts';
import { KubeError } from '../../../operator/kube/errors.ts';
import { type Condition, type Pod, pathOfPod } from './pod.ts';
import type { PodStatus } from './status.ts';

const RETRY_MS = 500;
/** At the pod's end: a server that does not answer must not keep the node from stopping. */
const LAST_TRIES = 3;

export class StatusWriter {
  readonly #client: KubeClient;
  readonly #pod: Pod;
  readonly #status: () => PodStatus;
  #written = '';
  #conditions: readonly Condition[] = [];
  #asked = false;
  #triesLeft = Number.POSITIVE_INFINITY;
  #running: Promise<void> | undefined;

  constructor({ client, pod, status }: { client: KubeClient; pod: Pod; status: () => PodStatus }) {
    this.#client = client;
    this.#pod = pod;
    this.#status = status;
  }

  /** As last written. */
  get conditions(): readonly Condition[] {
    return this.#conditions;
  }

  write(): void {
    this.#asked = true;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  /** Resolves when the last state is written, or can not be. */
  async stop(): Promise<void> {
    this.#triesLeft = LAST_TRIES;
    this.write();
    await this.#running;
  }

  async #run(): Promise<void> {
    // A state of many parts changes in one tick; it is one write.
    await Promise.resolve();
    while (this.#asked && this.#triesLeft > 0) {
      this.#asked = false;
      const status = this.#status();
      const text = JSON.stringify(status);
      if (text === this.#written) continue;
      try {
        // The uid guards a pod of the same name that came after.
        await this.#client.mergePatch(pathOfPod(this.#pod, '/status'), {
          metadata: { uid: this.#pod.metadata.uid },
          status,
        });
        this.#written = text;
        this.#conditions = status.conditions;
      } catch (error) {
        if (error instanceof KubeError && (error.isNotFound || error.isConflict)) return;
        this.#asked = true;
        this.#triesLeft -= 1;
        await sleep(RETRY_MS);
      }
    }
  }
}
