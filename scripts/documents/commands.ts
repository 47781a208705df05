/** Commands that pages show and no test runs, although no mark says why. */
import { existsSync, readFileSync } from 'node:fs';
import { matchesGlob } from 'node:path';
import { SUITES } from '../suites/table.ts';
import { commandsIn, type Fence, fencesIn, isForShells } from './fences.ts';
import type { Pages } from './pages.ts';

const REMEDY = 'write `<!-- run by: test/….test.ts -->` above it, or `<!-- not run: why -->`';

export function unprovenCommands(pages: Pages): string[] {
  return [...pages].flatMap(([page, text]) => {
    const fences = fencesIn(text);
    const marks = text.match(/^<!-- (run by|not run)\b/gm)?.length ?? 0;
    const stray = marks - fences.filter(({ mark }) => mark !== undefined).length;
    return [
      ...(stray === 0 ? [] : [`${page}: ${stray} of its marks stand right above no block, or lack their text`]),
      ...fences.flatMap((fence) => {
        const why = complaint(page, fence);
        return why === undefined ? [] : [`${page}:${fence.line}: ${why}`];
      }),
    ];
  });
}

function complaint(page: string, fence: Fence): string | undefined {
  const { language, mark } = fence;
  if (language === '') return 'a block without a language: say what it is (sh, console, yaml, text …)';
  if (mark?.kind === 'not run') return undefined;
  if (!isForShells(fence))
    return mark === undefined ? undefined : `marked as run by ${mark.text}, and no block for a shell`;
  if (mark === undefined)
    return commandsIn(fence).length === 0 ? undefined : `its commands are run by no test: ${REMEDY}`;
  const suites = Object.values(SUITES).flatMap(({ specs }) => specs);
  if (!existsSync(mark.text)) return `${mark.text} is not there: ${REMEDY}`;
  if (!suites.some((spec) => matchesGlob(mark.text, spec))) return `${mark.text} is in no suite`;
  // At its end such a test fails unless it took every command that names it.
  if (!readFileSync(mark.text, 'utf8').includes(`shownIn('${page}', import.meta.url)`))
    return `${mark.text} takes no command from this page: shownIn('${page}', import.meta.url)`;
  return undefined;
}
