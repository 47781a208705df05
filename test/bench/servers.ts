/** Servers that make a preview when it is asked for: one request a size, nothing cached. */
import { execFile } from 'node:child_process';
import { access, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { cacheFolder } from '../../scripts/tools/provide.ts';
import { freePorts } from '../cluster/ports.ts';
import { ManagedProcess } from '../cluster/process.ts';
import { type Contender, EQUAL_EFFORT, type Format, type Ground, QUALITY } from './contender.ts';

const run = promisify(execFile);

interface Server {
  readonly name: string;
  readonly version: string;
  readonly command: (port: number) => readonly string[];
  readonly env?: (port: number) => NodeJS.ProcessEnv;
  readonly pathOf: (file: string, size: number, format: Format) => string;
}

export type Absent = { readonly name: string; readonly why: string };

/** Each that can be had, and of the others why not. */
export async function findServers(ground: Ground): Promise<{ servers: readonly Server[]; absent: readonly Absent[] }> {
  const found = await Promise.all(
    [ipx(ground), thumbor(ground), imgproxy(ground)].map((server) =>
      server.catch((error: Error): Absent => ({ name: error.name, why: error.message })),
    ),
  );
  return {
    servers: found.filter((one) => 'command' in one),
    absent: found.filter((one) => 'why' in one),
  };
}

class Missing extends Error {
  constructor(name: string, why: string) {
    super(why);
    this.name = name;
  }
}

export async function startServer(server: Server, ground: Ground): Promise<Contender> {
  const { name, version, command, env, pathOf } = server;
  const [port = 0] = await freePorts(1);
  const child = new ManagedProcess({
    name,
    command: command(port),
    logFile: join(ground.disk, `${name}.log`),
    env: { ...process.env, ...env?.(port) },
  });
  const base = `http://127.0.0.1:${port}`;
  await child.ready(() => fetch(base).then(() => true), 60);
  const get = async (path: string, format: Format) => {
    const answer = await fetch(`${base}${path}`);
    const { length } = await answer.bytes();
    const type = answer.headers.get('content-type');
    if (answer.ok && length > 0 && type === `image/${format}`) return;
    throw new Error(`${name} answered ${path} with ${answer.status}, ${length} bytes of ${type}\n${child.logTail(5)}`);
  };
  return {
    name,
    version,
    pid: child.pid,
    async make({ files, sizes, format }) {
      for (const file of files) for (const size of sizes) await get(pathOf(file, size, format), format);
    },
    async forget() {},
    stop: () => child.stop(),
  };
}

async function ipx({ inbox }: Ground): Promise<Server> {
  const require = createRequire(import.meta.url);
  const versionOf = async (path: string) => (JSON.parse(await readFile(path, 'utf8')) as { version: string }).version;
  const own = createRequire(require.resolve('ipx'));
  const version = await versionOf(join(dirname(require.resolve('ipx')), '../package.json'));
  const sharp = await versionOf(own.resolve('sharp/package.json'));
  // Its own default is progressive JPEG; nobody else here has it.
  const options = { jpegProgressive: false, webpEffort: EQUAL_EFFORT, heifEffort: EQUAL_EFFORT };
  const program = fileURLToPath(new URL('./ipx-program.ts', import.meta.url));
  return {
    name: 'ipx',
    version: `${version} with sharp ${sharp}`,
    command: (port) => [process.execPath, program, inbox, String(port), JSON.stringify(options)],
    pathOf: (file, size, format) => `/s_${size}x${size},fit_inside,q_${QUALITY},f_${format}/${file}`,
  };
}

const THUMBOR = '7.8.0';
/** What libheif makes of an AVIF effort: speed = 9 − effort. */
const EQUAL_SPEED = 9 - EQUAL_EFFORT;

async function thumbor({ inbox, disk }: Ground): Promise<Server> {
  const python = await thumborPython();
  const { stdout } = await run(python, ['-c', 'import PIL; print(PIL.__version__)']);
  const config = join(disk, 'thumbor.conf');
  const settings = {
    LOADER: 'thumbor.loaders.file_loader',
    FILE_LOADER_ROOT_PATH: inbox,
    STORAGE: 'thumbor.storages.no_storage',
    PROGRESSIVE_JPEG: false,
    AVIF_SPEED: EQUAL_SPEED,
    LOG_CONFIG: undefined,
  };
  const told = (value: unknown) => (value === false ? 'False' : value === undefined ? 'None' : JSON.stringify(value));
  await writeFile(
    config,
    Object.entries(settings)
      .map(([name, value]) => `${name} = ${told(value)}\n`)
      .join(''),
  );
  return {
    name: 'thumbor',
    version: `${THUMBOR} with Pillow ${stdout.trim()}`,
    command: (port) => [
      python,
      '-m',
      'thumbor.server',
      '-c',
      config,
      '-i',
      '127.0.0.1',
      '-p',
      String(port),
      '-l',
      'error',
    ],
    pathOf: (file, size, format) =>
      `/unsafe/fit-in/${size}x${size}/filters:quality(${QUALITY}):format(${format})/${file}`,
  };
}

/** The Python of an environment of its own in the user's cache, made when it is not there. */
async function thumborPython(): Promise<string> {
  const folder = join(dirname(cacheFolder(process.env)), 'bench', `thumbor-${THUMBOR}`);
  const python = join(folder, 'bin', 'python');
  const complete = join(folder, 'complete');
  try {
    await access(complete);
    return python;
  } catch {
    process.stderr.write(`bench: installing thumbor ${THUMBOR} into the user's cache …\n`);
  }
  try {
    await rm(folder, { recursive: true, force: true });
    await mkdir(dirname(folder), { recursive: true });
    await run('python3', ['-m', 'venv', folder]);
    await run(python, ['-m', 'pip', 'install', '--quiet', `thumbor==${THUMBOR}`], { timeout: 5 * 60_000 });
    await writeFile(complete, '');
    return python;
  } catch (error) {
    throw new Missing('thumbor', `it could not be installed: ${(error as Error).message.split('\n')[0]}`);
  }
}

async function imgproxy({ inbox }: Ground): Promise<Server> {
  const program = process.env['IMGPROXY'];
  if (!program) throw new Missing('imgproxy', 'IMGPROXY names no program');
  const { stdout } = await run(program, ['version']).catch((error: Error) => {
    throw new Missing('imgproxy', `it does not run: ${error.message.split('\n')[0]}`);
  });
  return {
    name: 'imgproxy',
    version: stdout.trim(),
    command: () => [program],
    env: (port) => ({
      IMGPROXY_BIND: `127.0.0.1:${port}`,
      IMGPROXY_LOCAL_FILESYSTEM_ROOT: inbox,
      IMGPROXY_WEBP_EFFORT: String(EQUAL_EFFORT),
      IMGPROXY_AVIF_SPEED: String(EQUAL_SPEED),
      IMGPROXY_MAX_SRC_RESOLUTION: '50',
    }),
    pathOf: (file, size, format) =>
      `/insecure/rs:fit:${size}:${size}:0/q:${QUALITY}/plain/local:///${file}@${format === 'jpeg' ? 'jpg' : format}`,
  };
}
