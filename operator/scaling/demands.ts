/**
 * Follows the queue of each pool whose number of workers comes from it: reads its load, estimates what arrives and how long
 * jobs take, and asks for a reconciliation when another number should be written. All numbers are made here, when they are
 * asked for; none is written.
 */
import { keyOf } from '../kube/object.ts';
import type { AutoscalingVerdict } from '../pool/autoscaler-state.ts';
import { behaviorOf } from '../pool/behavior.ts';
import { conditionOf, isLeftAlone, type Pool } from '../pool/pool.ts';
import { neighbourNames } from '../pool/queue-state.ts';
import { RedisUnreachable } from '../redis/connections.ts';
import { activation } from './activator.ts';
import { type Estimates, estimatesAfter, FIRST_STARTUP_SECONDS, startupAfter } from './estimates.ts';
import { desiredWorkers, type Observed, type PerLane } from './law.ts';
import type { Load } from './load.ts';
import { observedOf } from './observed.ts';
import { Pace } from './pace.ts';
import { partOf, type Sharer } from './share.ts';
import { type Latest, type Sharing, type Told, toldOf } from './told.ts';

/** Between two looks, in seconds: at a queue that works, and at one that sleeps and whose events are followed. */
const LOOK_SECONDS = { awake: 5, asleep: 60 } as const;
/** Until arrivals are known well enough to answer with. */
const WARM_SECONDS = 15;
/** In so many start-ups one worker at least has to become ready: else more of them would not help. */
const STARTUPS_WITHOUT_PROGRESS = 6;
export interface Workers {
  readonly live: number;
  readonly ready: number;
  /** Of each pod that is ready, by its uid: seconds from its creation to its readiness. */
  readonly startups: ReadonlyMap<string, number>;
}

/** What a look at a queue found, or why nothing. */
type Look = Load | { readonly message: string };

export interface DemandsOptions {
  /** By the connection that the pool holds; rejects with RedisUnreachable. */
  readonly read: (pool: Pool) => Promise<Look>;
  /** Whether events of its queue are to come as `stir`: it sleeps, and nothing else would tell of a job. */
  readonly listen: (pool: Pool, yes: boolean) => void;
  /** Of a pool, from the caches; undefined while it has no Deployment. */
  readonly workersOf: (key: string) => Workers | undefined;
  /** Other pools on its queue, as far as they are known, each with what provider Auto came to in its place. */
  readonly othersOn: (pool: Pool) => readonly Pool[];
  /** Another number should be written. */
  readonly wake: (key: string) => void;
  /** So many workers less are wanted than there are, and an autoscaler decides when they go. */
  readonly spare: (pool: Pool, workers: number) => void;
  /** Monotonic seconds. */
  readonly clock?: () => number;
}

interface Followed {
  pool: Pool;
  /** What the estimates are of. */
  readonly queue: string;
  estimates: Estimates | undefined;
  startupSeconds: number;
  startupsSeen: ReadonlySet<string>;
  /** Nothing waits, runs or is due. */
  isQuiet: boolean;
  /** Since when the queue is quiet, or others that share it are enough. */
  idleSince: number | undefined;
  /** When no interactive job waited, as last seen. */
  noneWaitedAt: number;
  /** When all workers were ready, or one became it. */
  progressAt: number | undefined;
  /** No worker has become ready for so long that more of them would not help. */
  isStuck: boolean;
  readonly pace: Pace;
  /** The change that a write should have made, until it is seen. */
  pending: { readonly from: number; readonly to: number } | undefined;
  latest: Latest;
  lookedAt: number | undefined;
  timer: NodeJS.Timeout | undefined;
  /** When its load was first read. */
  knownSince: number | undefined;
}

const NOT_YET: Latest = {
  demand: undefined,
  verdict: { status: 'Unknown', reason: 'NotChecked', message: 'the queue has not been looked at yet' },
};
const NEVER_READY: AutoscalingVerdict = {
  status: 'False',
  reason: 'WorkersNeverReady',
  message: 'more workers are needed, but none of those that were asked for becomes ready',
};
const KNOWN: AutoscalingVerdict = { status: 'True', reason: 'AsExpected', message: '' };

/** With what provider Auto came to in its place. */
export const isFollowed = ({ spec: { scaling, suspend } }: Pool): boolean =>
  scaling.mode === 'Auto' && ['ExternalMetrics', 'KEDA', 'Direct'].includes(scaling.auto?.provider ?? '') && !suspend;

export class Demands {
  readonly #options: DemandsOptions;
  readonly #clock: () => number;
  readonly #followed = new Map<string, Followed>();

  constructor(options: DemandsOptions) {
    this.#options = options;
    this.#clock = options.clock ?? (() => performance.now() / 1000);
  }

  /**
   * Looks at the queue now, unless `load` is what a look found just now, and from now on by itself. The pool has to hold a
   * connection.
   */
  async follow(pool: Pool, load?: Look): Promise<Latest> {
    const key = keyOf(pool);
    const { prefix, name, redis } = pool.spec.queue;
    const queue = JSON.stringify([pool.metadata.uid, prefix, name, redis]);
    const known = this.#followed.get(key);
    if (known?.queue === queue) known.pool = pool;
    else {
      this.forget(key);
      this.#followed.set(key, {
        ...{ pool, queue, estimates: undefined, startupSeconds: FIRST_STARTUP_SECONDS, startupsSeen: new Set() },
        ...{
          isQuiet: false,
          idleSince: undefined,
          noneWaitedAt: Number.NEGATIVE_INFINITY,
          progressAt: undefined,
          isStuck: false,
          pace: new Pace(),
          pending: undefined,
          latest: NOT_YET,
          lookedAt: undefined,
          timer: undefined,
          knownSince: undefined,
        },
      });
    }
    return this.#look(key, load);
  }

  forget(key: string): void {
    const followed = this.#followed.get(key);
    if (followed === undefined) return;
    clearTimeout(followed.timer);
    this.#options.listen(followed.pool, false);
    this.#followed.delete(key);
  }

  stop(): void {
    for (const key of [...this.#followed.keys()]) this.forget(key);
  }

  /**
   * What the pool needs now, for whoever asks without writing. Where its load was not known for long enough the number could
   * be lower than what another process said a moment ago: then there is none.
   */
  async now(pool: Pool): Promise<Latest> {
    const latest = await this.follow(pool);
    const followed = this.#followed.get(keyOf(pool));
    return latest.demand === undefined || (followed !== undefined && this.#coldSeconds(followed) === 0)
      ? latest
      : NOT_YET;
  }

  /** What was seen last and what comes of it, for people: it asks nobody and changes nothing. Undefined: not followed here. */
  told(key: string): Told | undefined {
    const followed = this.#followed.get(key);
    return (
      followed &&
      toldOf(followed, {
        at: this.#clock(),
        live: this.#options.workersOf(key)?.live ?? 0,
        coldSeconds: this.#coldSeconds(followed),
      })
    );
  }

  /** Until arrivals are known well enough. */
  #coldSeconds({ knownSince }: Followed): number {
    const at = this.#clock();
    return Math.max(0, WARM_SECONDS - (at - (knownSince ?? at)));
  }

  /** Looks now, and asks for a reconciliation where another number should be written. */
  async stir(key: string): Promise<void> {
    await this.#look(key);
    const live = this.#options.workersOf(key)?.live;
    if (live === undefined) return;
    if (this.next(key, live) !== undefined) this.#options.wake(key);
    const { pool, latest: { demand } = NOT_YET } = this.#followed.get(key) ?? {};
    if (pool === undefined || demand === undefined || pool.spec.scaling.auto?.provider === 'Direct') return;
    const spare = live - Math.max(1, demand.wanted);
    if (spare > 0) this.#options.spare(pool, spare);
  }

  /** The number to write in place of `live`, by what was seen last; undefined where it stays. */
  next(key: string, live: number): number | undefined {
    const followed = this.#followed.get(key);
    if (followed === undefined) return undefined;
    const { pool, pace, latest, pending } = followed;
    const { auto } = pool.spec.scaling;
    const switched = activation(pool, live, latest.demand);
    if (switched !== undefined || latest.demand === undefined || live === 0 || auto?.provider !== 'Direct')
      return switched;
    const at = this.#clock();
    const behavior = behaviorOf(auto);
    if (pending !== undefined && live === pending.to) {
      pace.changed({ at, ...pending, behavior });
      followed.pending = undefined;
    }
    const next = pace.next({ at, live, wanted: Math.max(1, latest.demand.wanted), behavior });
    if (next === live) return undefined;
    followed.pending = { from: live, to: next };
    return next;
  }

  async #look(key: string, found?: Look): Promise<Latest> {
    const followed = this.#followed.get(key);
    if (followed === undefined) return NOT_YET;
    clearTimeout(followed.timer);
    const workers = this.#options.workersOf(key) ?? { live: 0, ready: 0, startups: new Map() };
    let load: Load | undefined;
    try {
      const answer = found ?? (await this.#options.read(followed.pool));
      if ('message' in answer) followed.latest = unknown(answer.message);
      else if (answer.at >= (followed.latest.seen?.load.at ?? answer.at)) {
        load = answer;
        followed.lookedAt = this.#clock();
        followed.knownSince ??= this.#clock();
        followed.latest = this.#judge(followed, load, workers);
      }
    } catch (error) {
      if (!(error instanceof RedisUnreachable)) throw error;
      followed.latest = unknown(error.message);
    }
    // Forgotten meanwhile, or looked at by another call that set the next one already.
    if (this.#followed.get(key) !== followed) return followed.latest;
    clearTimeout(followed.timer);
    // It asks by itself.
    const isKedas = followed.pool.spec.scaling.auto?.provider === 'KEDA';
    const isAsleep = workers.live === 0 && followed.isQuiet;
    // While Redis can not be asked, whoever listens goes on to.
    if (load !== undefined) this.#options.listen(followed.pool, isAsleep && !isKedas);
    // Many pools that were first looked at together shall not go on so.
    const awake = LOOK_SECONDS.awake * (0.9 + Math.random() / 5);
    const seconds =
      load !== undefined && isAsleep
        ? Math.min(LOOK_SECONDS.asleep, load.nextDueSeconds ?? LOOK_SECONDS.asleep)
        : awake;
    followed.timer = setTimeout(() => void this.stir(key), seconds * 1000);
    return followed.latest;
  }

  #judge(followed: Followed, load: Load, { live, ready, startups }: Workers): Latest {
    const { spec } = followed.pool;
    const { auto } = spec.scaling;
    if (auto === undefined) return NOT_YET;
    if (ready >= live) followed.progressAt = load.at;
    for (const [uid, seconds] of startups) {
      if (followed.startupsSeen.has(uid)) continue;
      followed.startupSeconds = startupAfter(followed.startupSeconds, seconds);
      followed.progressAt = load.at;
    }
    followed.startupsSeen = new Set(startups.keys());
    followed.progressAt ??= load.at;
    followed.isStuck = load.at - followed.progressAt > STARTUPS_WITHOUT_PROGRESS * followed.startupSeconds;
    const targetSeconds: PerLane<number> = [auto.targetWaitSeconds, auto.backfillTargetWaitSeconds];
    followed.estimates = estimatesAfter(followed.estimates, load, targetSeconds);
    const { interactive, backfill } = load.lanes;
    const active = interactive.active + backfill.active;
    if (interactive.waiting === 0) followed.noneWaitedAt = load.at;
    followed.isQuiet = active === 0 && (load.paused || interactive.waiting + backfill.waiting === 0);
    const workers = { live, ready, startupSeconds: followed.startupSeconds };
    // An age is of two clocks, the producer's and Redis', and either may jump; none is older than what was seen by our own.
    const oldestSeconds = Math.min(load.oldestSeconds, load.at - followed.noneWaitedAt);
    const observed = observedOf(spec, { ...load, oldestSeconds }, followed.estimates, workers);
    const decision = desiredWorkers(observed);
    const sharing = this.#sharingOf(followed, observed);
    const isIdle = followed.isQuiet || sharing?.part.workers === 0;
    followed.idleSince = isIdle ? (followed.idleSince ?? load.at) : undefined;
    const seen = { observed, load };
    if (decision === undefined || this.#isBeforeOthers(followed, sharing)) return { ...NOT_YET, seen };
    const wanted = sharing?.part.workers ?? decision.desired;
    const idleSeconds = followed.idleSince === undefined ? 0 : Math.max(load.at - followed.idleSince, Number.MIN_VALUE);
    const all = { decision, seen, ...(sharing ? { sharing } : {}) };
    if (followed.isStuck && wanted > live)
      return { ...all, demand: { wanted: live, idleSeconds }, verdict: NEVER_READY };
    return { ...all, demand: { wanted, idleSeconds }, verdict: KNOWN };
  }

  /** Undefined for a pool that has its queue for itself. */
  #sharingOf({ pool }: Followed, observed: Observed): Sharing | undefined {
    const pools = this.#options.othersOn(pool);
    if (pools.length === 0) return undefined;
    const others = pools.map((other) => this.#sharerOf(other, keyOf(other) < keyOf(pool)));
    const part = partOf(observed, others);
    return part && { with: neighbourNames(pool, pools.map(keyOf)), others, part };
  }

  /** One that can not be scaled now does what its workers do, and leaves the rest to the others. */
  #sharerOf(pool: Pool, goesBefore: boolean): Sharer {
    const { worker, scaling } = pool.spec;
    const key = keyOf(pool);
    const { live = 0, ready = 0 } = this.#options.workersOf(key) ?? {};
    const { isStuck = false, latest = NOT_YET } = this.#followed.get(key) ?? {};
    const isHeld = isStuck || latest.verdict.status === 'False' || isLeftAlone(pool);
    const { minReplicas: min = 0, maxReplicas: max = 0 } = scaling.auto ?? {};
    const isScaled = isFollowed(pool) && !isHeld;
    return { slots: worker.slots, live, ready, goesBefore, ...(isScaled ? { bounds: { min, max } } : {}) };
  }

  /** It is said to share its queue, and this process has just begun: with whom will be known in a moment. */
  #isBeforeOthers(followed: Followed, sharing: Sharing | undefined): boolean {
    const isSaid = conditionOf(followed.pool, 'QueueShared')?.status === 'True';
    return isSaid && sharing === undefined && this.#coldSeconds(followed) > 0;
  }
}

const unknown = (why: string): Latest => ({
  demand: undefined,
  verdict: { status: 'False', reason: 'LoadUnknown', message: `the load of the queue can not be read: ${why}` },
});
