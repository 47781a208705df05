/** Renders a tiny file of its own kind through every renderer, with the pipeline that jobs use. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OUTPUT_DEFAULTS } from '../keys.ts';
import type { Renderer } from '../renderers/driver.ts';
import { describeRenderer } from '../renderers/registry.ts';
import { runPipeline } from './pipeline.ts';
import type { Capabilities, JobLimits, ResolvedOutput } from './protocol.ts';

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

/** Never rejects for a renderer that fails: `selfTest.reason` names it. `slots` is the supervisor's to fill in. */
export async function selfTest(renderers: readonly Renderer[], parent: string): Promise<Omit<Capabilities, 'slots'>> {
  const start = performance.now();
  const failures: string[] = [];
  for (const renderer of renderers) {
    const folder = await mkdtemp(join(parent, 'self-test-'));
    try {
      await writeFile(join(folder, 'source'), await renderer.sample());
      const request = { folder, source: 'source', limits: LIMITS, outputs: [OUTPUT] };
      const rendered = await runPipeline(request, renderers);
      if (rendered.renderer.name !== renderer.name) {
        throw new Error(`its sample was taken for ${rendered.source.mediaType}, which is ${rendered.renderer.name}’s`);
      }
    } catch (error) {
      failures.push(`renderer ${renderer.name}: ${(error as Error).message}`);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  return {
    renderers: renderers.map(describeRenderer),
    selfTest: {
      passed: failures.length === 0,
      milliseconds: Math.round(performance.now() - start),
      ...(failures.length === 0 ? {} : { reason: failures.join('; ') }),
    },
  };
}
