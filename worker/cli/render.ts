import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, open, realpath, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Command, InvalidArgumentError } from 'commander';
import { PreviewFailure } from '../failures.ts';
import { resolveOutputs, validateJob } from '../job.ts';
import { removeFolder } from '../remove-folder.ts';
import { type LocalRenderer, startLocalRenderer } from '../renderer/local.ts';
import type { JobLimits, ResolvedOutput } from '../renderer/protocol.ts';
import { temporaryFolder } from '../settings.ts';
import { openConfined } from '../storage/confined.ts';
import { openSink, openSources } from '../storage/registry.ts';
import type { Sink } from '../storage/storage.ts';
import { endSignal } from './end-signal.ts';
import { localRemedy } from './local-remedies.ts';
import { addOutput, OUTPUT_HELP } from './outputs.ts';
import { progressOf } from './tell.ts';

/** As the defaults of a pool's worker.perJob. */
export const DEFAULT_LIMITS: JobLimits = {
  timeoutSeconds: 30,
  memoryBytes: 512 * 2 ** 20,
  sourceBytes: 256 * 2 ** 20,
  pixels: 50_000_000,
  pages: 1,
  frames: 1,
  outputBytes: 32 * 2 ** 20,
};

const LIMITS_HELP = Object.entries(DEFAULT_LIMITS)
  .map(([name, value]) => `${name}=${value}`)
  .join(', ');

interface Rendered {
  readonly file: string;
  readonly outputs?: readonly { name: string; path: string; width: number; height: number; bytes: number }[];
  readonly error?: { reason: string; message: string; remedy: string };
}

export const renderCommand = () =>
  new Command('render')
    .description('renders previews of local files, without a queue; exit 1 if one failed')
    .argument('<file...>', 'files to render')
    .requiredOption(
      '--out <folder>',
      'where <name>-<output>.<ext> goes; <name> has its extension where two files differ in nothing else',
    )
    .option('--output <fields>', `an output instead of name=preview,width=512,height=512: ${OUTPUT_HELP}`, addOutput)
    .option('--limit <name=value>', `a limit instead of one of ${LIMITS_HELP}; may be given again`, limit)
    .option('--json', 'one line for each file: {file, outputs} or {file, error: {reason, message, remedy}}')
    .action(
      async (
        files: readonly string[],
        options: { out: string; output?: readonly object[]; limit?: object; json?: boolean },
      ) => {
        const asked = options.output ?? [{ name: 'preview', width: 512, height: 512 }];
        if (asked.some((output) => 'preset' in output))
          throw new Error('presets belong to a pool: give --output name=grid,width=512,height=512 instead');
        const job = validateJob({ version: 1, source: { uri: 'file:///' }, outputs: asked });
        const outputs = resolveOutputs(job, []);
        const limits = { ...DEFAULT_LIMITS, ...options.limit };
        const out = resolve(options.out);
        await mkdir(out, { recursive: true }).catch(({ code }: NodeJS.ErrnoException) => {
          throw new Error(`--out ${out} is no folder and can not be made one (${code}): name another`);
        });
        await renderAll({
          files,
          outputs,
          limits,
          out,
          sink: await openSink({ file: { path: out } }),
          json: options.json ?? false,
        });
      },
    );

interface Order {
  readonly files: readonly string[];
  readonly outputs: readonly ResolvedOutput[];
  readonly limits: JobLimits;
  readonly out: string;
  readonly sink: Sink;
  readonly json: boolean;
}

async function renderAll(order: Order): Promise<void> {
  const { files, limits, json } = order;
  const signal = endSignal();
  const scratch = await realpath(await mkdtemp(join(temporaryFolder(), 'preview-render-')));
  const slots = Math.max(1, Math.min(availableParallelism(), files.length, 8));
  const bar = progressOf(files.length, { json });
  try {
    const renderer = await startLocalRenderer({ scratch, slots, perJob: limits, signal });
    const stems = stemsOf(files);
    const taken = new Map<string, string>();
    const waiting = [...files];
    const oneByOne = async () => {
      for (let file = waiting.shift(); file !== undefined && !signal.aborted; file = waiting.shift()) {
        const rendered = await renderOne(file, order, { renderer, scratch, stems, taken, signal });
        bar?.increment();
        tell(rendered, json);
      }
    };
    try {
      await Promise.all(Array.from({ length: slots }, oneByOne));
    } finally {
      await renderer.stop();
    }
  } finally {
    bar?.stop();
    await rm(scratch, { recursive: true, force: true });
  }
  signal.throwIfAborted();
}

async function renderOne(
  file: string,
  { outputs, limits, out, sink }: Order,
  at: {
    renderer: LocalRenderer;
    scratch: string;
    stems: ReadonlyMap<string, string>;
    taken: Map<string, string>;
    signal: AbortSignal;
  },
): Promise<Rendered> {
  const { renderer, scratch, stems, taken, signal } = at;
  const folder = join(scratch, randomUUID());
  try {
    const stem = stems.get(file) ?? basename(file);
    const targets = outputs.map(({ name }) => `${stem}-${name}`);
    const other = targets.map((target) => taken.get(target)).find((one) => one !== undefined);
    if (other !== undefined) {
      throw new PreviewFailure('DestinationForbidden', `its previews would replace those of ${other}`);
    }
    for (const target of targets) taken.set(target, file);
    await mkdir(folder, { mode: 0o700 });
    await fetchInto(join(folder, 'source'), file, limits, signal);
    const rendered = await renderer.connection.render({ folder, source: 'source', limits, outputs }, signal);
    const written = [];
    for (const { name, file: made, width, height } of rendered.outputs) {
      await using preview = await openConfined(join(folder, made), folder);
      const target = `${stem}-${name}${extname(made)}`;
      const { bytes } = await sink.write(target, preview, { replace: true, signal });
      written.push({ name, path: join(out, target), width, height, bytes });
    }
    return { file, outputs: written };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof PreviewFailure)) throw error;
    const { reason, message } = error;
    return { file, error: { reason, message, remedy: localRemedy(reason) } };
  } finally {
    await removeFolder(folder);
  }
}

/** What the previews of each file are called after: its name without the extension, or with it where that tells two apart. */
function stemsOf(files: readonly string[]): ReadonlyMap<string, string> {
  const short = (file: string) => basename(file, extname(file));
  const names = Map.groupBy(new Set(files.map((file) => basename(file))), short);
  return new Map(files.map((file) => [file, names.get(short(file))?.length === 1 ? short(file) : basename(file)]));
}

async function fetchInto(path: string, file: string, { sourceBytes }: JobLimits, signal: AbortSignal): Promise<void> {
  const place = await realpath(file).catch(({ code }: NodeJS.ErrnoException) => {
    if (code !== 'ENOENT' && code !== 'ENOTDIR') return resolve(file);
    throw new PreviewFailure('SourceNotFound', `there is no file ${resolve(file)}`);
  });
  const source = await openSources({ file: { roots: [{ path: dirname(place) }] } });
  await using target = await open(path, 'wx', 0o600);
  await source.fetch({ uri: pathToFileURL(place), target, maxBytes: sourceBytes, signal });
}

function tell({ file, outputs = [], error }: Rendered, json: boolean): void {
  if (error !== undefined) process.exitCode = 1;
  if (json) console.log(JSON.stringify(error === undefined ? { file, outputs } : { file, error }));
  else if (error !== undefined) console.error(`${file}: ${error.reason}: ${error.message}; ${error.remedy}`);
  else for (const { path, width, height, bytes } of outputs) console.log(`${path}  ${width}×${height}  ${bytes} bytes`);
}

function limit(text: string, limits: object = {}): object {
  const [name = '', value = ''] = text.split('=');
  if (!Object.hasOwn(DEFAULT_LIMITS, name) || !/^[1-9]\d*$/.test(value)) {
    throw new InvalidArgumentError(
      `it must be one of ${Object.keys(DEFAULT_LIMITS).join(', ')}, '=' and a whole number above 0`,
    );
  }
  return { ...limits, [name]: Number(value) };
}
