import type { Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Stored } from './storage.ts';

/**
 * Regular files below `root` whose name begins with `prefix` and comes behind `after`, in the order of the names' bytes.
 * Links are not followed; folders that can hold none of these are not read; what goes meanwhile is left out.
 */
export async function* walk(root: string, prefix: string, after: string): AsyncGenerator<Stored> {
  yield* below('');

  async function* below(folder: string): AsyncGenerator<Stored> {
    const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(gone<Dirent[]>([]));
    // A folder's name ends in a slash: `a.txt` comes before `a/b`, as it does by bytes.
    const names = entries
      .filter((entry) => entry.isDirectory() || entry.isFile())
      .map((entry) => `${folder}${entry.name}${entry.isDirectory() ? '/' : ''}`)
      .sort(byBytes);
    for (const name of names) {
      if (!name.endsWith('/')) {
        if (!name.startsWith(prefix) || byBytes(name, after) <= 0) continue;
        const found = await lstat(join(root, name)).catch(gone(undefined));
        if (found?.isFile()) yield { name, bytes: found.size, modifiedAt: found.mtime };
      } else if (mayHold(name, prefix, after)) yield* below(name);
    }
  }
}

function mayHold(folder: string, prefix: string, after: string): boolean {
  const fits = folder.startsWith(prefix) || prefix.startsWith(folder);
  return fits && (after.startsWith(folder) || byBytes(folder, after) > 0);
}

function byBytes(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}

function gone<T>(instead: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return instead;
    throw error;
  };
}
