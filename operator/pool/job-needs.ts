/** What the jobs of a pool may need at most: the ground for computed resources, and for telling that given ones do not suffice. */
import type { Pool } from './pool.ts';
import { bytesOf } from './quantity.ts';
import type { PoolSpec } from './spec.generated.ts';
import type { WorkerConfig } from './worker-config.generated.ts';

export type JobLimits = WorkerConfig['perJob'];
type Renderer = NonNullable<PoolSpec['worker']['renderers']>[number];

const MEBIBYTE = 2 ** 20;
/** The renderer itself, beside its slots. */
const RENDERER_BYTES = 128 * MEBIBYTE;
/** The worker's Node process with its queue, fetches and uploads. */
const WORKER_BYTES = 256 * MEBIBYTE;
/** Beside the jobs' files the renderer keeps the fonts it draws with: 14 MB and their index. */
const FONT_BYTES = 32 * MEBIBYTE;
/** Room beside the previews, for what a renderer writes on its way and what an ended slot leaves until its job is over. */
const OUTPUT_COPIES = 4;
/** For what happens around rendering: identify, store, answer. */
const AROUND_SECONDS = 10;
/** The most that the worker takes. */
const MAX_GRACE_SECONDS = 3600;

/** The pool's limits as the worker is told them. */
export function poolLimits({ spec: { worker } }: Pool): JobLimits {
  const { memory, sourceBytes, outputBytes, ...numbers } = worker.perJob;
  return {
    ...numbers,
    memoryBytes: bytesOf(memory),
    sourceBytes: bytesOf(sourceBytes),
    outputBytes: bytesOf(outputBytes),
  };
}

/** What differs for one renderer. */
export function rendererLimits({ perJob = {} }: Renderer): Partial<JobLimits> {
  const { memory, sourceBytes, outputBytes, ...numbers } = perJob;
  return {
    ...numbers,
    ...(memory === undefined ? {} : { memoryBytes: bytesOf(memory) }),
    ...(sourceBytes === undefined ? {} : { sourceBytes: bytesOf(sourceBytes) }),
    ...(outputBytes === undefined ? {} : { outputBytes: bytesOf(outputBytes) }),
  };
}

/** Field by field the most that any enabled renderer allows. */
export function largestLimits(pool: Pool): JobLimits {
  const { renderers = [] } = pool.spec.worker;
  const common = poolLimits(pool);
  if (renderers.length === 0) return common;
  const all = renderers.map((renderer) => ({ ...common, ...rendererLimits(renderer) }));
  const names = Object.keys(common) as (keyof JobLimits)[];
  return Object.fromEntries(names.map((name) => [name, Math.max(...all.map((one) => one[name]))])) as JobLimits;
}

/** How long running jobs may go on when a pod ends, seconds. */
export const shutdownGraceSeconds = (pool: Pool): number =>
  pool.spec.worker.shutdownGraceSeconds ??
  Math.min(MAX_GRACE_SECONDS, largestLimits(pool).timeoutSeconds + AROUND_SECONDS);

/** Bytes of the jobs' folders: `least` to hold every slot's job at its limits, `ample` with room for copies. */
export function scratchNeeds(pool: Pool): { readonly least: number; readonly ample: number } {
  const { slots } = pool.spec.worker;
  const { sourceBytes, outputBytes } = largestLimits(pool);
  return {
    least: slots * (sourceBytes + outputBytes) + FONT_BYTES,
    ample: slots * (sourceBytes + OUTPUT_COPIES * outputBytes) + FONT_BYTES,
  };
}

/**
 * Bytes of memory by container: `least` for every slot's job at its limits, `ample` with what the programs take
 * themselves. A file in a scratch folder in memory counts against the container that writes it.
 */
export function memoryNeeds(pool: Pool): Record<'worker' | 'renderer', { least: number; ample: number }> {
  const { worker, template } = pool.spec;
  const { memoryBytes, sourceBytes, outputBytes } = largestLimits(pool);
  const inMemory = template.scratch.medium === 'Memory';
  const sources = inMemory ? worker.slots * sourceBytes : 0;
  const outputs = inMemory ? worker.slots * outputBytes + FONT_BYTES : 0;
  const copies = inMemory ? worker.slots * (OUTPUT_COPIES - 1) * outputBytes : 0;
  const slots = worker.slots * memoryBytes;
  return {
    worker: { least: sources, ample: sources + WORKER_BYTES },
    renderer: { least: slots + outputs, ample: slots + outputs + copies + RENDERER_BYTES },
  };
}
