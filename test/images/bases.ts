/**
 * Stand-ins for the two bases, made without a registry: a Debian of the distribution's own packages, and the same with the
 * Node of this project and the npm of this machine. They have the names, libraries and tools that the Dockerfiles count on.
 */
import { cp, mkdir, readFile, realpath, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ToolCache } from '../../scripts/tools/cache.ts';
import { cacheFolder, provide } from '../../scripts/tools/provide.ts';
import { narrated, sayOnStderr } from '../../scripts/tools/say.ts';
import { type Buildah, command } from './buildah.ts';

export const BASE = 'docker.io/library/node:24-bookworm-slim';
export const RUNTIME = 'docker.io/library/debian:bookworm-slim';

export async function makeBases(buildah: Buildah): Promise<void> {
  await buildah.imageFrom('scratch', RUNTIME, async (root) => {
    await command('tar', ['--extract', '--numeric-owner', '--file', await debian(), '--directory', root]);
  });
  await buildah.imageFrom(RUNTIME, BASE, async (root) => {
    await cp(process.execPath, join(root, 'usr/local/bin/node'), { dereference: true });
    const npm = dirname(dirname(await realpath((await command('which', ['npm'])).trim())));
    const { name } = JSON.parse(await readFile(join(npm, 'package.json'), 'utf8')) as { name: string };
    if (name !== 'npm') throw new Error(`npm on PATH leads to ${npm}, which is ${name}: put npm itself on PATH`);
    await mkdir(join(root, 'usr/local/lib/node_modules'), { recursive: true });
    await cp(npm, join(root, 'usr/local/lib/node_modules/npm'), { recursive: true, dereference: true });
    await symlink('../lib/node_modules/npm/bin/npm-cli.js', join(root, 'usr/local/bin/npm'));
  });
}

/** A tar of a minimal bookworm, kept in the user's cache. */
async function debian(): Promise<string> {
  const cache = new ToolCache(cacheFolder(process.env), sayOnStderr);
  const [entry, file] = [`debian-bookworm-${process.platform}-${process.arch}`, 'rootfs.tar'];
  return cache.exclusively(entry, async () => {
    const cached = await cache.inspect(entry, file);
    if (cached.state === 'good') return cached.path;
    const debootstrap = await provide('debootstrap');
    const make = async (target: string) => {
      const root = `${target}.folder`;
      await command(debootstrap, ['--variant=minbase', '--include=ca-certificates', 'bookworm', root]);
      await command('tar', ['--create', '--numeric-owner', '--file', target, '--directory', root, '.']);
      await rm(root, { recursive: true });
    };
    return cache.install(entry, file, (target) =>
      narrated(sayOnStderr, 'making a minimal Debian (about 1 min)', () => make(target)),
    );
  });
}
