/**
 * Where there are no namespaces to be had (no root, or not Linux): a container is a process group. Its mount paths do
 * not exist, so environment values and arguments that begin with one are rewritten to the folder behind it; paths inside
 * files are not. User, read-only mounts, host name and separation between containers are not there either.
 */
import { execFile, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { APP, type Exit, type Mount, type Sandbox, type SandboxOptions } from './sandbox.ts';

const TIED_TO_PARENT = existsSync('/usr/bin/setpriv') ? ['/usr/bin/setpriv', '--pdeathsig', 'KILL'] : [];

export async function startPlain({ appFolder, logFile, mounts, ...options }: SandboxOptions): Promise<Sandbox> {
  const places = appFolder ? [...mounts, { source: appFolder, target: APP, readOnly: true }] : mounts;
  const outside = (text: string) => rewritten(text, places);
  const env = {
    PATH: `${appFolder ?? ''}/node_modules/.bin:${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`,
    ...Object.fromEntries(Object.entries(options.env).map(([name, value]) => [name, outside(value)])),
  };
  const cwd = options.workingDir ? outside(options.workingDir) : (appFolder ?? '/');
  const [program = '', ...args] = [...TIED_TO_PARENT, ...options.command.map(outside)];
  const log = openSync(logFile, 'a', 0o600);
  const child = spawn(program, args, { stdio: ['ignore', log, log], cwd, env, detached: true });
  closeSync(log);
  const { pid } = child;
  const exited = new Promise<Exit>((resolve) => {
    child.once('error', () => resolve({ code: 127 }));
    child.once('exit', (code, signal) => resolve({ code: code ?? 128 + (signal ? constants.signals[signal] : 0) }));
  }).then((exit) => {
    if (pid !== undefined) end(-pid, 'SIGKILL');
    return exit;
  });
  return {
    exited,
    signal: (signal) => {
      if (pid !== undefined && child.exitCode === null && child.signalCode === null)
        end(signal === 'SIGKILL' ? -pid : pid, signal);
    },
    exec: ([probe = '', ...words], timeoutSeconds) =>
      new Promise((resolve) => {
        execFile(probe, words.map(outside), { timeout: timeoutSeconds * 1000, cwd, env }, (error) => {
          resolve(error === null ? 0 : typeof error.code === 'number' ? error.code : -1);
        });
      }),
    pids: async () => {
      if (pid === undefined) return [];
      const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,pgid=']);
      const rows = stdout
        .trim()
        .split('\n')
        .map((line) => line.trim().split(/\s+/).map(Number));
      return rows.flatMap(([id = 0, group]) => (group === pid ? [id] : []));
    },
  };
}

function rewritten(text: string, mounts: readonly Mount[]): string {
  const inner = [...mounts].sort((a, b) => b.target.length - a.target.length);
  const mount = inner.find(({ target }) => text === target || text.startsWith(`${target}/`));
  return mount ? mount.source + text.slice(mount.target.length) : text;
}

function end(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It is gone already.
  }
}
