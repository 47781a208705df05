/** What the operator tells people of a pool that it follows: the numbers that it scales by, and what holds a step back. */
import type { AutoscalingVerdict } from '../pool/autoscaler-state.ts';
import { behaviorOf } from '../pool/behavior.ts';
import type { Pool } from '../pool/pool.ts';
import type { Provider } from '../pool/provider.ts';
import type { Demand } from './activator.ts';
import type { Decision, Observed } from './law.ts';
import type { Load } from './load.ts';
import type { Pace, Step } from './pace.ts';
import type { Part, Sharer } from './share.ts';

/** Of one look at the queue. */
export interface Latest {
  readonly demand: Demand | undefined;
  readonly decision?: Decision;
  /** Where the queue is shared. */
  readonly sharing?: Sharing;
  readonly verdict: AutoscalingVerdict;
  /** Absent where the queue could not be read. */
  readonly seen?: { readonly observed: Observed; readonly load: Load };
}

export interface Sharing {
  /** Other pools by name; those of another namespace are not told by name. */
  readonly with: readonly string[];
  readonly others: readonly Sharer[];
  readonly part: Part;
}

/** As JSON: what is not known is null. Times are in seconds. */
export interface Told {
  /** Since the queue could last be read. */
  readonly lookedSecondsAgo: number | null;
  /** The law's inputs at that look; null where the latest one failed. */
  readonly observation: Observed | null;
  /** As if no other pool served the queue. */
  readonly decision: Decision | null;
  /** With which other pools the queue is shared, and this one's part of it; null where it has the queue for itself. */
  readonly sharing: Sharing | null;
  /** Whether there is a number now, and why not. */
  readonly verdict: AutoscalingVerdict;
  /** The number by which the pool is scaled; null where there is none, so that the workers stay. */
  readonly wanted: number | null;
  /** Until a HorizontalPodAutoscaler or KEDA is told the number: arrivals are not known well enough yet. */
  readonly coldSeconds: number;
  /** For how long nothing has waited, run or been due, or others on the queue were enough; null where that is not known. */
  readonly idleSeconds: number | null;
  /** Until the last worker goes, if nothing comes; null while something is to be done, and for a pool that never sleeps. */
  readonly sleepsInSeconds: number | null;
  /** Jobs that are not due yet, and when the first of them will be. */
  readonly delayed: number;
  readonly nextDueSeconds: number | null;
  /** The queue's own rate limit; null where it has none. */
  readonly rateLimit: Load['rateLimit'] | null;
  /** Provider Direct: the next step from the workers that are there; null for others, and where there is no number. */
  readonly step: Step | null;
}

/** What the queue asks of this pool by the law and its part, whatever holds it back. */
export const askedOf = ({ decision, sharing }: Pick<Told, 'decision' | 'sharing'>): number | undefined =>
  sharing?.part.workers ?? decision?.desired;

/** What `/scaling/NAMESPACE/POOL` answers. */
export interface ScalingAnswer extends Told {
  /** As `namespace/name`. */
  readonly pool: string;
  readonly provider: Provider;
  /** The process that answers, and whether it is the one that writes. */
  readonly instance: string;
  readonly leads: boolean;
}

export function toldOf(
  { pool, pace, latest, lookedAt }: { pool: Pool; pace: Pace; latest: Latest; lookedAt: number | undefined },
  { at, live, coldSeconds }: { at: number; live: number; coldSeconds: number },
): Told {
  const { demand, decision, sharing, verdict, seen } = latest;
  const { auto } = pool.spec.scaling;
  const age = lookedAt === undefined ? 0 : at - lookedAt;
  const since = demand && (demand.idleSeconds > 0 ? demand.idleSeconds + age : 0);
  const sleeps = since && auto?.minReplicas === 0 && live > 0;
  const due = seen?.load.nextDueSeconds;
  return {
    lookedSecondsAgo: lookedAt === undefined ? null : age,
    observation: seen?.observed ?? null,
    decision: decision ?? null,
    sharing: sharing ?? null,
    verdict,
    wanted: demand?.wanted ?? null,
    coldSeconds,
    idleSeconds: since ?? null,
    sleepsInSeconds: sleeps ? Math.max(0, auto.scaleToZeroAfterSeconds - since) : null,
    delayed: seen?.load.delayed ?? 0,
    nextDueSeconds: due === undefined ? null : Math.max(0, due - age),
    rateLimit: seen?.load.rateLimit ?? null,
    step:
      demand && live > 0 && auto?.provider === 'Direct'
        ? pace.step({ at, live, wanted: Math.max(1, demand.wanted), behavior: behaviorOf(auto) })
        : null,
  };
}
