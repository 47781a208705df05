/**
 * `node test/node/enter.ts COMMAND…`: gets what a node needs from outside (programs, images), then runs COMMAND in a network,
 * mounts and processes of its own, from which nothing leads to this machine's. However it ends, nothing is left.
 */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { askedToEnd } from '../../scripts/asked-to-end.ts';
import { provide } from '../../scripts/tools/provide.ts';
import { TIED_TO_PARENT } from '../cluster/process.ts';
import { makeCgroups } from './cgroups.ts';
import { archiveImages } from './images.ts';
import { NODE_FOLDER, NODE_PROGRAMS } from './surroundings.ts';

if (process.platform !== 'linux' || process.getuid?.() !== 0) {
  console.error('A node is run by root on Linux: sudo npm run test:node');
  process.exit(1);
}
const signal = askedToEnd();
for (const name of NODE_PROGRAMS) await provide(name);

const folder = await mkdtemp(join(tmpdir(), 'preview-node-'));
await mkdir(join(folder, 'images'));
// Its input ends with this process, even by SIGKILL; it is what takes away the rest.
const leaving = spawn(process.execPath, ['test/node/leave.ts', folder], {
  detached: true,
  stdio: ['pipe', 'inherit', 'inherit'],
});
const left = new Promise<void>((resolve) => leaving.once('exit', () => resolve()));
try {
  await makeCgroups(basename(folder));
  await archiveImages(join(folder, 'images'));
  const tini = await provide('tini');
  signal.throwIfAborted();
  // The first process of the namespace goes with `unshare`, and all others with the first.
  const namespaces = ['unshare', '--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc', '--'];
  const inside = ['sh', 'test/node/inside.sh', folder, tini, '--', ...process.argv.slice(2)];
  const [program = '', ...args] = [...TIED_TO_PARENT, ...namespaces, ...inside];
  const child = spawn(program, args, { stdio: 'inherit', env: { ...process.env, [NODE_FOLDER]: folder } });
  signal.addEventListener('abort', () => child.kill('SIGKILL'));
  process.exitCode = await new Promise<number>((resolve, reject) => {
    child.once('exit', (code) => resolve(code ?? 1));
    child.once('error', reject);
  });
} finally {
  leaving.stdin?.end();
  await left;
}
