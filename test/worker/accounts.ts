/** Whether every job that was accepted has its preview, once; and the sweep that gives back what Redis lost. */
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import type { Site } from './pod.ts';

export const stored = (site: Site, folder: string): Promise<string[]> =>
  readdir(join(site.previews, folder)).catch((): string[] => []);

/** With the configuration of this pod. */
export async function sweep(site: Site, pod: string): Promise<{ added: number; answered: number; pending: number }> {
  const config = join(site.folder, pod, 'config.json');
  const args = ['worker/main.ts', 'sweep', '--config', config, '--json', '--outbox-seconds', '0'];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout);
}

/** One artifact for each job, whole, and a record that leads to it. */
export async function expectOneArtifactEach(site: Site, ids: readonly string[]): Promise<void> {
  expect((await stored(site, 'requests')).sort()).to.deep.equal(ids.map((id) => `${id}.json`).sort());
  const folders = await stored(site, 'artifacts');
  expect(folders, 'artifacts').to.have.length(ids.length);
  for (const folder of folders) {
    const files = await stored(site, join('artifacts', folder));
    expect(files.sort()).to.deep.equal(['grid.webp', 'manifest.json']);
  }
  const named = await Promise.all(
    ids.map(async (id) => {
      const record = await readFile(join(site.previews, 'requests', `${id}.json`), 'utf8');
      return (JSON.parse(record) as { manifest: string }).manifest;
    }),
  );
  expect(new Set(named).size, 'manifests named').to.equal(ids.length);
}
