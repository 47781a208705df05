import { execFile } from 'node:child_process';
import { access, chmod, rm, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const POLICY = '/usr/sbin/policy-rc.d';

/** Whether this machine lets us install a Debian package without asking. */
export async function canInstall(): Promise<boolean> {
  return process.getuid?.() === 0 && (await exists('/usr/bin/apt-get'));
}

/** Installs one package, and keeps its service from being started: we only want the binary. */
export async function aptInstall(name: string): Promise<void> {
  const guarded = !(await exists(POLICY));
  if (guarded) {
    await writeFile(POLICY, '#!/bin/sh\nexit 101\n');
    await chmod(POLICY, 0o755);
  }
  try {
    const install = () => apt(['install', '-y', '--no-install-recommends', name]);
    // Package lists of a fresh machine are absent or stale: refresh them once, then the error counts.
    await install().catch(async () => {
      await apt(['update']);
      await install();
    });
  } finally {
    if (guarded) await rm(POLICY, { force: true });
  }
}

async function apt(args: readonly string[]): Promise<void> {
  const options = {
    timeout: 5 * 60_000,
    maxBuffer: 16 << 20,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  };
  await run('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=120', ...args], options).catch(
    (error: { stderr?: string }) => {
      throw new Error(
        `apt-get ${args.join(' ')} failed: ${(error.stderr ?? String(error)).trim().split('\n').slice(-5).join('\n')}`,
      );
    },
  );
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );
