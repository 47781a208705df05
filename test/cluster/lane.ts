/** Of suites that run side by side each has its own: 0 or 1. What they draw by chance from one space of the machine comes from their own half of it then. */
const LANE = process.env['TEST_LANE'] ?? '';

/** From `first`, up to and without `end`. */
export function ownPart(first: number, end: number, lane = LANE): readonly [number, number] {
  const middle = Math.floor((first + end) / 2);
  return [lane === '1' ? middle : first, lane === '0' ? middle : end];
}
