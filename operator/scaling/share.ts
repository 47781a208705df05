/**
 * The part of one pool where several take jobs of the same queue. The law is asked once for all of them, in slots; what the
 * workers do that are there anyway is taken off, and the rest divided in proportion to what each pool may still have.
 */
import { desiredWorkers, type Observed } from './law.ts';

/** Another pool on the queue. */
export interface Sharer {
  /** Of one worker. */
  readonly slots: number;
  readonly live: number;
  readonly ready: number;
  /** Undefined where its number comes from elsewhere than this queue's load: then it does what its ready workers do. */
  readonly bounds?: { readonly min: number; readonly max: number } | undefined;
  /** Of two that may have as much, this one gets its portions first. */
  readonly goesBefore: boolean;
}

/** Where the queue is shared: the number, and each term it was made of. */
export interface Part {
  /** What the law asks for, for all of the queue. */
  readonly neededSlots: number;
  /** Of workers that are there whatever is needed: of every pool's `minReplicas`, and of pools that others scale. */
  readonly givenSlots: number;
  /** What of the rest this pool may have, over what all may have: from 0 to 1. */
  readonly share: number;
  /** Within this pool's bounds. */
  readonly workers: number;
}

/** No limit of any pool: what is needed is asked of all of them. */
const UNBOUNDED = { min: 0, max: Number.MAX_SAFE_INTEGER } as const;
/** What floating point adds to a whole number must not cost a worker. */
const ROUNDING = 1e-6;
const wholeUp = (value: number): number => Math.max(0, Math.ceil(value - ROUNDING));

/** What a pool may have beyond what it has anyway, in slots. */
interface Room {
  readonly slots: number;
  readonly most: number;
  readonly isOwn: boolean;
  readonly goesBefore: boolean;
}

/** `observed`: of this pool, whose `slots`, `replicas`, `ready`, `min` and `max` are its own. Undefined where the law has no number. */
export function partOf(observed: Observed, others: readonly Sharer[]): Part | undefined {
  const decision = desiredWorkers(observed);
  const { slots, replicas, ready, min, max } = observed;
  if (decision === undefined || !slots || replicas == null || ready == null || min == null || max == null)
    return undefined;
  const scaled = others.flatMap(({ bounds, ...rest }) => (bounds === undefined ? [] : [{ ...rest, bounds }]));
  const sum = (of: (other: Sharer) => number) => others.reduce((total, other) => total + other.slots * of(other), 0);
  const neededSlots =
    desiredWorkers({
      ...observed,
      ...UNBOUNDED,
      slots: 1,
      replicas: slots * replicas + sum((other) => (other.bounds ? other.live : other.ready)),
      ready: slots * ready + sum((other) => other.ready),
    })?.desired ?? 0;
  const givenSlots = slots * min + sum((other) => other.bounds?.min ?? other.ready);
  const own: Room = { slots, most: slots * (max - min), isOwn: true, goesBefore: false };
  const rooms = [
    own,
    ...scaled.map(({ slots: its, bounds, goesBefore }) => ({
      ...{ slots: its, most: its * (bounds.max - bounds.min), isOwn: false, goesBefore },
    })),
  ];
  const all = rooms.reduce((total, { most }) => total + most, 0);
  return {
    neededSlots,
    givenSlots,
    share: all === 0 ? 0 : own.most / all,
    workers: min + portionOf(own, rooms, neededSlots - givenSlots),
  };
}

/**
 * Workers beyond `min`. The rest is dealt in portions of the largest worker, to those who may have most first: each takes its
 * share of what is left, rounded up, so that one job wakes one pool, all together have a portion too much at most (two where one
 * of them is at its maximum), and of two pools neither gives up a worker because more is needed.
 */
function portionOf(own: Room, rooms: readonly Room[], restSlots: number): number {
  const portion = Math.max(...rooms.map(({ slots }) => slots));
  let left = wholeUp(restSlots / portion);
  let room = rooms.reduce((total, { most }) => total + most, 0);
  for (const next of rooms.toSorted((a, b) => b.most - a.most || rank(a) - rank(b))) {
    if (left <= 0 || next.most === 0) return 0;
    const portions = Math.min(wholeUp((left * next.most) / room), next.most / portion);
    if (next === own) return Math.min(own.most / own.slots, wholeUp((portions * portion) / own.slots));
    left -= portions;
    room -= next.most;
  }
  return 0;
}

const rank = ({ isOwn, goesBefore }: Room): number => (isOwn ? 1 : goesBefore ? 0 : 2);
