/**
 * Lanes are ranges of BullMQ's priorities, of which the smallest goes first and 0 before all: jobs of plain producers, who
 * name none, are as urgent as can be.
 */
export type Lane = 'interactive' | 'backfill';
/** `urgent` is interactive too, in front of the others. */
export type SubmitLane = Lane | 'urgent';

/** Of the first backfill job; the priorities below it are the interactive lane's. */
export const BACKFILL_PRIORITY = 1_000_000;

/** Of the lanes in which nobody is told apart; in the interactive one it is the tenant's turn. */
export const priorityOf = (lane: Exclude<SubmitLane, 'interactive'>): number =>
  lane === 'urgent' ? 0 : BACKFILL_PRIORITY;

export const laneOf = (priority: number | undefined): Lane =>
  (priority ?? 0) >= BACKFILL_PRIORITY ? 'backfill' : 'interactive';
