/** How answers are told to people, or to scripts. */
import { Presets, SingleBar } from 'cli-progress';
import type { PreviewResult } from '../client.ts';
import { PreviewFailure } from '../failures.ts';

/** What stands in Redis or a sink may be anybody's: a terminal shall show it and not obey it. */
export const harmless = (text: string): string => text.replaceAll(/\p{Cc}+/gu, ' ');

/** A line for people. */
export const say = (line: string): void => console.log(harmless(line));

export function tellResult(id: string, result: PreviewResult): void {
  if ('dryRun' in result) {
    const names = result.plan.outputs.map(({ name }) => name).join(', ');
    say(`planned   ${id}: ${names} → ${result.plan.destination}`);
    return;
  }
  say(`done      ${id}`);
  for (const { name, uri, width, height, bytes } of result.outputs) {
    say(`  ${name}  ${width}×${height}  ${bytes} bytes  ${uri}`);
  }
}

/** Why a job is not over yet: a hint, beside the answers. */
export function tellDelay(id: string, why: string): void {
  console.error(`waiting   ${id}: ${harmless(why)}`);
}

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
      `${id === undefined ? '' : `failed    ${id}: `}${harmless(`${reason}: ${message}${message.includes(remedy) ? '' : `; ${remedy}`}`)}`,
    );
}

/** A bar for people who wait for several things at a terminal; nothing where a script reads or there is but one. */
export function progressOf(total: number, { json }: { readonly json: boolean }): SingleBar | undefined {
  if (json || !process.stderr.isTTY || total < 2) return undefined;
  const bar = new SingleBar({ clearOnComplete: true, hideCursor: true }, Presets.shades_classic);
  bar.start(total, 0);
  return bar;
}
