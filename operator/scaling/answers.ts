/** The operator's word on a pool's number of workers, to those who ask for it: HorizontalPodAutoscalers, KEDA, and people. */
import { ApiError } from '../kube/aggregated-server.ts';
import { keyOf } from '../kube/object.ts';
import type { Store } from '../kube/store.ts';
import type { Pool } from '../pool/pool.ts';
import { shared } from '../runtime/shared.ts';
import { numberFor } from './activator.ts';
import { type Demands, isFollowed } from './demands.ts';
import type { IdleFirst } from './idle-first.ts';
import type { ScalingAnswer } from './told.ts';

/** A HorizontalPodAutoscaler that was told nothing asks again by itself. */
const RETRY_SECONDS = 5;
const NOT_FOLLOWED = {
  here: 'the queue of this pool has not been looked at yet: its conditions say what it waits for, else ask again in some seconds',
  elsewhere: 'this operator is a standby and does not follow the queue of this pool: ask the one that holds the Lease',
} as const;

export interface AnswersOptions {
  readonly pools: Pick<Store<Pool>, 'get'>;
  /** The pool by its `podIndexKey`, which is what a HorizontalPodAutoscaler asks by. */
  readonly byPodIndexKey: (key: string) => Pool | undefined;
  readonly demands: Pick<Demands, 'now' | 'told' | 'follow' | 'forget'>;
  readonly idleFirst: Pick<IdleFirst, 'answer'>;
  /** Replicas as they are now, by the pool's `namespace/name`. */
  readonly liveOf: (key: string) => number;
  /** With what provider Auto came to in its place. */
  readonly asDecided: (pool: Pool) => Pool;
  readonly instance: string;
  /** Whether all pools are known. */
  readonly isSynced: () => boolean;
  /** Whether this process is the one that writes. */
  readonly isLeading: () => boolean;
  /** Whether HorizontalPodAutoscalers can ask this process. */
  readonly servesMetrics: boolean;
}

/** Each answer is a number, or an ApiError where there is none. */
export class Answers {
  readonly #options: AnswersOptions;

  constructor(options: AnswersOptions) {
    this.#options = options;
  }

  /** For a HorizontalPodAutoscaler, which never writes a 0; a lower number waits until idle workers are marked. */
  async metric(podIndexKey: string): Promise<number> {
    const { byPodIndexKey, idleFirst, liveOf } = this.#options;
    const { followed, demand } = await this.#demandOf(podIndexKey, byPodIndexKey(podIndexKey));
    return idleFirst.answer(followed, { wanted: demand.wanted, live: liveOf(keyOf(followed)) });
  }

  /** For KEDA, which writes every number: one look at the queue for all who ask at the same time. */
  readonly demand: (key: string) => Promise<number> = shared(async (key) => {
    const { pools, liveOf } = this.#options;
    const { followed, demand } = await this.#demandOf(key, pools.get(key));
    return numberFor(followed, liveOf(key), demand);
  });

  /** For people: what was seen last, without a look. */
  tell(key: string): ScalingAnswer {
    const { pools, demands, instance, isSynced, isLeading } = this.#options;
    if (!isSynced()) throw new ApiError(503, 'NotSynced', 'this operator has just started: ask again in some seconds');
    const pool = pools.get(key);
    if (pool === undefined)
      throw new ApiError(404, 'NoSuchPool', 'there is no such pool in the namespaces that this operator watches');
    const decided = this.#options.asDecided(pool);
    const provider = decided.spec.scaling.auto?.provider;
    if (!isFollowed(decided) || provider === undefined || provider === 'Auto')
      throw new ApiError(404, 'NotByTheQueue', `${key} is not scaled by its queue now: its spec.scaling says by what`);
    const told = demands.told(key);
    const leads = isLeading();
    if (told === undefined)
      throw new ApiError(503, leads ? 'NotLookedYet' : 'NotLeading', NOT_FOLLOWED[leads ? 'here' : 'elsewhere']);
    return { pool: key, provider, instance, leads, ...told };
  }

  /** A standby is asked as the one that leads is, so it has to know the same queues; where we lead, reconciling follows them. */
  followAlong(key: string): void {
    const { pools, demands, servesMetrics } = this.#options;
    const pool = pools.get(key);
    const decided = pool && this.#options.asDecided(pool);
    const isAsked = servesMetrics || decided?.spec.scaling.auto?.provider === 'KEDA';
    if (decided && isAsked && isFollowed(decided)) void demands.follow(decided);
    else demands.forget(key);
  }

  async #demandOf(key: string, pool: Pool | undefined) {
    const followed = pool && this.#options.asDecided(pool);
    if (followed === undefined || !isFollowed(followed))
      throw new ApiError(404, 'NotFound', `${key} is no pool whose number of workers comes from its queue`);
    const { demand, verdict } = await this.#options.demands.now(followed);
    if (demand === undefined) throw new ApiError(503, 'ServiceUnavailable', verdict.message, RETRY_SECONDS);
    return { followed, demand };
  }
}
