/** Files of a ConfigMap or Secret volume, changed all at once: readers go through `..data`, a link that is renamed over. */
import {
  chmod,
  chown,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';

export interface File {
  readonly content: Buffer;
  readonly mode: number;
}

/** By path relative to the volume. */
export type Payload = Readonly<Record<string, File>>;

/** Makes `folder` show exactly `payload`; touches nothing when it does already. `group` may read all of it. */
export async function writePayload(folder: string, payload: Payload, group: number | undefined): Promise<void> {
  const data = join(folder, '..data');
  const old = await readlink(data).catch(() => undefined);
  if (old !== undefined && (await holds(join(folder, old), payload))) return;

  const fresh = `..${new Date().toISOString().replaceAll(/[-:]/g, '_')}`;
  await mkdir(join(folder, fresh), { recursive: true });
  for (const [path, { content, mode }] of Object.entries(payload)) {
    const file = join(folder, fresh, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
    await chmod(file, group === undefined ? mode : mode | 0o440);
    if (group !== undefined) await chown(file, 0, group);
  }
  await symlink(fresh, join(folder, '..data_tmp'));
  await rename(join(folder, '..data_tmp'), data);

  const wanted = new Set(Object.keys(payload).map((path) => path.split('/')[0] ?? ''));
  for (const name of await readdir(folder)) {
    if (!name.startsWith('..') && !wanted.has(name)) await rm(join(folder, name));
  }
  for (const name of wanted) {
    const link = join(folder, name);
    if (!(await lstat(link).catch(() => undefined))) await symlink(join('..data', name), link);
  }
  if (old !== undefined) await rm(join(folder, old), { recursive: true });
}

async function holds(folder: string, payload: Payload): Promise<boolean> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  if (entries.filter((entry) => entry.isFile()).length !== Object.keys(payload).length) return false;
  for (const [path, { content }] of Object.entries(payload)) {
    const present = await readFile(join(folder, path)).catch(() => undefined);
    if (!present?.equals(content)) return false;
  }
  return true;
}
