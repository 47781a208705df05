import { PreviewFailure } from '../failures.ts';

/** Throws LimitExceeded when a job reads more of its source than it may. */
export function within(limit: number, value: number, name: 'pixels' | 'pages' | 'frames'): void {
  if (value > limit) {
    throw new PreviewFailure(
      'LimitExceeded',
      `the job reads ${value} ${name} of the source, the limit ${name} is ${limit}`,
    );
  }
}
