/** This checkout as somebody who has just cloned it has it. */
import { cp } from 'node:fs/promises';
import { basename } from 'node:path';

/** What is no part of a clone. */
const MADE: ReadonlySet<string> = new Set(['node_modules', '.git', 'dist', 'coverage', '.cluster', '.demo']);

export const freshClone = (folder: string): Promise<void> =>
  cp('.', folder, { recursive: true, filter: (path) => !MADE.has(basename(path)) });
