/** Probes one run of a container until that run ends: start-up first, then liveness and readiness side by side. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { V1Probe } from '@kubernetes/client-node';
import { type ProbeTarget, probeOnce } from './probe.ts';

export interface ProberOptions {
  readonly target: ProbeTarget;
  readonly onStarted: () => void;
  readonly onReady: (ready: boolean) => void;
  /** Start-up or liveness failed for good: this run is to end. */
  readonly onDead: (kind: 'startup' | 'liveness', probe: V1Probe) => void;
  readonly onUnhealthy: (message: string) => void;
}

export class Prober {
  readonly #options: ProberOptions;
  readonly #stop = new AbortController();
  readonly #alive = new AbortController();

  constructor(options: ProberOptions) {
    this.#options = options;
    void this.#run();
  }

  stop(): void {
    this.#stop.abort();
    this.#alive.abort();
  }

  /** A pod on its way out is not restarted, but still says whether it is ready. */
  stopLiveness(): void {
    this.#alive.abort();
  }

  async #run(): Promise<void> {
    const { target, onStarted, onReady, onDead } = this.#options;
    const { startupProbe, livenessProbe, readinessProbe } = target.container;
    if (startupProbe) {
      for await (const well of this.#verdicts('Startup', startupProbe, this.#alive.signal)) {
        if (well) break;
        return onDead('startup', startupProbe);
      }
    }
    if (this.#stop.signal.aborted) return;
    onStarted();
    if (readinessProbe) void this.#follow('Readiness', readinessProbe, this.#stop.signal, onReady);
    else onReady(true);
    if (livenessProbe) {
      void this.#follow('Liveness', livenessProbe, this.#alive.signal, (well) => {
        if (!well) onDead('liveness', livenessProbe);
      });
    }
  }

  async #follow(kind: string, probe: V1Probe, signal: AbortSignal, tell: (well: boolean) => void): Promise<void> {
    for await (const well of this.#verdicts(kind, probe, signal)) tell(well);
  }

  /** Yields each time that a threshold is reached: success or failure, so many in a row. */
  async *#verdicts(kind: string, probe: V1Probe, signal: AbortSignal): AsyncGenerator<boolean> {
    const { initialDelaySeconds = 0, periodSeconds = 10, successThreshold = 1, failureThreshold = 3 } = probe;
    const pause = (seconds: number) => sleep(seconds * 1000, undefined, { signal }).catch(() => {});
    await pause(initialDelaySeconds);
    let row = 0;
    let last: boolean | undefined;
    while (!signal.aborted) {
      const problem = await probeOnce(probe, this.#options.target);
      if (signal.aborted) return;
      const well = problem === undefined;
      if (problem !== undefined) this.#options.onUnhealthy(`${kind} probe failed: ${problem}`);
      row = well === last ? row + 1 : 1;
      last = well;
      if (row === (well ? successThreshold : failureThreshold)) yield well;
      await pause(periodSeconds);
    }
  }
}
