/**
 * The loads of all pools, each pool's queue looked at in its turn: in every round once, evenly spread, so that 1,000 pools are 67
 * looks a second and never 1,000 at once. Not when somebody scrapes: a Redis that is away would hold up the scrape, two
 * Prometheus would double the looks, and none would leave whoever scales without any.
 */
import { keyOf } from '../kube/object.ts';
import { isLeftAlone, type Pool } from '../pool/pool.ts';
import type { RedisClient, RedisConnections } from '../redis/connections.ts';
import type { RedisEndpoint } from '../redis/endpoint.ts';
import { LANES, type Lane, type LaneLoad, type Load, readLoad } from './load.ts';

export interface LoadsOptions {
  readonly pools: () => readonly Pool[];
  readonly connections: RedisConnections;
  /** Where a pool's Redis is, or why that is not known. */
  readonly endpointOf: (pool: Pool) => Promise<RedisEndpoint | { readonly message: string }>;
  readonly everySeconds: number;
  /** Told once until it changes; undefined: the queue can be read again. */
  readonly onProblem: (pool: string, message: string | undefined) => void;
}

/** What is known of a pool's queue, and what has been summed up since this process has looked. */
export interface PoolLoad {
  /** Undefined while it can not be read. */
  readonly load: Load | undefined;
  /** Jobs that came to be runnable; one that is tried again comes again. */
  readonly arrivals: Readonly<Record<Lane, number>>;
  /** Workers times seconds, by the pool's status. */
  readonly workerSeconds: number;
  /** Between the last two looks; undefined where workers keep no counts, and before the second look. */
  readonly perSecond?: { readonly arrivals: number; readonly done: number } | undefined;
}

interface Known extends PoolLoad {
  /** Another may mean another queue. */
  readonly spec: string;
  readonly problem: string | undefined;
  readonly lookedAt: number;
}

/** A load that was not read for so many rounds is none any more. */
const ROUNDS_KEPT = 3;
const TICK_SECONDS = 0.25;

export class Loads {
  readonly #options: LoadsOptions;
  readonly #known = new Map<string, Known>();
  readonly #looking = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: LoadsOptions) {
    this.#options = options;
  }

  of(pool: string): PoolLoad | undefined {
    const known = this.#known.get(pool);
    if (known?.load === undefined) return known;
    const isFresh = now() - known.load.at <= ROUNDS_KEPT * this.#options.everySeconds;
    return isFresh ? known : { ...known, load: undefined };
  }

  start(): void {
    this.#timer ??= setInterval(() => this.#tick(), TICK_SECONDS * 1000);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Looks at those whose turn has come, and at no more of them than spreads all over a round. */
  #tick(): void {
    const { pools, everySeconds } = this.#options;
    const all = new Map(
      pools()
        .filter(isLookedAt)
        .map((pool) => [keyOf(pool), pool]),
    );
    // Not one that is being looked at: it would come back with its connection.
    for (const key of this.#known.keys()) if (!all.has(key) && !this.#looking.has(key)) this.#forget(key);
    let most = Math.ceil((all.size * TICK_SECONDS) / everySeconds);
    for (const [key, pool] of all) {
      if (most === 0) return;
      const known = this.#known.get(key);
      if (this.#looking.has(key) || (known !== undefined && now() - known.lookedAt < everySeconds)) continue;
      most -= 1;
      this.#looking.add(key);
      void this.#look(key, pool).finally(() => this.#looking.delete(key));
    }
  }

  async #look(key: string, pool: Pool): Promise<void> {
    const before = this.#known.get(key);
    const lookedAt = now();
    const spec = specOf(pool);
    const isSame = before?.spec === spec;
    const found = await this.#read(key, pool, before?.problem !== undefined || !isSame);
    const load = 'message' in found ? undefined : found;
    const problem = 'message' in found ? found.message : undefined;
    const { arrivals = NONE, workerSeconds = 0 } = before ?? {};
    this.#known.set(key, {
      spec,
      load,
      problem,
      lookedAt,
      arrivals: isSame && before.load && load ? arrivalsAfter(arrivals, before.load, load) : arrivals,
      perSecond: isSame && before.load && load ? ratesBetween(before.load, load) : undefined,
      workerSeconds: workerSeconds + workersOf(pool) * (before === undefined ? 0 : lookedAt - before.lookedAt),
    });
    if (problem !== before?.problem) this.#options.onProblem(key, problem);
  }

  /** On the connection that the pool has from its last look; a Secret is read where there is none, or it may be the reason. */
  async #read(key: string, pool: Pool, isUnsure: boolean): Promise<Load | { readonly message: string }> {
    const { connections, endpointOf } = this.#options;
    const look = (redis: RedisClient) => readLoad(redis, pool.spec.queue, now);
    try {
      if (connections.endpointOf(key) !== undefined && !isUnsure) return await connections.askAgain(key, look);
      const endpoint = await endpointOf(pool);
      return 'message' in endpoint ? endpoint : await connections.ask(key, endpoint, look);
    } catch (error) {
      return { message: error instanceof Error ? error.message : String(error) };
    }
  }

  #forget(key: string): void {
    this.#known.delete(key);
    this.#options.connections.release(key);
  }
}

const now = (): number => performance.now() / 1000;
const specOf = ({ metadata }: Pool): string => `${metadata.uid} ${metadata.generation}`;
const workersOf = ({ status }: Pool): number => status?.replicas ?? 0;

const isLookedAt = ({ metadata }: Pool): boolean =>
  metadata.deletionTimestamp === undefined && !isLeftAlone({ metadata });

const NONE: PoolLoad['arrivals'] = { interactive: 0, backfill: 0 };

/** Fewer jobs than before were removed, or wait for another try: that is no arrival, and takes none back. */
function arrivalsAfter(sums: PoolLoad['arrivals'], before: Load, load: Load): PoolLoad['arrivals'] {
  if (!before.isCounted || !load.isCounted) return sums;
  const come = (lane: Lane) => Math.max(0, jobsSeen(load.lanes[lane]) - jobsSeen(before.lanes[lane]));
  return { interactive: sums.interactive + come('interactive'), backfill: sums.backfill + come('backfill') };
}

function ratesBetween(before: Load, load: Load): PoolLoad['perSecond'] {
  const seconds = load.at - before.at;
  if (!before.isCounted || !load.isCounted || seconds <= 0) return undefined;
  const ended = ({ lanes }: Load) => LANES.reduce((sum, lane) => sum + lanes[lane].finished + lanes[lane].failed, 0);
  const come = arrivalsAfter(NONE, before, load);
  return {
    arrivals: (come.interactive + come.backfill) / seconds,
    done: Math.max(0, ended(load) - ended(before)) / seconds,
  };
}

const jobsSeen = ({ finished, failed, active, waiting }: LaneLoad): number => finished + failed + active + waiting;
