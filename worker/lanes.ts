/**
 * Lanes are ranges of BullMQ's priorities, of which the smallest goes first and 0 before all: jobs of plain producers, who
 * name none, are as urgent as can be.
 */
export type Lane = 'interactive' | 'backfill';
/** `urgent` is interactive too, in front of the others. */
export type SubmitLane = Lane | 'urgent';

const BACKFILL_PRIORITY = 1_000_000;

const PRIORITY: Readonly<Record<SubmitLane, number>> = { urgent: 0, interactive: 1, backfill: BACKFILL_PRIORITY };

export const priorityOf = (lane: SubmitLane): number => PRIORITY[lane];

export const laneOf = (priority: number | undefined): Lane =>
  (priority ?? 0) >= BACKFILL_PRIORITY ? 'backfill' : 'interactive';
