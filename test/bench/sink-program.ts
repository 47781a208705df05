/** What the file sink costs for one job of four previews, part by part; prints JSON. */
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { argv } from 'node:process';
import { openSink } from '../../worker/storage/registry.ts';
import type { SinkCost, SinkPart } from './durability.ts';

const [where = '', repeats = '1'] = argv.slice(2);
/** About what four WebP previews of a photo have. */
const PREVIEW_BYTES = [180_000, 60_000, 20_000, 8_000];
const RECORD = 'x'.repeat(1_500);

const folder = await mkdtemp(join(where, 'sink-'));
const sink = await openSink({ file: { path: folder } });
const costs: Record<SinkPart, SinkCost> = {
  plain: { cpu: 0, wall: 0 },
  previews: { cpu: 0, wall: 0 },
  manifest: { cpu: 0, wall: 0 },
  records: { cpu: 0, wall: 0 },
};

async function costing(part: SinkPart, work: () => Promise<void>): Promise<void> {
  const [before, begun] = [process.cpuUsage(), performance.now()];
  await work();
  const wall = performance.now() - begun;
  const { user, system } = process.cpuUsage(before);
  costs[part] = { cpu: costs[part].cpu + (user + system) / 1000, wall: costs[part].wall + wall };
}

try {
  await mkdir(join(folder, 'plain'));
  for (let job = 0; job < Number(repeats); job++) {
    const contents = PREVIEW_BYTES.map((size) => randomBytes(size));
    const sources = contents.map((_, at) => join(folder, `source-${at}`));
    for (const [at, content] of contents.entries()) await writeFile(sources[at] ?? '', content);
    await costing('plain', async () => {
      for (const [at, content] of contents.entries()) await writeFile(join(folder, 'plain', `${job}-${at}`), content);
    });
    await costing('previews', async () => {
      for (const [at, source] of sources.entries()) {
        await using handle = await open(source, 'r');
        await sink.write(`artifacts/c${job}/${at}.webp`, handle, { replace: false });
      }
    });
    await costing('manifest', async () => {
      await sink.write(`artifacts/c${job}/manifest.json`, RECORD, { replace: false });
    });
    await costing('records', async () => {
      await sink.write(`sources/s${job}/c${job}`, RECORD, { replace: true });
      await sink.write(`requests/r${job}.json`, RECORD, { replace: true });
    });
  }
} finally {
  await rm(folder, { recursive: true });
}
console.log(JSON.stringify(costs));
