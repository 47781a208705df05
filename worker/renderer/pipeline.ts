/** What a slot does with one job, between the bytes that were fetched and the files to be stored. */
import { join } from 'node:path';
import { PreviewFailure } from '../failures.ts';
import { identify } from '../identify.ts';
import { encodable, encode, MOVING, OPAQUE } from '../raster/encode.ts';
import { planLadder, type Step } from '../raster/ladder.ts';
import { placeholdersOf } from '../raster/placeholder.ts';
import { stepFrom } from '../raster/resize.ts';
import type { Sharp } from '../raster/sharp.ts';
import type { Motion, OpenSource, Raster, Renderer, Rights } from '../renderers/driver.ts';
import { rendererFor } from '../renderers/registry.ts';
import type {
  Identity,
  JobFolder,
  PlaceholderKind,
  RenderedFile,
  RenderRequest,
  RenderResult,
  ResolvedOutput,
} from './protocol.ts';

type Recognised = Identity & { readonly driver: Renderer };
/** Outputs that show the same page at the same time, and the one raster they are made from. */
type Rung = { readonly outputs: readonly ResolvedOutput[]; readonly steps: readonly Step[]; readonly raster: Raster };
type Picture = { readonly output: ResolvedOutput; readonly image: Sharp; readonly motion: Motion | undefined };

export async function runPipeline(request: RenderRequest, renderers: readonly Renderer[]): Promise<RenderResult> {
  const stages = new Stages(request.limits.timeoutSeconds);

  const { mediaType, renderer, driver } = await stages.run('identify', () => recognise(request, renderers));
  const { source, rungs } = await stages.run('render', () => render(request, mediaType, driver));
  const pictures = await stages.run('sizes', () => sizes(rungs));
  const outputs = await stages.run('encode', () => encodeAll(request, pictures, source.rights));
  const placeholder = await stages.run('placeholder', () => placeholders(rungs, request.placeholder));

  const { width, height, pages, frames, alpha, durationSeconds } = source;
  const facts = {
    ...(pages === undefined ? {} : { pages }),
    ...(frames === undefined ? {} : { frames }),
    ...(alpha === undefined ? {} : { alpha }),
    ...(durationSeconds === undefined ? {} : { durationSeconds }),
  };
  return {
    source: { mediaType, width, height, ...facts },
    renderer,
    outputs,
    ...(placeholder === undefined ? {} : { placeholder }),
    timings: stages.timings,
  };
}

export async function recognise(request: JobFolder, renderers: readonly Renderer[]): Promise<Recognised> {
  const own = renderers.flatMap(({ recognise }) => recognise ?? []);
  const guesses = renderers.flatMap(({ guess }) => guess ?? []);
  const mediaType = await identify(join(request.folder, request.source), own, guesses);
  const driver = rendererFor(renderers, mediaType);
  if (driver === undefined) throw new PreviewFailure('UnsupportedMedia', `no renderer reads ${mediaType}`);
  return { mediaType, renderer: { name: driver.name, version: driver.version }, driver };
}

async function render({ folder, source, limits, outputs }: RenderRequest, mediaType: string, driver: Renderer) {
  const opened: OpenSource = await decoding(folder, () =>
    driver.open({ path: join(folder, source), mediaType, limits }),
  );
  const moves = ({ animated, format }: ResolvedOutput) =>
    animated && MOVING.has(format) && opened.animation !== undefined;
  const moments = Map.groupBy(outputs, (output) => (moves(output) ? 'motion' : `${output.page} ${output.timeSeconds}`));
  const rungs: Rung[] = [];
  for (const group of moments.values()) {
    const [first] = group;
    if (first === undefined) continue;
    const page = await decoding(folder, async () => (await opened.sizeAt?.(first)) ?? opened);
    const ladder = planLadder(page, group.map(encodable));
    const raster = await decoding(folder, () =>
      moves(first) && opened.animation ? opened.animation(ladder.raster) : opened.raster(first, ladder.raster),
    );
    rungs.push({ outputs: group, steps: ladder.steps, raster });
  }
  return { source: opened, rungs };
}

/**
 * Whatever a driver throws is a failure of the file: untyped, it would count as ours and be tried again. Decoders like to
 * name the path they read, which is nothing to a producer and new each time.
 */
async function decoding<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { reason, message } =
      error instanceof PreviewFailure
        ? error
        : { reason: 'DecodeFailed' as const, message: `the decoder failed: ${(error as Error)?.message ?? error}` };
    throw new PreviewFailure(reason, message.replaceAll(join(folder, '/'), ''), { cause: error });
  }
}

/** The pictures are described here and computed while they are encoded: libvips works on demand. */
async function sizes(rungs: readonly Rung[]): Promise<Map<ResolvedOutput, Picture>> {
  const pictures = rungs.flatMap(({ outputs, steps, raster }) =>
    outputs.map((output, at): Picture => {
      const step = steps[at];
      if (step === undefined) throw new Error(`the ladder has no step for output ${output.name}`);
      return { output, image: stepFrom(raster, step, output, OPAQUE.has(output.format)), motion: raster.motion };
    }),
  );
  return new Map(pictures.map((picture) => [picture.output, picture]));
}

async function encodeAll(request: RenderRequest, pictures: ReadonlyMap<ResolvedOutput, Picture>, rights?: Rights) {
  const files: RenderedFile[] = [];
  let budget = request.limits.outputBytes;
  for (const output of request.outputs) {
    const picture = pictures.get(output);
    if (picture === undefined) throw new Error(`output ${output.name} has no picture`);
    const file = await encode(picture.image, {
      output,
      folder: request.folder,
      budget,
      motion: picture.motion,
      rights,
    });
    budget -= file.bytes;
    files.push(file);
  }
  return files;
}

/** Of what the first output shows. */
async function placeholders([rung]: readonly Rung[], kinds: readonly PlaceholderKind[] = []) {
  if (rung === undefined || kinds.length === 0) return undefined;
  return placeholdersOf(rung.raster, kinds);
}

/** Runs and times the stages; between two of them the deadline is looked at, so that a late job costs no slot its life. */
class Stages {
  readonly timings: Record<string, number> = {};
  readonly #seconds: number;
  readonly #deadline: number;

  constructor(seconds: number) {
    this.#seconds = seconds;
    this.#deadline = performance.now() + seconds * 1000;
  }

  async run<T>(stage: string, work: () => Promise<T>): Promise<T> {
    const start = performance.now();
    if (start > this.#deadline) {
      throw new PreviewFailure('TimedOut', `${this.#seconds} s were over before the stage ${stage}`);
    }
    const value = await work();
    this.timings[stage] = Math.round(performance.now() - start);
    return value;
  }
}
