/** The files of examples/walk-through, with what a cluster needs otherwise. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';

export const FOLDER = 'examples/walk-through';

export interface Otherwise {
  /** Of Jobs. */
  readonly image?: string;
  /** Of claims. */
  readonly storageClass?: string | undefined;
  readonly accessMode?: string | undefined;
}

/** Writes `name` into `folder` as it is to be applied; resolves to where. */
export async function adapted(name: string, folder: string, otherwise: Otherwise): Promise<string> {
  const documents = parseAllDocuments(await readFile(join(FOLDER, name), 'utf8'));
  for (const document of documents) {
    const { image, storageClass, accessMode } = otherwise;
    const kind = document.get('kind');
    if (kind === 'Job' && image !== undefined) document.setIn([...CONTAINER, 'image'], image);
    if (kind !== 'PersistentVolumeClaim') continue;
    if (storageClass !== undefined) document.setIn(['spec', 'storageClassName'], storageClass);
    if (accessMode !== undefined) document.setIn(['spec', 'accessModes'], [accessMode]);
  }
  const path = join(folder, name);
  await writeFile(path, documents.join(''));
  return path;
}

const CONTAINER = ['spec', 'template', 'spec', 'containers', 0];
