/** Files of mounted folders, as source and as sink. */
import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, link, mkdir, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { PreviewFailure } from '../failures.ts';
import { ConfinementError, type ConfinementProblem, isBelow, openConfined } from './confined.ts';
import type { Fetched, FetchRequest, Sink, Source, StorageDriver, WriteOptions } from './storage.ts';

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
    return await copy(source, { target, maxBytes, signal });
  }

  /** Tries every root: the first inside which the file really lies. */
  async #open(path: string): Promise<FileHandle> {
    let problem: ConfinementProblem = 'outside';
    for (const root of this.#roots) {
      try {
        return await openConfined(path, await realpath(root));
      } catch (error) {
        if (!(error instanceof ConfinementError)) throw unreadable(path, error);
        if (error.problem !== 'outside') problem = error.problem;
      }
    }
    const roots = this.#roots.join(', ');
    if (problem === 'outside') {
      throw new PreviewFailure('SourceForbidden', `${path} does not lie inside ${roots}, where this pool may read`);
    }
    // What exists outside of the roots is nobody's business: there, absent and forbidden look the same.
    if (problem === 'absent' && !this.#roots.some((root) => isBelow(root, path))) {
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
        await using found = await openConfined(join(this.#root, name), await realpath(this.#root));
        const { size } = await found.stat();
        return size > MAX_TEXT_BYTES ? undefined : await readFile(found, 'utf8');
      } catch (error) {
        if (error instanceof ConfinementError && error.problem === 'absent') return undefined;
        throw error;
      }
    });
  }

  write(name: string, from: string | FileHandle, { replace }: WriteOptions): Promise<Fetched> {
    return working(`${name} can not be written`, async () => {
      const folder = await this.#folder(dirname(name));
      const place = join(folder, basename(name));
      const temporary = join(folder, `.${randomUUID()}.partial`);
      try {
        const written = await this.#fill(temporary, from);
        if (replace) await rename(temporary, place);
        else if (!(await linked(temporary, place))) return await factsOf(place);
        await flushFolder(folder);
        return written;
      } finally {
        await rm(temporary, { force: true });
      }
    });
  }

  async probe(): Promise<void> {
    const name = `.probe-${randomUUID()}`;
    await this.write(name, 'probe', { replace: true });
    await working(`${name} can not be removed`, () => rm(join(this.#root, name)));
  }

  /** Makes the folder and returns its real path. A link that leads out of the sink is not followed. */
  async #folder(name: string): Promise<string> {
    const root = await realpath(this.#root);
    if (name === '.') return root;
    await mkdir(join(root, name), { recursive: true });
    const folder = await realpath(join(root, name));
    if (!isBelow(root, folder)) throw new Error('a link leads out of the sink');
    return folder;
  }

  async #fill(path: string, from: string | FileHandle): Promise<Fetched> {
    await using target = await open(path, 'wx', 0o644);
    const written =
      typeof from === 'string'
        ? await writeText(target, from)
        : await copy(from, { target, maxBytes: Number.POSITIVE_INFINITY, signal: new AbortController().signal });
    await target.sync();
    return written;
  }
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

async function factsOf(path: string): Promise<Fetched> {
  await using found = await open(path, 'r');
  return await copy(found, { maxBytes: Number.POSITIVE_INFINITY, signal: new AbortController().signal });
}

async function flushFolder(path: string): Promise<void> {
  await using folder = await open(path, 'r');
  await folder.sync();
}

async function writeText(target: FileHandle, text: string): Promise<Fetched> {
  await target.writeFile(text);
  return { bytes: Buffer.byteLength(text), sha256: createHash('sha256').update(text).digest('hex') };
}

/** Reads from the start to the end, or until `maxBytes` are passed; without a target it only counts and hashes. */
async function copy(
  from: FileHandle,
  { target, maxBytes, signal }: Pick<FetchRequest, 'maxBytes' | 'signal'> & { readonly target?: FileHandle },
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

function tooLarge(bytes: number, maxBytes: number): void {
  if (bytes > maxBytes) {
    throw new PreviewFailure('SourceTooLarge', `the source is larger than the limit sourceBytes of ${maxBytes} bytes`);
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

async function working<T>(problem: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof PreviewFailure) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw new PreviewFailure('SinkUnavailable', `${problem}: ${code ?? message}`, { cause: error });
  }
}
