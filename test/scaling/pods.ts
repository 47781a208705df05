/** Pods of workers on nodes: they take time to start, and longer where a node has to be added first. */
import type { Random } from './random.ts';

export const SLOTS = 4;

const START_SECONDS = { median: 8, sigma: 0.25 };
const NODE_SECONDS = 32;
/** So many fit on the nodes that are there, and on each that is added. */
const PODS_A_NODE = 12;
/** A node that is not needed for so long is taken away. */
const NODE_IDLE_SECONDS = 600;

export interface Pod {
  readonly createdAt: number;
  readonly readyAt: number;
  busy: number;
  state: 'starting' | 'ready' | 'ending' | 'gone';
  /** Slot-seconds, counted up to `countedAt`. */
  busySeconds: number;
  countedAt: number;
}

export class Pods {
  /** Neither ending nor gone: what `spec.replicas` counts. */
  readonly live: Pod[] = [];
  podSeconds = 0;
  most = 0;
  readonly #ending = new Set<Pod>();
  readonly #random: Random;
  /** When each node beyond the first is there, soonest first. */
  #nodes: number[] = [];
  #fewerSince: number | undefined;

  constructor(random: Random) {
    this.#random = random;
  }

  get ready(): readonly Pod[] {
    return this.live.filter(({ state }) => state === 'ready');
  }

  create(now: number): Pod {
    const nodes = this.#nodesFor(this.live.length + this.#ending.size + 1, now);
    const nodeAt = nodes === 0 ? now : Math.max(now, this.#nodes[nodes - 1] ?? now);
    const readyAt = nodeAt + this.#random.lognormal(START_SECONDS.median, START_SECONDS.sigma);
    const pod: Pod = { createdAt: now, readyAt, busy: 0, state: 'starting', busySeconds: 0, countedAt: readyAt };
    this.live.push(pod);
    this.most = Math.max(this.most, this.live.length);
    return pod;
  }

  /** As Kubernetes chooses: first what is not ready, then by deletion cost if `idleFirst`, then the youngest. */
  remove(count: number, now: number, idleFirst: boolean): void {
    const rank = (pod: Pod) => (pod.state === 'starting' ? 0 : idleFirst && pod.busy > 0 ? 2 : 1);
    const chosen = this.live
      .toSorted((one, other) => rank(one) - rank(other) || other.createdAt - one.createdAt)
      .slice(0, count);
    for (const pod of chosen) {
      this.live.splice(this.live.indexOf(pod), 1);
      pod.state = 'ending';
      this.#ending.add(pod);
      this.endIfIdle(pod, now);
    }
  }

  /** A pod that is asked to end does so once its last job has. */
  endIfIdle(pod: Pod, now: number): void {
    if (pod.state !== 'ending' || pod.busy > 0) return;
    pod.state = 'gone';
    this.#ending.delete(pod);
    this.podSeconds += now - pod.createdAt;
  }

  /** One with a free slot, any of them. */
  free(): Pod | undefined {
    const { live } = this;
    const from = Math.floor(this.#random.uniform() * live.length);
    for (let step = 0; step < live.length; step += 1) {
      const pod = live[(from + step) % live.length];
      if (pod?.state === 'ready' && pod.busy < SLOTS) return pod;
    }
    return undefined;
  }

  /** Pod-seconds until now, those of pods that live on included. */
  spent(now: number): number {
    return [...this.live, ...this.#ending].reduce((sum, { createdAt }) => sum + now - createdAt, this.podSeconds);
  }

  /** How many nodes beyond the first so many pods need. Adds what is missing, takes away what was idle for long. */
  #nodesFor(pods: number, now: number): number {
    const needed = Math.ceil(pods / PODS_A_NODE) - 1;
    if (needed >= this.#nodes.length) this.#fewerSince = undefined;
    else {
      this.#fewerSince ??= now;
      if (now - this.#fewerSince > NODE_IDLE_SECONDS) this.#nodes = this.#nodes.slice(0, needed);
    }
    while (this.#nodes.length < needed) this.#nodes.push(now + NODE_SECONDS);
    return needed;
  }
}
