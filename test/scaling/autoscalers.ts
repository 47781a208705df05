/** Who may decide on the number of workers: the law, and what people use today. */
import { behaviorOf } from '../../operator/pool/behavior.ts';
import {
  type Estimates,
  estimatesAfter,
  FIRST_STARTUP_SECONDS,
  startupAfter,
} from '../../operator/scaling/estimates.ts';
import { desiredWorkers, type PerLane } from '../../operator/scaling/law.ts';
import { Pace } from '../../operator/scaling/pace.ts';
import { HorizontalPodAutoscaler, type Steps, SYNC_SECONDS } from './horizontal-pod-autoscaler.ts';
import { type Pods, SLOTS } from './pods.ts';
import type { SimulatedQueue } from './simulated-queue.ts';

const MAX_PODS = 30;
/** Kubernetes' own defaults. */
const KUBERNETES = { max: MAX_PODS, tolerance: 0.1, podsUp: 4, downWindowSeconds: 300 };
/** How often the operator looks at a queue that works. */
const DIRECT_SECONDS = 5;

interface LawOptions {
  /** Who asks: a HorizontalPodAutoscaler each 15 s, or the operator itself each 5 s. */
  readonly provider: 'ExternalMetrics' | 'Direct';
  readonly rho: number;
  readonly podsUp: number;
  readonly downWindowSeconds: number;
}
const DEFAULTS: LawOptions = { provider: 'ExternalMetrics', rho: 0.8, podsUp: 10, downWindowSeconds: 120 };

export interface Pool {
  readonly queue: SimulatedQueue;
  readonly pods: Pods;
}

export interface Autoscaler {
  readonly min: number;
  readonly asksEachSeconds: number;
  /** What becomes of the number that is asked for. */
  readonly steps: Steps;
  readonly removesIdleFirst: boolean;
  /** Who starts the first pod and ends the last; without, there is always one. */
  readonly zero?: {
    /** How long after a job was added there is a pod for it, where each is heard of. */
    readonly hears?: { readonly afterSeconds: number };
    readonly looksEachSeconds: number;
    readonly cooldownSeconds: number;
    isNeeded(pool: Pool): boolean;
    firstPods(pool: Pool, now: number): number;
  };
  /** What is asked for, in pods. */
  desired(pool: Pool, now: number): number | undefined;
  started?(seconds: number): void;
  /** Of what each pod did since the last time, each 15 s. */
  measure?(pool: Pool, now: number): void;
}

export type AutoscalerName = keyof typeof AUTOSCALERS;

export const AUTOSCALERS = {
  law: () => new Law(),
  'law, Direct': () => new Law({ ...DEFAULTS, provider: 'Direct' }),
  'law, window 300 s': () => new Law({ ...DEFAULTS, downWindowSeconds: 300 }),
  'CPU 75 %': () => new Cpu(),
  'KEDA, list length': () => new Keda(10, ({ waiting }) => waiting),
  'KEDA, backlog': () => new Keda(SLOTS, ({ waiting, active }) => waiting + active),
} satisfies Readonly<Record<string, () => Autoscaler>>;

/** The law with one of its defaults changed. */
export const VARIANTS = {
  'as it is': () => new Law(),
  'slots busy for 0.7 of the time': () => new Law({ ...DEFAULTS, rho: 0.7 }),
  'slots busy for 0.9 of the time': () => new Law({ ...DEFAULTS, rho: 0.9 }),
  'at most 4 pods up in 15 s': () => new Law({ ...DEFAULTS, podsUp: 4 }),
  'down after 300 s': () => new Law({ ...DEFAULTS, downWindowSeconds: 300 }),
} satisfies Readonly<Record<string, () => Autoscaler>>;

/** The product's own estimates and law, asked when the HorizontalPodAutoscaler asks, and when a job comes to no workers. */
class Law implements Autoscaler {
  readonly min = 0;
  readonly asksEachSeconds: number;
  readonly steps: Steps;
  readonly removesIdleFirst = true;
  readonly zero = {
    // Redis tells within milliseconds; the rest is for reading the queue and for writing the Deployment.
    hears: { afterSeconds: 0.3 },
    looksEachSeconds: 60,
    cooldownSeconds: 300,
    isNeeded: ({ queue }: Pool) => queue.waiting + queue.active > 0,
    firstPods: (pool: Pool, now: number) => Math.max(1, this.desired(pool, now) ?? 1),
  };
  readonly #targetSeconds: PerLane<number> = [30, 1_800];
  readonly #rho: number;
  #estimates: Estimates | undefined;
  #startupSeconds = FIRST_STARTUP_SECONDS;

  constructor({ provider, rho, podsUp, downWindowSeconds } = DEFAULTS) {
    this.#rho = rho;
    const isDirect = provider === 'Direct';
    this.asksEachSeconds = isDirect ? DIRECT_SECONDS : SYNC_SECONDS;
    this.steps = isDirect
      ? new DirectSteps(downWindowSeconds)
      : new HorizontalPodAutoscaler({ min: 0, max: MAX_PODS, tolerance: 0, podsUp, downWindowSeconds });
  }

  started(seconds: number): void {
    this.#startupSeconds = startupAfter(this.#startupSeconds, seconds);
  }

  desired({ queue, pods }: Pool, now: number): number | undefined {
    const look = queue.look(now);
    const { interactive, backfill } = look.lanes;
    this.#estimates = estimatesAfter(this.#estimates, look, this.#targetSeconds);
    return desiredWorkers({
      lambda: this.#estimates.lambda,
      serviceSeconds: this.#estimates.serviceSeconds,
      waiting: [interactive.waiting, backfill.waiting],
      active: interactive.active + backfill.active,
      oldestSeconds: look.oldestSeconds,
      startupSeconds: this.#startupSeconds,
      replicas: pods.live.length,
      ready: pods.ready.length,
      paused: look.paused,
      globalConcurrency: look.globalConcurrency,
      slots: SLOTS,
      targetSeconds: this.#targetSeconds,
      rho: this.#rho,
      min: 0,
      max: MAX_PODS,
    })?.desired;
  }
}

/** The operator's own way from the number that is wanted to the next one. */
class DirectSteps implements Steps {
  readonly #pace = new Pace();
  readonly #behavior: ReturnType<typeof behaviorOf>;

  constructor(scaleDownWindowSeconds: number) {
    this.#behavior = behaviorOf({ scaleDownWindowSeconds });
  }

  replicas(at: number, live: number, asked: number | undefined): number {
    if (asked === undefined || live === 0) return live;
    const behavior = this.#behavior;
    const next = this.#pace.next({ at, live, wanted: Math.max(1, asked), behavior });
    if (next !== live) this.#pace.changed({ at, from: live, to: next, behavior });
    return next;
  }
}

/** A HorizontalPodAutoscaler on CPU with its own defaults, and work that is nothing but CPU. */
class Cpu implements Autoscaler {
  readonly min = 1;
  readonly asksEachSeconds = SYNC_SECONDS;
  readonly steps = new HorizontalPodAutoscaler({ ...KUBERNETES, min: 1 });
  readonly removesIdleFirst = false;
  readonly #target = 0.75;
  #before = new Map<object, number>();
  #used: number[] = [];

  measure({ pods }: Pool): void {
    const now = new Map(pods.ready.map((pod) => [pod, pod.busySeconds]));
    this.#used = [...now].flatMap(([pod, busySeconds]) => {
      const before = this.#before.get(pod);
      return before === undefined ? [] : [(busySeconds - before) / (15 * SLOTS)];
    });
    this.#before = now;
  }

  /** As the controller does it: pods without a measure are taken for idle before more are added, else left out. */
  desired({ pods }: Pool): number | undefined {
    const measured = this.#used.length;
    if (measured === 0) return undefined;
    const live = pods.live.length;
    const ratio = this.#used.reduce((sum, share) => sum + share, 0) / this.#target;
    if (measured >= live || ratio <= measured)
      return measured >= live ? ratio : Math.min(live, ratio + live - measured);
    return ratio / live <= 1 ? live : ratio;
  }
}

/** KEDA's trigger on a length with its defaults: a poll each 30 s from and to 0, the rest by its HorizontalPodAutoscaler. */
class Keda implements Autoscaler {
  readonly min = 0;
  readonly asksEachSeconds = SYNC_SECONDS;
  readonly steps = new HorizontalPodAutoscaler({ ...KUBERNETES, min: 0 });
  readonly removesIdleFirst = false;
  readonly zero;
  readonly #jobsAPod: number;
  readonly #length: (queue: SimulatedQueue) => number;

  constructor(jobsAPod: number, length: (queue: SimulatedQueue) => number) {
    this.#jobsAPod = jobsAPod;
    this.#length = length;
    this.zero = {
      looksEachSeconds: 30,
      cooldownSeconds: 300,
      isNeeded: ({ queue }: Pool) => length(queue) > 0,
      firstPods: () => 1,
    };
  }

  desired({ queue }: Pool): number {
    return this.#length(queue) / this.#jobsAPod;
  }
}
