import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { GoPackage } from './catalogue.ts';

const run = promisify(execFile);
const MINUTE = 60_000;

/**
 * Builds one Go program into `target`. A throw-away module requires the program's module; what that one replaces by
 * folders of its own repository (Kubernetes' staging modules) is replaced by the published modules of the same release.
 */
export async function goBuild(program: GoPackage, target: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'preview-tools-'));
  const go = async (args: readonly string[], minutes: number) => {
    const options = {
      cwd: folder,
      timeout: minutes * MINUTE,
      maxBuffer: 64 << 20,
      env: { ...process.env, CGO_ENABLED: '0', GOWORK: 'off', GOFLAGS: '' },
    };
    const running = run('go', [...args], options);
    // Ctrl-C reaches the compiler by itself; `kill` and a closed terminal do not.
    const end = () => running.child.kill();
    process.once('SIGTERM', end).once('SIGHUP', end);
    const ended = running.finally(() => process.off('SIGTERM', end).off('SIGHUP', end));
    return ended.catch((error: NodeJS.ErrnoException & { stderr?: string }) => {
      if (error.code === 'ENOENT')
        throw new Error(`go is not installed; install Go 1.26 or later (https://go.dev/dl), or put the binary on PATH`);
      throw new Error(
        `go ${args[0]} failed:\n${(error.stderr ?? error.message).trim().split('\n').slice(-15).join('\n')}`,
      );
    });
  };
  try {
    const downloaded = await go(['mod', 'download', '-json', `${program.module}@${program.version}`], 10);
    const goMod = await readFile((JSON.parse(downloaded.stdout) as { GoMod: string }).GoMod, 'utf8');
    await writeFile(join(folder, 'go.mod'), throwAwayModule(program, goMod));
    await writeFile(join(folder, 'tools.go'), `//go:build tools\n\npackage tools\n\nimport _ "${program.package}"\n`);
    await go(['mod', 'tidy'], 10);
    await go(['build', '-trimpath', '-buildvcs=false', '-ldflags', program.ldflags, '-o', target, program.package], 40);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The text of go.mod for a module that builds `program`, given the go.mod of the program's own module. */
export function throwAwayModule(program: GoPackage, goMod: string): string {
  const language = /^go (\S+)$/m.exec(goMod)?.[1] ?? '1.26.0';
  const godebug = /^godebug (\S+)$/m.exec(goMod)?.[1];
  const staged = program.staging
    ? [...goMod.matchAll(program.staging.pattern)].map(
        (match) => `\t${match[1]} => ${match[1]} ${program.staging?.version}`,
      )
    : [];
  const taken = program.takesReplacements ? [...goMod.matchAll(/^\t(\S+ => \S+ v\S+)$/gm)].map(([line]) => line) : [];
  const replaced = [...staged, ...taken];
  return [
    'module tools',
    `go ${language}`,
    ...(godebug ? [`godebug ${godebug}`] : []),
    `require ${program.module} ${program.version}`,
    ...(replaced.length > 0 ? ['replace (', ...replaced, ')'] : []),
    '',
  ].join('\n');
}
