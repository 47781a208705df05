/** The kubelet's waits: a container that ends again and again, an image that can not be had. */

const FIRST_SECONDS = 10;
const LONGEST_SECONDS = 300;

/** A run of this length clears the record. */
export const CLEARED_AFTER_SECONDS = 2 * LONGEST_SECONDS;

/** Seconds before the next start after `ends` ends in a row: the first restart comes at once, then 10 s, doubling to 5 min. */
export function restartDelay(ends: number): number {
  return ends <= 1 ? 0 : Math.min(LONGEST_SECONDS, FIRST_SECONDS * 2 ** (ends - 2));
}

/** Seconds before an image is looked for again after `failures` in a row. */
export function pullDelay(failures: number): number {
  return Math.min(LONGEST_SECONDS, FIRST_SECONDS * 2 ** (failures - 1));
}
