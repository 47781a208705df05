/**
 * One answer to "where is that program?": an explicit folder, PATH, the user's cache, the official release with its
 * checksum, a build from Go modules, the distribution's package; in this order, each step said aloud when it takes time.
 */
import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';
import { ToolCache } from './cache.ts';
import { TOOLS, type Tool, type ToolName } from './catalogue.ts';
import { aptInstall, canInstall } from './debian.ts';
import { download } from './download.ts';
import { goBuild } from './go-build.ts';
import { narrated, type Say, sayOnStderr } from './say.ts';

export type { ToolName } from './catalogue.ts';

export interface ProvideOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly say?: Say;
}

const known = new Map<ToolName, Promise<string>>();

/** Absolute path of a working binary, found or made. Asked once a process. */
export function provide(name: ToolName): Promise<string> {
  const found = known.get(name) ?? provideTool(TOOLS[name]);
  known.set(name, found);
  found.catch(() => known.delete(name));
  return found;
}

/** As `provide`, for any tool and environment. */
export async function provideTool(
  tool: Tool,
  { env = process.env, say = sayOnStderr }: ProvideOptions = {},
): Promise<string> {
  const explicit = await explicitPath(tool, env);
  if (explicit) return explicit;
  const onPath = await findOnPath(tool, [env['PATH'] ?? '', ...(tool.folder ? [tool.folder] : [])].join(delimiter));
  if (onPath) return onPath;
  if (tool.debianPackage) return installPackage(tool, tool.debianPackage, env, say);

  const cache = new ToolCache(cacheFolder(env), say);
  const entry = `${tool.name}-${tool.version}-${process.platform}-${process.arch}`;
  const cached = await cache.inspect(entry, tool.name);
  if (cached.state === 'good') return cached.path;
  return cache.exclusively(entry, async () => {
    const again = await cache.inspect(entry, tool.name);
    if (again.state === 'good') return again.path;
    if (again.state === 'broken') say(`${tool.name} in the cache is broken (${again.why}); getting it anew`);
    return cache.install(entry, tool.name, (target) => make(tool, target, env, say));
  });
}

/** `PREVIEW_TOOLS_CACHE`, else the platform's cache folder for this user. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  return (
    env['PREVIEW_TOOLS_CACHE'] ??
    join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'mobius-preview-worker', 'tools')
  );
}

async function explicitPath(tool: Tool, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const folder = env['KUBEBUILDER_ASSETS'];
  if (!folder) return undefined;
  const path = join(folder, tool.name);
  return (await runnable(path)) ? path : undefined;
}

async function findOnPath(tool: Tool, path: string): Promise<string | undefined> {
  for (const folder of path.split(delimiter)) {
    const candidate = join(folder, tool.name);
    if (!isAbsolute(candidate) || !(await runnable(candidate))) continue;
    const answer = await promisify(execFile)(candidate, [...tool.versionArgs], { timeout: 10_000 }).catch(
      () => undefined,
    );
    if (answer && (!tool.version || `${answer.stdout}${answer.stderr}`.includes(tool.version))) return candidate;
  }
  return undefined;
}

async function make(tool: Tool, target: string, env: NodeJS.ProcessEnv, say: Say): Promise<void> {
  const refusals: string[] = [];
  if (tool.release) {
    const url = `${env['PREVIEW_TOOLS_MIRROR'] ?? 'https://dl.k8s.io/release'}/${tool.release(process.platform, process.arch === 'x64' ? 'amd64' : process.arch)}`;
    try {
      return await narrated(say, `fetching ${tool.name} ${tool.version}`, () => download(url, target));
    } catch (error) {
      refusals.push(`download: ${reason(error)}`);
      say(`no download (${reason(error)})${tool.go ? '; building it from its Go modules instead' : ''}`);
    }
  }
  const { go } = tool;
  if (go) {
    try {
      return await narrated(
        say,
        `building ${tool.name} ${tool.version} (about ${go.minutes} min the first time on 2 cores)`,
        () => goBuild(go, target),
      );
    } catch (error) {
      refusals.push(`build: ${reason(error)}`);
    }
  }
  throw new Error(
    `${tool.name} ${tool.version} could not be had; put it on PATH or into the folder named by KUBEBUILDER_ASSETS.\n${refusals.join('\n')}`,
  );
}

async function installPackage(tool: Tool, name: string, env: NodeJS.ProcessEnv, say: Say): Promise<string> {
  const remedy = `${tool.name} is not on PATH: install it (Debian, Ubuntu: apt-get install ${name}; macOS: brew install ${name.replace('-server', '')})`;
  if (!(await canInstall())) throw new Error(remedy);
  await narrated(say, `installing ${tool.name} with apt-get`, () => aptInstall(name));
  const folders = [env['PATH'] ?? '', '/usr/bin', '/usr/sbin', ...(tool.folder ? [tool.folder] : [])];
  const path = await findOnPath(tool, folders.join(delimiter));
  if (!path) throw new Error(remedy);
  return path;
}

const runnable = (path: string) =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );

function reason(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return cause instanceof Error ? cause.message || cause.name : String(cause);
}
