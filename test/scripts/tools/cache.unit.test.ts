import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, truncate, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { ToolCache } from '../../../scripts/tools/cache.ts';

describe('the cache of tools', () => {
  let root: string;
  let cache: ToolCache;
  const install = (text: string) => cache.install('tool-1', 'tool', (target) => writeFile(target, text));

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'preview-cache-'));
    cache = new ToolCache(root, () => {});
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  it('knows absent, good, cut short, unrecorded and vanished binaries apart', async () => {
    expect((await cache.inspect('tool-1', 'tool')).state).to.equal('absent');
    const path = await install('#!/bin/sh\n');
    expect(await cache.inspect('tool-1', 'tool')).to.deep.equal({ state: 'good', path });
    await truncate(path, 3);
    expect((await cache.inspect('tool-1', 'tool')).state).to.equal('broken');
    await install('#!/bin/sh\n');
    await unlink(`${path}.sha256`);
    expect((await cache.inspect('tool-1', 'tool')).state).to.equal('broken');
    await install('#!/bin/sh\n');
    await unlink(path);
    expect((await cache.inspect('tool-1', 'tool')).state).to.equal('broken');
  });

  it('leaves nothing behind when making a binary fails', async () => {
    const failed = await cache
      .install('tool-1', 'tool', () => Promise.reject(new Error('no compiler')))
      .catch((error: Error) => error.message);
    expect(failed).to.equal('no compiler');
    expect(await readdir(root)).to.deep.equal([]);
  });

  it('holds one whole binary after many installs at once', async () => {
    const texts = Array.from({ length: 12 }, (_, i) => String(i).repeat(50_000));
    await Promise.all(
      texts.map((text) => new ToolCache(root, () => {}).install('tool-1', 'tool', (target) => writeFile(target, text))),
    );
    const state = await cache.inspect('tool-1', 'tool');
    if (state.state !== 'good') throw new Error(`the binary is ${state.state}`);
    expect(texts).to.include(await readFile(state.path, 'utf8'));
    expect(await readdir(root)).to.deep.equal(['tool-1']);
  });

  it('lets one run work while the other waits', async () => {
    let inside = 0;
    let most = 0;
    const work = async () => {
      inside += 1;
      most = Math.max(most, inside);
      await sleep(20);
      inside -= 1;
    };
    await Promise.all([cache.exclusively('tool-1', work), new ToolCache(root, () => {}).exclusively('tool-1', work)]);
    expect(most).to.equal(1);
  });

  it('takes over the lock of a run that died', async () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    await writeFile(join(root, '.tool-1.lock'), String(pid));
    expect(await cache.exclusively('tool-1', async () => 'done')).to.equal('done');
  });
});
