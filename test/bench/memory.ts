/** The most memory that all processes hold together at two slots. */
import { peakBytes } from './accounting.ts';
import type { Contender, Format, Ground } from './contender.ts';
import { type NamedFile, writeCopies } from './files.ts';
import { megabytes, met, table } from './markdown.ts';
import { startOurs } from './ours.ts';
import { startPlain } from './plain.ts';

const SLOTS = 2;
/** By renderer; the others are stated. */
const GOAL_BYTES: Readonly<Record<string, number>> = { image: 450e6 };
const SIZES = [1600, 800, 400, 200];
/** By renderer, what it is given; a renderer of the capability list that is not here is named as not measured. */
const SAMPLES: Readonly<Record<string, readonly NamedFile[]>> = {
  image: ['2K JPEG', '24 MP JPEG', 'PNG with alpha'],
  heic: ['5 MP HEIC'],
  pdf: ['A4 PDF'],
  svg: ['400 discs SVG'],
  text: ['3,000 lines of TypeScript'],
};

export async function peakMemory(
  ground: Ground,
  effort: { formats: readonly Format[]; jobs: number },
): Promise<string> {
  const started: Contender[] = [];
  try {
    const worker = await startOurs(ground, { slots: SLOTS, name: 'two-slots' });
    started.push(worker, await startPlain(ground, SLOTS));
    const rows: string[][] = [];
    const most = new Map<string, number>();
    for (const { name: renderer } of worker.health.renderers) {
      for (const named of SAMPLES[renderer] ?? []) {
        const files = await writeCopies(named, effort.jobs, ground.inbox);
        for (const format of effort.formats) {
          const peaks: number[] = [];
          // What sharp alone does not read is the worker's alone.
          for (const contender of renderer === 'image' ? started : [worker]) {
            const work = contender.make({ files, sizes: SIZES, format, settings: 'own' });
            peaks.push(await peakBytes(contender.pid, work));
            await contender.forget();
          }
          const [own = 0] = peaks;
          most.set(renderer, Math.max(most.get(renderer) ?? 0, own));
          rows.push([renderer, named, format, ...started.map((_, at) => megabytes(peaks[at]))]);
        }
      }
    }
    const unmeasured = worker.health.renderers.filter(({ name }) => SAMPLES[name] === undefined);
    return [
      table(['renderer', 'file', 'format', ...started.map(({ name }) => `${name}, MB`)], rows),
      ...[...most].map(([renderer, bytes]) => {
        const goal = GOAL_BYTES[renderer];
        const verdict = goal === undefined ? '' : ` (goal: at most ${megabytes(goal)}): ${met(bytes <= goal)}`;
        return `The worker's most with ${renderer}: ${megabytes(bytes)} MB${verdict}.`;
      }),
      ...unmeasured.map(({ name }) => `Not measured: the renderer ${name}.`),
    ].join('\n\n');
  } finally {
    for (const contender of started) await contender.stop();
  }
}
