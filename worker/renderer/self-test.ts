/** Renders the renderers' own samples with the pipeline that jobs use: `quick` at every start, `full` once for each build. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PreviewFailure } from '../failures.ts';
import { identify } from '../identify.ts';
import { OUTPUT_DEFAULTS } from '../keys.ts';
import type { Renderer } from '../renderers/driver.ts';
import { describeRenderer } from '../renderers/registry.ts';
import { runPipeline } from './pipeline.ts';
import type { Capabilities, JobLimits, RenderResult, ResolvedOutput, SelfTestLevel } from './protocol.ts';

const LIMITS: JobLimits = {
  timeoutSeconds: 10,
  memoryBytes: 2 ** 30,
  sourceBytes: 2 ** 20,
  pixels: 2 ** 20,
  pages: 100,
  frames: 100,
  outputBytes: 2 ** 20,
};

const OUTPUT: ResolvedOutput = { ...OUTPUT_DEFAULTS, name: 'self-test', width: 4, height: 4, fit: 'cover' };
const OUTPUT_FORMATS = ['jpeg', 'png', 'webp', 'avif'] as const;

interface Attempt {
  readonly renderers: readonly Renderer[];
  readonly folder: string;
  readonly sample: Buffer;
}

/** Never rejects for a renderer that fails: `selfTest.reason` names it. `slots` is the supervisor's to fill in, `folder` to remove. */
export async function selfTest(
  renderers: readonly Renderer[],
  folder: string,
  level: SelfTestLevel,
): Promise<Omit<Capabilities, 'slots'>> {
  const start = performance.now();
  const failures: string[] = [];
  for (const renderer of renderers) {
    const samples = Object.entries(renderer.samples);
    for (const [format, make] of level === 'quick' ? samples.slice(0, 1) : samples) {
      try {
        const attempt = { renderers, folder, sample: await make() };
        await rendersIt(renderer, attempt);
        if (level === 'full') await keepsItsWord(attempt);
      } catch (error) {
        failures.push(`renderer ${renderer.name}, format ${format}: ${(error as Error).message}`);
      }
    }
  }
  return {
    renderers: renderers.map(describeRenderer),
    selfTest: {
      passed: failures.length === 0,
      milliseconds: Math.round(performance.now() - start),
      ...(failures.length === 0 ? {} : { reason: failures.join('; ').slice(0, 1000) }),
    },
  };
}

async function rendersIt({ name }: Renderer, attempt: Attempt): Promise<void> {
  const rendered = await render(attempt);
  if (rendered.renderer.name === name) return;
  throw new Error(`its sample was taken for ${rendered.source.mediaType}, which is ${rendered.renderer.name}’s`);
}

/** Every format that a job may ask for comes out, what is damaged is a failure of the file, and limits hold. */
async function keepsItsWord(attempt: Attempt): Promise<void> {
  const outputs = OUTPUT_FORMATS.map((format) => ({ ...OUTPUT, name: format, format }));
  for (const { name, file } of (await render(attempt, {}, outputs)).outputs) {
    const written = await identify(join(attempt.folder, file));
    if (written !== `image/${name}`) throw new Error(`its preview in ${name} is ${written}`);
  }
  const damaged = { ...attempt, sample: attempt.sample.subarray(0, attempt.sample.length / 2) };
  await render(damaged).catch((error: unknown) => {
    if (!(error instanceof PreviewFailure)) throw error;
  });
  // Drawings have no pixels of their own and shrink to what the limit allows.
  const tiny = await render(attempt, { pixels: 1 }).catch(limitExceeded);
  if (tiny !== undefined && tiny.source.width * tiny.source.height > 1)
    throw new Error('the limit pixels did not hold');
  if ((await render(attempt, { outputBytes: 1 }).catch(limitExceeded)) !== undefined) {
    throw new Error('the limit outputBytes did not hold');
  }
}

async function render(
  { renderers, folder, sample }: Attempt,
  limits: Partial<JobLimits> = {},
  outputs: readonly ResolvedOutput[] = [OUTPUT],
): Promise<RenderResult> {
  await writeFile(join(folder, 'source'), sample);
  return runPipeline({ folder, source: 'source', limits: { ...LIMITS, ...limits }, outputs }, renderers);
}

function limitExceeded(error: unknown): undefined {
  if (!(error instanceof PreviewFailure && error.reason === 'LimitExceeded')) throw error;
}
