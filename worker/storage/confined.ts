import { existsSync } from 'node:fs';
import { constants, type FileHandle, lstat, open, readlink, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import { sharedModes } from '../shared-modes.ts';

export type ConfinementProblem = 'absent' | 'outside' | 'not a regular file';

export class ConfinementError extends Error {
  readonly problem: ConfinementProblem;

  constructor(problem: ConfinementProblem) {
    super(`it is ${problem}`);
    this.problem = problem;
  }
}

/**
 * Opens a regular file for reading whose real place, after every link, is below `root`. `root` must be a real path: a link
 * in its place is a way out. Others may change the tree meanwhile: what was opened is asked where it lies.
 */
export async function openConfined(path: string, root: string): Promise<FileHandle> {
  const place = await insideOf(root, path);
  // NONBLOCK: opening a FIFO would wait for its writer.
  const file = await open(place, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW).catch(refuse);
  try {
    if (!isBelow(root, await placeOf(file, place))) throw new ConfinementError('outside');
    if (!(await file.stat()).isFile()) throw new ConfinementError('not a regular file');
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Linux' O_PATH, which Node does not name: no right to read the folder is needed. */
const PATH_ONLY = 0o10_000_000;
const OPEN_FILES = '/proc/self/fd';

/** Whether a folder can be named by what was opened, whatever is put in its place. */
export const foldersCanBeHeld = () => existsSync(OPEN_FILES);

/** A folder, held; a link in its place is not followed: ENOTDIR. */
export function holdFolder(path: string): Promise<FileHandle> {
  return open(path, PATH_ONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
}

/** A path to a folder that is held. */
export const pathOfHeld = ({ fd }: FileHandle) => `${OPEN_FILES}/${fd}`;

/** Makes a file in a folder in which others may write too: not where a link in the folder's place leads to. */
export async function createConfined(folder: string, name: string): Promise<FileHandle> {
  const { file } = sharedModes();
  if (!foldersCanBeHeld()) return open(join(folder, name), 'wx', file);
  await using held = await holdFolder(folder);
  return await open(join(pathOfHeld(held), name), 'wx', file);
}

/** As the kernel knows it: no path is looked up again, so nobody can swap it meanwhile. Weaker where there is no /proc. */
const placeOf = (file: FileHandle, path: string) => readlink(pathOfHeld(file)).catch(() => realpath(path));

/** The real path of `path`. Throws ConfinementError unless it is below `root`; whatever else is wrong outside is not told. */
async function insideOf(root: string, path: string): Promise<string> {
  const place = await realpath(path).catch(async (error: NodeJS.ErrnoException) => {
    if (!(await leadsInside(root, path))) throw new ConfinementError('outside');
    return refuse(error);
  });
  if (!isBelow(root, place)) throw new ConfinementError('outside');
  return place;
}

/** Whether a path that has no real path breaks off below `root`, and not at a link. */
async function leadsInside(root: string, path: string): Promise<boolean> {
  const folder = dirname(path);
  if (folder === path) return false;
  const place = await realpath(folder).catch(() => undefined);
  if (place === undefined) return leadsInside(root, folder);
  if (place !== root && !isBelow(root, place)) return false;
  return lstat(path).then(
    (found) => !found.isSymbolicLink(),
    () => true,
  );
}

/** By path components: `/data-other` is not below `/data`. */
export function isBelow(root: string, path: string): boolean {
  const way = relative(root, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function refuse(error: NodeJS.ErrnoException): never {
  if (['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].includes(error.code ?? '')) throw new ConfinementError('absent');
  if (error.code === 'ELOOP') throw new ConfinementError('outside');
  if (error.code === 'ENXIO') throw new ConfinementError('not a regular file');
  throw error;
}
