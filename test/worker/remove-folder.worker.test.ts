import { existsSync, mkdirSync, renameSync, symlinkSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect } from 'chai';
import { removeFolder } from '../../worker/remove-folder.ts';
import { createConfined } from '../../worker/storage/confined.ts';

/** Puts a link in the place of a folder and takes it away again, as fast as it can. */
const SWAPPER = `
const { renameSync } = require('node:fs');
const { workerData: { folder, flag } } = require('node:worker_threads');
const swap = (from, to) => { try { renameSync(folder + from, folder + to); } catch {} };
while (Atomics.load(flag, 0) === 0) {
  swap('/sub', '/aside'); swap('/link', '/sub'); swap('/sub', '/link'); swap('/aside', '/sub');
}`;

describe('a file of the worker’s in a job’s folder', () => {
  it('is not made where a link in the folder’s place leads to', async () => {
    const root = await mkdtemp(join(tmpdir(), 'preview-create-'));
    try {
      await mkdir(join(root, 'job'));
      await mkdir(join(root, 'previews'));
      await symlink('previews', join(root, 'link'));
      await (await createConfined(join(root, 'job'), 'source')).close();
      expect(await readdir(join(root, 'job'))).to.deep.equal(['source']);
      const failed = await createConfined(join(root, 'link'), 'source').catch((error) => error.code);
      expect(failed).to.equal('ENOTDIR');
      expect(await readdir(join(root, 'previews'))).to.deep.equal([]);
    } finally {
      await rm(root, { recursive: true, force: true });
    }
  });
});

describe('the removal of a job’s folder', function () {
  this.timeout(60_000);
  let root: string;
  let folder: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'preview-remove-'));
    folder = join(root, 'job');
    await mkdir(join(root, 'previews'));
    for (let at = 0; at < 20; at++) await writeFile(join(root, 'previews', `${at}`), '');
  });
  afterEach(async () => {
    await chmod(join(folder, 'closed'), 0o700).catch(() => {});
    await rm(root, { recursive: true, force: true });
  });

  it('takes files, links, folders in folders however deep, and what was closed to it; and nothing that links lead to', async () => {
    await mkdir(join(folder, 'closed', 'in'), { recursive: true });
    await writeFile(join(folder, 'source'), 'x');
    await writeFile(join(folder, 'closed', 'in', 'x'), 'x');
    await symlink(join(root, 'previews'), join(folder, 'link'));
    await symlink(join(root, 'previews'), join(folder, 'closed', 'link'));
    for (let depth = 0; depth < 3; depth++) {
      const deep = join(folder, ...Array.from({ length: 1000 }, () => 'd'));
      await mkdir(deep, { recursive: true });
      // Beyond what one path can name.
      renameSync(join(folder, 'd'), join(folder, 'up'));
      mkdirSync(join(folder, 'd'));
      renameSync(join(folder, 'up'), join(folder, 'd', `d${depth}`));
    }
    await chmod(join(folder, 'closed'), 0);
    await removeFolder(folder);
    expect(existsSync(folder)).to.equal(false);
    expect(await readdir(join(root, 'previews'))).to.have.length(20);
    await removeFolder(folder);
  });

  it('a link in its own place goes, and what it leads to stays', async () => {
    symlinkSync(join(root, 'previews'), folder);
    await removeFolder(folder);
    expect(await readdir(root)).to.deep.equal(['previews']);
    expect(await readdir(join(root, 'previews'))).to.have.length(20);
  });

  it('deletes nothing elsewhere for who puts a link in a folder’s place meanwhile', async () => {
    const flag = new Int32Array(new SharedArrayBuffer(4));
    const swapper = new Worker(SWAPPER, { eval: true, workerData: { folder, flag } });
    try {
      const end = performance.now() + 3_000;
      while (performance.now() < end) {
        await mkdir(join(folder, 'sub'), { recursive: true });
        for (let at = 0; at < 20; at++) await writeFile(join(folder, 'sub', `f${at}`), '').catch(() => {});
        await symlink(join(root, 'previews'), join(folder, 'link')).catch(() => {});
        await removeFolder(folder);
        expect((await readdir(join(root, 'previews'))).filter((name) => !name.startsWith('f'))).to.have.length(20);
      }
    } finally {
      Atomics.store(flag, 0, 1);
      await swapper.terminate();
    }
  });
});
