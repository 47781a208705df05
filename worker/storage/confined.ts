import { constants, type FileHandle, open, realpath, stat } from 'node:fs/promises';
import { isAbsolute, relative, sep } from 'node:path';

export type ConfinementProblem = 'absent' | 'outside' | 'not a regular file';

export class ConfinementError extends Error {
  readonly problem: ConfinementProblem;

  constructor(problem: ConfinementProblem) {
    super(problem);
    this.problem = problem;
  }
}

/**
 * Opens a regular file for reading whose real place, after every link, is below `root`. `root` must be a real path: a link
 * in its place is a way out. Others may change the tree meanwhile: what was opened is compared with what lies inside.
 */
export async function openConfined(path: string, root: string): Promise<FileHandle> {
  for (let left = REPLACEMENTS; ; left -= 1) {
    const file = await openOnce(path, root);
    if (file !== undefined) return file;
    if (left === 0) throw new ConfinementError('outside');
  }
}

/** One who replaces a file as often as this between two calls of one reader does not mean to replace it. */
const REPLACEMENTS = 20;

/** Undefined when what was opened is not what lies there now: replaced by somebody, or by a way out. */
async function openOnce(path: string, root: string): Promise<FileHandle | undefined> {
  const place = await insideOf(root, path);
  // NONBLOCK: opening a FIFO would wait for its writer.
  const file = await open(place, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW).catch(refuse);
  try {
    const opened = await file.stat({ bigint: true });
    if (!opened.isFile()) throw new ConfinementError('not a regular file');
    const inside = await stat(await insideOf(root, place), { bigint: true }).catch(refuse);
    if (inside.dev === opened.dev && inside.ino === opened.ino) return file;
  } catch (error) {
    await file.close();
    throw error;
  }
  await file.close();
  return undefined;
}

/** The real path of `path`. Throws ConfinementError unless it is below `root`. */
async function insideOf(root: string, path: string): Promise<string> {
  const place = await realpath(path).catch(refuse);
  if (!isBelow(root, place)) throw new ConfinementError('outside');
  return place;
}

/** By path components: `/data-other` is not below `/data`. */
export function isBelow(root: string, path: string): boolean {
  const way = relative(root, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function refuse(error: NodeJS.ErrnoException): never {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') throw new ConfinementError('absent');
  if (error.code === 'ELOOP') throw new ConfinementError('outside');
  if (error.code === 'ENXIO') throw new ConfinementError('not a regular file');
  throw error;
}
