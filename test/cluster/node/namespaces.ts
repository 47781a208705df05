/**
 * Containers as root on Linux: each in mount, PID, UTS and IPC namespaces of its own, under tini, without capabilities.
 * The network is the host's. Two ties make sure that none outlives this process, even if it is killed with SIGKILL: the
 * kernel ends `unshare` with us, and the namespace's PID 1 with `unshare`; with PID 1 goes all that is in the namespace.
 */
import { execFile, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readdir, readFile, readlink } from 'node:fs/promises';
import { constants } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { provide } from '../../../scripts/tools/provide.ts';
import { APP, type Exit, type Sandbox, type SandboxOptions, type User } from './sandbox.ts';

const LAUNCH = fileURLToPath(new URL('launch.sh', import.meta.url));
const TOOLS = '/.sandbox';
const START_SECONDS = 20;

export async function startInNamespaces(options: SandboxOptions): Promise<Sandbox> {
  const { appFolder, folder, logFile, hostname, readOnlyRoot, mounts, workingDir = appFolder ? APP : '/' } = options;
  const root = join(folder, 'root');
  await mkdir(root, { recursive: true });
  const bound = [
    // The node that runs the tests, so that `node` is the same version everywhere.
    { source: process.execPath, target: `${TOOLS}/node`, readOnly: true },
    { source: await provide('tini'), target: `${TOOLS}/tini`, readOnly: true },
    ...mounts,
  ];
  const log = openSync(logFile, 'a', 0o600);
  const child = spawn(
    '/usr/bin/setpriv',
    [
      ...['--pdeathsig', 'KILL', '/usr/bin/unshare'],
      ...['--mount', '--pid', '--uts', '--ipc', '--fork', '--kill-child'],
      ...['/bin/bash', LAUNCH, root, hostname, readOnlyRoot ? 'ro' : 'rw', appFolder ?? '-'],
      ...bound.flatMap(({ source, target, readOnly }) => [readOnly ? 'ro' : 'rw', source, target]),
      '--',
      ...credentials(options.user),
      // A change of user clears the tie to the parent; it is made anew after it.
      ...['/usr/bin/setpriv', '--pdeathsig', 'KILL', '/usr/bin/env', `--chdir=${workingDir}`],
      ...[`${TOOLS}/tini`, '--', ...options.command],
    ],
    { stdio: ['pipe', log, 'pipe', 'pipe'], cwd: '/', env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' } },
  );
  closeSync(log);
  // Of unshare alone: what it says is not the container's and stays out of its log.
  const complaint = child.stderr ? text(child.stderr).catch(() => '') : '';
  let killed = false;
  const exited = new Promise<Exit>((resolve) => {
    child.once('error', () => resolve({ code: 128 }));
    child.once('exit', (code, signal) => {
      // unshare 2.38 fails to end itself by SIGKILL as its child did, and ends with 1.
      if (killed && code === 1) resolve({ code: 128 + constants.signals.SIGKILL });
      else resolve({ code: code ?? 128 + (signal ? constants.signals[signal] : 0) });
    });
  });
  const env = { PATH: `${APP}/node_modules/.bin:${TOOLS}:/usr/local/bin:/usr/bin:/bin`, HOME: '/', ...options.env };
  // By pipe: in an argument or a file the secrets of one container could be read by others.
  child.stdin?.on('error', () => {});
  child.stdin?.end(
    pairs(env)
      .map((pair) => `${pair}\0`)
      .join(''),
  );

  let gone = false;
  void exited.then(() => {
    gone = true;
  });
  let built = false;
  child.stdio[3]?.once('data', () => {
    built = true;
  });
  const until = Date.now() + START_SECONDS * 1000;
  let init: number | undefined;
  while (!gone && init === undefined && Date.now() < until) {
    await sleep(5);
    init = await initOf(child.pid ?? 0);
  }
  // A short command may have ended before we saw it run.
  if (init === undefined && !(built && gone)) {
    child.kill('SIGKILL');
    await exited;
    throw new Error(`the container did not come up: ${(await complaint).trim() || (await lastLine(logFile))}`);
  }
  const namespace = await readlink(`/proc/${init}/ns/pid`).catch(() => undefined);
  return {
    exited,
    signal: (signal) => {
      // Not after its end: the number may be someone else's by then.
      if (gone || init === undefined) return;
      try {
        process.kill(init, signal);
        killed ||= signal === 'SIGKILL';
      } catch {
        // It ended between the two.
      }
    },
    exec: (command, timeoutSeconds) => {
      const enter = ['--target', String(init), '--mount', '--pid', '--uts', '--ipc', '--root', `--wdns=${workingDir}`];
      // The time is kept inside: ending nsenter would leave its child behind.
      const limited = ['/usr/bin/timeout', '--signal=KILL', String(timeoutSeconds), ...command];
      const inside = ['/usr/bin/env', '-i', ...pairs(env), ...credentials(options.user), ...limited];
      return new Promise((resolve) => {
        execFile(
          '/usr/bin/nsenter',
          [...enter, ...inside],
          { timeout: (timeoutSeconds + 5) * 1000, killSignal: 'SIGKILL' },
          (error) => {
            resolve(error === null ? 0 : typeof error.code === 'number' ? error.code : -1);
          },
        );
      });
    },
    pids: async () => {
      if (gone || namespace === undefined) return [];
      const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
      const inside = await Promise.all(
        pids.map((pid) =>
          readlink(`/proc/${pid}/ns/pid`).then(
            (of) => of === namespace,
            () => false,
          ),
        ),
      );
      return pids.filter((_, index) => inside[index]);
    },
  };
}

const pairs = (env: Readonly<Record<string, string>>) => Object.entries(env).map(([name, value]) => `${name}=${value}`);

function credentials({ uid, gid, groups }: User): string[] {
  return [
    ...['/usr/bin/setpriv', `--reuid=${uid}`, `--regid=${gid}`],
    groups.length > 0 ? `--groups=${groups.join(',')}` : '--clear-groups',
    ...['--inh-caps=-all', '--ambient-caps=-all', '--bounding-set=-all', '--no-new-privs'],
  ];
}

/** The namespace's PID 1 once it is tini, which passes signals on: what is sent before is lost. */
async function initOf(parent: number): Promise<number | undefined> {
  const children = await readFile(`/proc/${parent}/task/${parent}/children`, 'utf8').catch(() => '');
  const pid = Number.parseInt(children, 10);
  if (!(pid > 0)) return undefined;
  return (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).trim() === 'tini' ? pid : undefined;
}

async function lastLine(file: string): Promise<string> {
  const log = await readFile(file, 'utf8').catch(() => '');
  return log.trimEnd().split('\n').at(-1) || 'no reason in its log';
}
