/** The life of one container of a pod: started, probed, ended, started again with back-off, until the pod ends. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { V1Container } from '@kubernetes/client-node';
import { CLEARED_AFTER_SECONDS, pullDelay, restartDelay } from './back-off.ts';
import type { Image } from './images.ts';
import { type ContainerState, type ContainerStatus, timestamp } from './pod.ts';
import { Prober } from './prober.ts';
import type { Exit, Sandbox } from './sandbox.ts';
import { isRestarted } from './status.ts';
import { endMessage, type TerminationFiles } from './termination.ts';

const START_RETRY_MS = 2_000;

export interface ContainerOptions {
  readonly container: V1Container;
  readonly restartPolicy: string;
  readonly graceSeconds: number;
  readonly podIP: string;
  /** The pod, for messages: `name_namespace(uid)`. */
  readonly podText: string;
  readonly findImage: () => Image | undefined;
  readonly knownImages: () => string;
  /** Rejects with what is missing. */
  readonly start: (image: Image, restartCount: number) => Promise<{ sandbox: Sandbox; files: TerminationFiles }>;
  readonly onChange: () => void;
  readonly onWarning: (reason: string, note: string) => void;
}

export class Container {
  readonly #options: ContainerOptions;
  readonly #stopping = new AbortController();
  #state: ContainerState = { waiting: { reason: 'ContainerCreating' } };
  #lastState: ContainerState = {};
  #restartCount = 0;
  #run = 0;
  #graceSeconds: number;
  #started = false;
  #ready = false;
  #sandbox: Sandbox | undefined;
  #prober: Prober | undefined;
  /** Settles when nothing of the container runs any more and nothing will. */
  readonly finished: Promise<void>;

  constructor(options: ContainerOptions) {
    this.#options = options;
    this.#graceSeconds = options.graceSeconds;
    this.finished = this.#live();
  }

  get status(): ContainerStatus {
    const { name, image = '' } = this.#options.container;
    return {
      name,
      image,
      imageID: this.#run > 0 ? `local://${image}` : '',
      ...(this.#run > 0 ? { containerID: `local://${name}-${this.#run}` } : {}),
      state: this.#state,
      lastState: this.#lastState,
      ready: this.#ready,
      started: this.#started,
      restartCount: this.#restartCount,
    };
  }

  pids(): Promise<number[]> {
    return this.#sandbox?.pids() ?? Promise.resolve([]);
  }

  /** It is not started again; `finished` tells when it is over. */
  stop(graceSeconds: number): void {
    this.#graceSeconds = graceSeconds;
    this.#stopping.abort();
    this.#prober?.stopLiveness();
    void this.#end(graceSeconds);
  }

  /** SIGTERM, and SIGKILL after the grace; with none, SIGKILL at once. */
  async #end(graceSeconds: number): Promise<void> {
    const sandbox = this.#sandbox;
    if (!sandbox) return;
    if (graceSeconds > 0) sandbox.signal('SIGTERM');
    const overdue = new AbortController();
    const late = sleep(graceSeconds * 1000, undefined, { signal: overdue.signal }).then(
      () => sandbox.signal('SIGKILL'),
      () => {},
    );
    await sandbox.exited;
    overdue.abort();
    await late;
  }

  async #live(): Promise<void> {
    const { signal } = this.#stopping;
    let ends = 0;
    while (!signal.aborted) {
      const started = await this.#start();
      if (!started) return;
      const begun = new Date();
      this.#change({ running: { startedAt: timestamp(begun) } });
      this.#probe(started.sandbox);
      const exit = await started.sandbox.exited;
      const code = await this.#ended(exit, begun, started.files);
      if (signal.aborted || !isRestarted(this.#options.restartPolicy, code)) return;
      if (Date.now() - begun.getTime() > CLEARED_AFTER_SECONDS * 1000) ends = 0;
      ends += 1;
      await this.#backOff(restartDelay(ends));
      if (!signal.aborted) this.#restartCount += 1;
    }
  }

  /** Tries until the container runs; undefined when the pod ends before. */
  async #start(): Promise<{ sandbox: Sandbox; files: TerminationFiles } | undefined> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const image = await this.#pull();
      if (!image) return undefined;
      try {
        const started = await this.#options.start(image, this.#restartCount);
        this.#run += 1;
        this.#sandbox = started.sandbox;
        // Asked to stop while it came up: the signal that was meant for it has to be given now.
        if (signal.aborted) void this.#end(this.#graceSeconds);
        return started;
      } catch (error) {
        const { message } = error as Error;
        this.#wait(message.startsWith('MountVolume') ? 'ContainerCreating' : 'CreateContainerConfigError', message);
        this.#options.onWarning('Failed', message);
        await this.#pause(START_RETRY_MS);
      }
    }
    return undefined;
  }

  async #pull(): Promise<Image | undefined> {
    const { container, findImage, knownImages } = this.#options;
    for (let failures = 1; !this.#stopping.signal.aborted; failures += 1) {
      const image = findImage();
      if (image) return image;
      const why = `image "${container.image}" is not in the local node's map; it has: ${knownImages()}`;
      this.#wait('ErrImagePull', why);
      this.#options.onWarning('Failed', `Failed to pull ${why}`);
      await this.#pause(1_000);
      this.#wait('ImagePullBackOff', `Back-off pulling image "${container.image}": ErrImagePull: ${why}`);
      await this.#pause(pullDelay(failures) * 1000);
    }
    return undefined;
  }

  #probe(sandbox: Sandbox): void {
    const { container, podIP, onWarning, onChange } = this.#options;
    this.#prober = new Prober({
      target: { container, podIP, sandbox },
      onStarted: () => {
        this.#started = true;
        onChange();
      },
      onReady: (ready) => {
        if (this.#ready === ready) return;
        this.#ready = ready;
        onChange();
      },
      onUnhealthy: (message) => onWarning('Unhealthy', message),
      onDead: (kind, { terminationGracePeriodSeconds = this.#graceSeconds }) => {
        onWarning('Killing', `Container ${container.name} failed ${kind} probe, will be restarted`);
        void this.#end(terminationGracePeriodSeconds);
      },
    });
  }

  async #ended(exit: Exit, begun: Date, files: TerminationFiles): Promise<number> {
    this.#prober?.stop();
    this.#sandbox = undefined;
    this.#ready = false;
    this.#started = false;
    const message = await endMessage(this.#options.container, exit, files);
    this.#change({
      terminated: {
        exitCode: exit.code,
        reason: exit.code === 0 ? 'Completed' : 'Error',
        ...(message ? { message } : {}),
        startedAt: timestamp(begun),
        finishedAt: timestamp(),
      },
    });
    return exit.code;
  }

  async #backOff(seconds: number): Promise<void> {
    const { container, podText, onWarning } = this.#options;
    const ended = this.#state;
    this.#lastState = ended;
    if (seconds === 0) return;
    const message = `back-off ${seconds}s restarting failed container=${container.name} pod=${podText}`;
    this.#wait('CrashLoopBackOff', message);
    onWarning('BackOff', message);
    await this.#pause(seconds * 1000);
    // A pod that ends now shows how its container ended, not that it was waiting.
    if (this.#stopping.signal.aborted) this.#change(ended);
  }

  #wait(reason: string, message: string): void {
    this.#change({ waiting: { reason, message } });
  }

  #change(state: ContainerState): void {
    this.#state = state;
    this.#options.onChange();
  }

  #pause(ms: number): Promise<void> {
    return sleep(ms, undefined, { signal: this.#stopping.signal }).catch(() => {});
  }
}
