/** The cgroup below which the kubelet puts its pods: the same path in each hierarchy, or in the one of version 2. */
import { access, mkdir, readdir, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '../cluster/eventually.ts';

const ROOT = '/sys/fs/cgroup';

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

export async function hierarchies(): Promise<string[]> {
  if (await exists(join(ROOT, 'cgroup.controllers'))) return [ROOT];
  const folders = (await readdir(ROOT)).map((name) => join(ROOT, name));
  const found = await Promise.all(
    folders.map(async (folder) => (await exists(join(folder, 'cgroup.procs'))) && folder),
  );
  return found.filter((folder) => folder !== false);
}

export async function makeCgroups(name: string): Promise<void> {
  for (const hierarchy of await hierarchies()) {
    if (hierarchy === ROOT) await writeFile(join(ROOT, 'cgroup.subtree_control'), '+cpu +cpuset +memory +pids +io');
    await mkdir(join(hierarchy, name), { recursive: true });
  }
}

/** Once the last process in them is gone, which the kernel may be ending still. */
export async function removeCgroups(name: string): Promise<void> {
  for (const hierarchy of await hierarchies())
    await eventually(`no process is left in the cgroup ${name}`, () => removed(join(hierarchy, name)), { seconds: 60 });
}

/** Whether nothing is left; innermost first. */
async function removed(folder: string): Promise<boolean> {
  if (!(await exists(folder))) return true;
  for (const entry of await readdir(folder, { withFileTypes: true }))
    if (entry.isDirectory()) await removed(join(folder, entry.name));
  await rmdir(folder).catch(() => {});
  return !(await exists(folder));
}
