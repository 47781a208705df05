/**
 * The user's cache of binaries. A binary is installed by one rename of a finished folder, so two runs at once can
 * waste work but never mix files; the lock only saves the work. Its checksum lies beside it and is compared at each
 * use, so that a half-written or damaged binary is never run.
 */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Say } from './say.ts';

export type CacheState =
  | { readonly state: 'absent' }
  | { readonly state: 'good'; readonly path: string }
  | { readonly state: 'broken'; readonly why: string };

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** Flushes a file to disk: a rename that outlives a power cut must not name an empty file. */
async function flush(path: string): Promise<void> {
  const handle = await open(path, 'r');
  await handle.sync().finally(() => handle.close());
}

export class ToolCache {
  readonly root: string;
  readonly #say: Say;

  constructor(root: string, say: Say) {
    this.root = root;
    this.#say = say;
  }

  /** `entry` names tool, version and platform; `file` is the binary's name in it. */
  async inspect(entry: string, file: string): Promise<CacheState> {
    const path = join(this.root, entry, file);
    const recorded = await readFile(`${path}.sha256`, 'utf8').catch(() => undefined);
    const found = await stat(path).catch(() => undefined);
    if (!found && recorded === undefined) return { state: 'absent' };
    if (!found) return { state: 'broken', why: 'the binary is gone' };
    if (recorded === undefined)
      return { state: 'broken', why: 'its checksum was never written: an install was cut off' };
    const actual = await sha256(path);
    if (actual !== recorded.trim())
      return { state: 'broken', why: `its sha256 is ${actual.slice(0, 12)}…, recorded ${recorded.slice(0, 12)}…` };
    return { state: 'good', path };
  }

  /** Lets `make` write the binary into a private folder, then puts it in place in one step. Resolves to its path. */
  async install(entry: string, file: string, make: (target: string) => Promise<void>): Promise<string> {
    const final = join(this.root, entry);
    const staging = join(this.root, `.${entry}.${process.pid}.${randomUUID()}`);
    await mkdir(staging, { recursive: true });
    try {
      const target = join(staging, file);
      await make(target);
      await chmod(target, 0o755);
      await writeFile(`${target}.sha256`, `${await sha256(target)}\n`);
      await Promise.all([flush(target), flush(`${target}.sha256`)]);
      for (;;) {
        try {
          await rename(staging, final);
          break;
        } catch (error) {
          const { code } = error as NodeJS.ErrnoException;
          if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
          if ((await this.inspect(entry, file)).state === 'good') break;
          // Renamed away first: whoever runs the old inode goes on, nobody sees a half-removed folder.
          const condemned = join(this.root, `.${entry}.condemned.${randomUUID()}`);
          await rename(final, condemned).catch(() => {});
          await rm(condemned, { recursive: true, force: true });
        }
      }
      return join(final, file);
    } finally {
      await rm(staging, { recursive: true, force: true });
    }
  }

  /** Runs `work` while no other live process holds the lock of `entry`. A dead holder's lock is taken over. */
  async exclusively<T>(entry: string, work: () => Promise<T>, deadlineMinutes = 30): Promise<T> {
    const lock = join(this.root, `.${entry}.lock`);
    await mkdir(dirname(lock), { recursive: true });
    const until = Date.now() + deadlineMinutes * 60_000;
    let told = false;
    while (!(await this.#tryLock(lock))) {
      if (Date.now() > until)
        throw new Error(
          `${entry}: another run has held ${lock} for ${deadlineMinutes} minutes; end it, or delete that file`,
        );
      if (!told) this.#say(`${entry}: another run is getting it; waiting for that one`);
      told = true;
      await sleep(500);
    }
    try {
      return await work();
    } finally {
      await rm(lock, { force: true });
    }
  }

  async #tryLock(lock: string): Promise<boolean> {
    try {
      await writeFile(lock, String(process.pid), { flag: 'wx' });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const text = await readFile(lock, 'utf8').catch(() => '');
      const age = Date.now() - (await stat(lock).catch(() => ({ mtimeMs: Date.now() }))).mtimeMs;
      if (text === '' ? age > 5_000 : !isAlive(Number(text))) await rm(lock, { force: true });
      return false;
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
