import { failed } from './finding.ts';
import type { Finding } from './report.generated.ts';

export interface Look {
  readonly check: string;
  /** Where the guide tells more of a look that does not end, or ends with an error. */
  readonly entry: string;
  readonly remedy: string;
  /** For what takes longer when all is well. */
  readonly seconds?: number;
  readonly work: (signal: AbortSignal) => Promise<Finding | readonly Finding[]>;
}

const LONGEST_SECONDS = 10;

/** Ends in time, and never with an error: what hangs or fails is what was found. */
export async function look({ check, entry, remedy, seconds = LONGEST_SECONDS, work }: Look): Promise<Finding[]> {
  const controller = new AbortController();
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    reject(new Error(`no answer within ${seconds} s`));
    controller.abort();
  }, seconds * 1000);
  try {
    return [await Promise.race([work(controller.signal), late])].flat();
  } catch (error) {
    return [failed(check, { message: (error as Error).message, remedy, entry })];
  } finally {
    clearTimeout(timer);
  }
}
