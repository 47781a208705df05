/** Files of mounted folders, as source and as sink. */
import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, link, mkdir, open, readFile, realpath, rename, rm, rmdir, stat } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { PreviewFailure } from '../failures.ts';
import { scratchUnavailable } from '../scratch.ts';
import { ConfinementError, type ConfinementProblem, isBelow, openConfined } from './confined.ts';
import { tooLarge } from './receive.ts';
import type {
  Fetched,
  FetchRequest,
  ListOptions,
  Sink,
  Source,
  StorageDriver,
  Stored,
  WriteOptions,
} from './storage.ts';
import { walk } from './walk.ts';

const CHUNK_BYTES = 1 << 18;
/** Manifests and records; beyond this it is none of ours. */
const MAX_TEXT_BYTES = 1 << 20;

interface SourceSettings {
  readonly roots: readonly { readonly path: string }[];
}
interface SinkSettings {
  readonly path: string;
}

const file: StorageDriver<SourceSettings, SinkSettings> = {
  source: ({ roots }) => new FileSource(roots.map(({ path }) => path)),
  sink: ({ path }) => new FileSink(path),
};

export default file;

class FileSource implements Source {
  readonly #roots: readonly string[];

  constructor(roots: readonly string[]) {
    this.#roots = roots;
  }

  async fetch({ uri, target, maxBytes, signal }: FetchRequest): Promise<Fetched> {
    await using source = await this.#open(pathOf(uri, 'SourceForbidden'));
    const { size } = await source.stat();
    tooLarge(size, maxBytes);
    const scratch = { writeFile: (piece: Buffer) => target.writeFile(piece).catch(scratchUnavailable) };
    return await copy(source, { target: scratch, maxBytes, signal });
  }

  /** Tries every root: the first inside which the file really lies. */
  async #open(path: string): Promise<FileHandle> {
    let problem: ConfinementProblem = 'outside';
    let outage: PreviewFailure | undefined;
    for (const root of this.#roots) {
      try {
        return await openConfined(path, await realpath(root));
      } catch (error) {
        if (!(error instanceof ConfinementError)) outage ??= unreadable(path, error);
        else if (error.problem !== 'outside') problem = error.problem;
      }
    }
    if (outage !== undefined) throw outage;
    if (problem === 'outside') {
      const roots = this.#roots.join(', ');
      throw new PreviewFailure('SourceForbidden', `${path} does not lie inside ${roots}, where this pool may read`);
    }
    if (problem === 'absent') throw new PreviewFailure('SourceNotFound', `there is no file ${path}`);
    throw new PreviewFailure('SourceForbidden', `${path} is ${problem}`);
  }
}

class FileSink implements Sink {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  uriOf(name: string): string {
    return pathToFileURL(join(this.#root, name)).href;
  }

  folderOf(uri: string): string {
    const path = pathOf(new URL(uri), 'DestinationForbidden');
    const way = relative(this.#root, path);
    if (way === '') return '';
    if (!isBelow(this.#root, path)) {
      throw new PreviewFailure(
        'DestinationForbidden',
        `${path} does not lie inside ${this.#root}, the sink of this pool`,
      );
    }
    return `${way}/`;
  }

  read(name: string): Promise<string | undefined> {
    return working(`${name} can not be read`, async () => {
      try {
        await using found = await openConfined(join(this.#root, name), await this.#there());
        const { size } = await found.stat();
        return size > MAX_TEXT_BYTES ? undefined : await readFile(found, 'utf8');
      } catch (error) {
        if (error instanceof ConfinementError && error.problem === 'absent') return undefined;
        throw error;
      }
    });
  }

  write(name: string, from: string | FileHandle, options: WriteOptions): Promise<Fetched> {
    const { replace, signal } = options;
    const work = async () => {
      const { folder, temporary, target } = await this.#begin(name);
      const place = join(folder, basename(name));
      try {
        const written = await fill(target, from, options);
        if (replace) await rename(temporary, place);
        else if (!(await linked(temporary, place))) return await this.#factsOf(place);
        await flushFolder(folder);
        return written;
      } finally {
        await rm(temporary, { force: true });
      }
    };
    return working(`${name} can not be written`, work, signal);
  }

  async *list(prefix: string, { limit, after = '' }: ListOptions): AsyncIterable<Stored> {
    let left = limit;
    for await (const stored of this.#walk(prefix, after)) {
      if (PARTIAL.test(stored.name)) continue;
      if (left <= 0) return;
      left -= 1;
      yield stored;
    }
  }

  async *unfinished(prefix: string): AsyncIterable<Stored> {
    for await (const stored of this.#walk(prefix, '')) if (PARTIAL.test(stored.name)) yield stored;
  }

  async *#walk(prefix: string, after: string): AsyncIterable<Stored> {
    try {
      yield* walk(await this.#there(), prefix, after);
    } catch (error) {
      throw unavailable(`${prefix} can not be listed`, error);
    }
  }

  /** With the folders that it leaves empty. */
  remove(name: string): Promise<void> {
    return working(`${name} can not be removed`, async () => {
      const root = await this.#there();
      const folder = await realpath(join(root, dirname(name))).catch(absent);
      if (folder === undefined) return;
      if (folder !== root && !isBelow(root, folder)) throw new Error('a link leads out of the sink');
      await rm(join(folder, basename(name)), { force: true });
      await flushFolder(folder).catch(absent);
      for (let empty = folder; isBelow(root, empty); empty = dirname(empty)) {
        if (!(await removedFolder(empty))) return;
      }
    });
  }

  /** Its real path. */
  #there(): Promise<string> {
    return realpath(this.#root).catch(({ code }: NodeJS.ErrnoException) => {
      throw new PreviewFailure('SinkUnavailable', `the sink's folder ${this.#root} can not be reached: ${code}`);
    });
  }

  async probe(): Promise<void> {
    const name = `.probe-${randomUUID()}`;
    await this.write(name, 'probe', { replace: true });
    await this.remove(name);
  }

  /** Makes the folder, part by part, and returns its real path. A link that leads out of the sink is not followed. */
  async #folder(name: string): Promise<string> {
    const root = await this.#there();
    let folder = root;
    for (const part of name === '.' ? [] : name.split('/')) {
      const next = join(folder, part);
      await mkdir(next).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error;
      });
      folder = await realpath(next);
      if (!isBelow(root, folder)) throw new Error('a link leads out of the sink');
    }
    return folder;
  }

  async #factsOf(place: string): Promise<Fetched> {
    await using found = await openConfined(place, await this.#there());
    return await copy(found, { maxBytes: Number.POSITIVE_INFINITY, signal: new AbortController().signal });
  }

  /** A file to write into, in the folder of `name`; one who removes there may take the folder away before the file is in it. */
  async #begin(name: string): Promise<{ folder: string; temporary: string; target: FileHandle }> {
    for (let left = 10; ; left -= 1) {
      try {
        const folder = await this.#folder(dirname(name));
        const temporary = join(folder, `.${randomUUID()}.partial`);
        return { folder, temporary, target: await open(temporary, 'wx', 0o644) };
      } catch (error) {
        // ENOTDIR is what mkdir says of a folder that went while it looked.
        const gone = ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
        if (!gone || left === 0) throw error;
      }
    }
  }
}

const PARTIAL = /(^|\/)\.[0-9a-f-]{36}\.partial$/;

async function fill(
  target: FileHandle,
  from: string | FileHandle,
  { signal = new AbortController().signal, maxBytes = Number.POSITIVE_INFINITY }: WriteOptions,
): Promise<Fetched> {
  await using file = target;
  const written =
    typeof from === 'string' ? await writeText(file, from) : await copy(from, { target: file, maxBytes, signal });
  await file.sync();
  signal.throwIfAborted();
  return written;
}

/** False while something is in it. */
async function removedFolder(path: string): Promise<boolean> {
  return rmdir(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code === 'ENOENT',
  );
}

/** Gives `temporary` its name unless somebody has it: then false. File systems without hard links rename, which replaces. */
async function linked(temporary: string, place: string): Promise<boolean> {
  try {
    await link(temporary, place);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(code ?? '')) throw error;
  }
  if (await stat(place).catch(() => undefined)) return false;
  await rename(temporary, place);
  return true;
}

async function flushFolder(path: string): Promise<void> {
  await using folder = await open(path, 'r');
  await folder.sync();
}

async function writeText(target: FileHandle, text: string): Promise<Fetched> {
  await target.writeFile(text);
  return { bytes: Buffer.byteLength(text), sha256: createHash('sha256').update(text).digest('hex') };
}

interface Writable {
  writeFile(piece: Buffer): Promise<void>;
}

/** Reads from the start to the end, or until `maxBytes` are passed; without a target it only counts and hashes. */
async function copy(
  from: FileHandle,
  { target, maxBytes, signal }: Pick<FetchRequest, 'maxBytes' | 'signal'> & { readonly target?: Writable },
): Promise<Fetched> {
  const hash = createHash('sha256');
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  for (let bytes = 0; ; ) {
    signal.throwIfAborted();
    const { bytesRead } = await from.read(chunk, 0, CHUNK_BYTES, bytes);
    if (bytesRead === 0) return { bytes, sha256: hash.digest('hex') };
    tooLarge(bytes + bytesRead, maxBytes);
    const piece = chunk.subarray(0, bytesRead);
    hash.update(piece);
    await target?.writeFile(piece);
    bytes += bytesRead;
  }
}

/** Refuses hosts, encoded slashes and zero bytes: two ways to write one path would be two keys. */
function pathOf(uri: URL, reason: 'SourceForbidden' | 'DestinationForbidden'): string {
  try {
    if (uri.protocol !== 'file:' || uri.search !== '' || uri.hash !== '') throw new Error('it is no plain file: URI');
    const path = fileURLToPath(uri);
    if (path.includes('\0')) throw new Error('it holds a zero byte');
    return path;
  } catch (error) {
    throw new PreviewFailure(reason, `the URI is not accepted: ${(error as Error).message}`);
  }
}

function unreadable(path: string, error: unknown): PreviewFailure {
  const { code = 'unknown error' } = error as NodeJS.ErrnoException;
  const forbidden = code === 'EACCES' || code === 'EPERM';
  return new PreviewFailure(forbidden ? 'SourceForbidden' : 'SourceUnavailable', `${path} can not be read: ${code}`);
}

async function working<T>(problem: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  try {
    return await work();
  } catch (error) {
    signal?.throwIfAborted();
    throw unavailable(problem, error);
  }
}

function unavailable(problem: string, error: unknown): PreviewFailure {
  if (error instanceof PreviewFailure) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  return new PreviewFailure('SinkUnavailable', `${problem}: ${code ?? message}`, { cause: error });
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
