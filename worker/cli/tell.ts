/** How answers are told to people, or to scripts. */
import type { PreviewResult } from '../client.ts';
import { PreviewFailure } from '../failures.ts';

export function tellResult(id: string, result: PreviewResult): void {
  if ('dryRun' in result) {
    const names = result.plan.outputs.map(({ name }) => name).join(', ');
    console.log(`planned   ${id}: ${names} → ${result.plan.destination}`);
    return;
  }
  for (const { name, uri, width, height, bytes } of result.outputs) {
    console.log(`  ${name}  ${width}×${height}  ${bytes} bytes  ${uri}`);
  }
}

/** Of a job; whatever else went wrong is thrown on. The process will exit with 1. */
export function tellFailure(error: unknown, { json, id }: { readonly json: boolean; readonly id?: string }): void {
  if (!(error instanceof PreviewFailure)) throw error;
  process.exitCode = 1;
  const { reason, message, remedy } = error;
  const which = id === undefined ? {} : { id };
  if (json) console.log(JSON.stringify({ ...which, error: { reason, message, remedy } }));
  else console.error(`${reason}: ${message}${message.includes(remedy) ? '' : `; ${remedy}`}`);
}
