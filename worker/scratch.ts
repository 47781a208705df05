import { PreviewFailure } from './failures.ts';

/**
 * What a write to the scratch folder failed with, as the failure that it is: of the worker's own disk, never of the file
 * that was being rendered. It passes, and the job is tried again.
 */
export function scratchUnavailable(error: unknown): never {
  const { code, message } = error as NodeJS.ErrnoException;
  throw new PreviewFailure('ScratchUnavailable', `the scratch folder can not be written: ${code ?? message}`, {
    cause: error,
  });
}
