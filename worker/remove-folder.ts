/**
 * Removes a folder that a stranger may change meanwhile, as a renderer may change those of its jobs. `rm` looks each path up
 * again at each step: whoever puts a link in a folder's place at the right moment has it delete what the link leads to, with
 * the worker's rights. Here each folder is opened without following a link, and only what is in that very folder is touched.
 */
import { randomUUID } from 'node:crypto';
import { chmod, type FileHandle, opendir, rename, rm, rmdir, unlink } from 'node:fs/promises';
import { foldersCanBeHeld, holdFolder, pathOfHeld } from './storage/confined.ts';

const DEADLINE_MILLISECONDS = 60_000;

/** Rejects when somebody fills it for a minute. Where there is no /proc the renderer is no stranger, and `rm` will do. */
export async function removeFolder(path: string): Promise<void> {
  if (!foldersCanBeHeld()) return rm(path, { recursive: true, force: true });
  const deadline = performance.now() + DEADLINE_MILLISECONDS;
  while (!(await removed(path))) {
    if (performance.now() > deadline) throw new Error(`${path} is filled as fast as it is emptied`);
  }
}

/** One round: false when something is left, as of folders in folders. */
async function removed(path: string): Promise<boolean> {
  await using folder = await opened(path);
  if (folder === undefined) return isNoFolder(path);
  const top = await placeOf(folder);
  for await (const { name } of await opendir(top)) {
    const place = `${top}/${name}`;
    if (await isNoFolder(place)) continue;
    await using inner = await opened(place);
    if (inner !== undefined) await emptyInto(top, await placeOf(inner));
    await rmdir(place).catch(changed);
  }
  return (await rmdir(path).then(() => true, changed)) ?? false;
}

/** The folders in it come up, to be emptied in the next round: none lies too deep. */
async function emptyInto(top: string, folder: string): Promise<void> {
  for await (const { name } of await opendir(folder)) {
    const place = `${folder}/${name}`;
    if (!(await isNoFolder(place))) await rename(place, `${top}/${randomUUID()}`).catch(changed);
  }
}

/** Undefined for what is no folder, a link to one among it. */
function opened(path: string): Promise<FileHandle | undefined> {
  return holdFolder(path).catch(changed);
}

/** Leads to the folder that was opened, whatever is put in its place; its owner may have taken our right to read it. */
async function placeOf(folder: FileHandle): Promise<string> {
  const place = pathOfHeld(folder);
  // Another user's folder says what is wrong with it when it is read.
  await chmod(place, 0o700).catch(() => {});
  return place;
}

/** Then it is there no more. */
async function isNoFolder(path: string): Promise<boolean> {
  try {
    await unlink(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EISDIR') return false;
    if (code !== 'ENOENT') throw error;
  }
  return true;
}

/** It is not what it was a moment ago: the next round sees what it is. */
function changed(error: NodeJS.ErrnoException): undefined {
  if (!['ENOENT', 'ENOTDIR', 'ELOOP', 'ENOTEMPTY', 'EEXIST'].includes(error.code ?? '')) throw error;
}
