/** The queue UI from source, as a process of this machine, with a login of its own. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../../cluster/eventually.ts';
import { ManagedProcess } from '../../cluster/process.ts';

export const LOGIN = { username: 'board', password: 'a-long-s3cret-of-tests' } as const;

export const basic = (username: string = LOGIN.username, password: string = LOGIN.password): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

export interface RunningQueueUi {
  readonly url: string;
  readonly process: ManagedProcess;
  /** What its Secrets hold; written anew, they are rotated. */
  readonly files: { readonly redisUrl: string; readonly username: string; readonly password: string };
  log(): Promise<string>;
  stop(): Promise<void>;
}

/** `redisUrl` with its credentials. Rejects when it ends by itself, with what it said. */
export async function startQueueUi(
  redisUrl: string,
  { flags = [] as readonly string[], login = LOGIN as { username?: string; password?: string } } = {},
): Promise<RunningQueueUi> {
  const folder = await mkdtemp(join(tmpdir(), 'preview-queue-ui-'));
  const file = (name: string) => join(folder, name);
  const files = { redisUrl: file('url'), username: file('username'), password: file('password') };
  await writeFile(files.redisUrl, redisUrl, { mode: 0o600 });
  if (login.username !== undefined) await writeFile(files.username, login.username, { mode: 0o600 });
  if (login.password !== undefined) await writeFile(files.password, login.password, { mode: 0o600 });
  const ui = new ManagedProcess({
    name: 'queue UI',
    command: [
      ...[process.execPath, 'operator/queue-ui/main.ts', '--queues', 'previews'],
      ...['--redis-url-file', files.redisUrl, '--username-file', files.username, '--password-file', files.password],
      ...['--listen-host', '127.0.0.1', '--listen-port', '0', ...flags],
    ],
    logFile: file('log'),
  });
  const log = () => readFile(file('log'), 'utf8');
  const stop = async () => {
    await ui.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    let ended = false;
    ui.exited.then(() => {
      ended = true;
    });
    const url = await eventually('the queue UI listens', async () => {
      if (ended) return 'none';
      return /"address":"([^"]+)"/.exec(await log())?.[1];
    });
    if (url === 'none') throw new Error((await log()).trim());
    return { url, process: ui, files, log, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
