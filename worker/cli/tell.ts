/** How answers are told to people, or to scripts. */
import { Presets, SingleBar } from 'cli-progress';
import type { PreviewResult } from '../client.ts';
import { PreviewFailure } from '../failures.ts';

export function tellResult(id: string, result: PreviewResult): void {
  if ('dryRun' in result) {
    const names = result.plan.outputs.map(({ name }) => name).join(', ');
    console.log(`planned   ${id}: ${names} → ${result.plan.destination}`);
    return;
  }
  console.log(`done      ${id}`);
  for (const { name, uri, width, height, bytes } of result.outputs) {
    console.log(`  ${name}  ${width}×${height}  ${bytes} bytes  ${uri}`);
  }
}

/** Why a job is not over yet: a hint, beside the answers. */
export function tellDelay(id: string, why: string): void {
  console.error(`waiting   ${id}: ${shown(why)}`);
}

/** What stands in Redis may be anybody's: no line of it ends another, and none commands a terminal. */
const shown = (text: string): string => text.replaceAll(/\p{Cc}/gu, '\ufffd');

/** Of a job; whatever else went wrong is thrown on. The process will exit with 1. */
export function tellFailure(
  error: unknown,
  { json, id }: { readonly json: boolean; readonly id?: string | undefined },
): void {
  if (!(error instanceof PreviewFailure)) throw error;
  process.exitCode = 1;
  const { reason, message, remedy } = error;
  const which = id === undefined ? {} : { id };
  if (json) console.log(JSON.stringify({ ...which, error: { reason, message, remedy } }));
  else
    console.error(
      `${id === undefined ? '' : `failed    ${id}: `}${shown(`${reason}: ${message}${message.includes(remedy) ? '' : `; ${remedy}`}`)}`,
    );
}

/** A bar for people who wait for several things at a terminal; nothing where a script reads or there is but one. */
export function progressOf(total: number, { json }: { readonly json: boolean }): SingleBar | undefined {
  if (json || !process.stderr.isTTY || total < 2) return undefined;
  const bar = new SingleBar({ clearOnComplete: true, hideCursor: true }, Presets.shades_classic);
  bar.start(total, 0);
  return bar;
}
