import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from '@aws-sdk/client-s3';
import { provide } from '../../scripts/tools/provide.ts';
import { freePorts } from './ports.ts';
import { ManagedProcess } from './process.ts';

export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** What a worker's configuration names: the two files of a Secret. */
export interface KeyFiles {
  readonly accessKeyIdFile: string;
  readonly secretAccessKeyFile: string;
}

export interface TestS3 {
  readonly endpoint: string;
  readonly keys: Keys;
  readonly keyFiles: KeyFiles;
  /** Of the administrator: for what a test puts there, and to see what is there. */
  readonly client: S3Client;
  readonly pid: number;
  createBucket(name: string, options?: { versioned?: boolean }): Promise<string>;
  /** Another account's files. `admin` may do everything, `user` nothing in buckets that are not its own. */
  account(role: 'admin' | 'user'): Promise<{ keys: Keys; files: KeyFiles }>;
  /** Its keys are refused from now on. */
  removeAccount(keys: Keys): Promise<void>;
  /** SIGKILL; resolves when it is gone. Its data stays. */
  kill(): Promise<void>;
  /** Again, on the same port and data. */
  revive(): Promise<void>;
  stop(): Promise<void>;
}

/** A real S3 server on loopback: versitygw over a folder. */
export async function startS3(): Promise<TestS3> {
  const program = await provide('versitygw');
  const folder = await mkdtemp(join(tmpdir(), 'preview-s3-'));
  const [data, versions, accounts] = ['data', 'versions', 'accounts'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  await Promise.all([data, versions, accounts].map((path) => mkdir(path)));
  const [port = 0] = await freePorts(1);
  const endpoint = `http://127.0.0.1:${port}`;
  const keys = freshKeys();
  const start = () =>
    new ManagedProcess({
      name: 'versitygw',
      command: [
        program,
        ...['--port', `127.0.0.1:${port}`, '--health', '/health', '--quiet', '--keep-alive'],
        ...['--iam-dir', accounts, '--iam-cache-disable'],
        ...['posix', '--versioning-dir', versions, data],
      ],
      logFile: join(folder, 'versitygw.log'),
      cwd: folder,
      // By environment: an argument would be readable by every process of the machine.
      env: { ROOT_ACCESS_KEY: keys.accessKeyId, ROOT_SECRET_KEY: keys.secretAccessKey },
    });
  const ready = (server: ManagedProcess) =>
    server.ready(async () => (await fetch(`${endpoint}/health`)).status === 200, 20);
  const client = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials: keys });
  const admin = (...args: string[]) =>
    promisify(execFile)(program, ['admin', '--endpoint-url', endpoint, ...args], {
      env: { ADMIN_ACCESS_KEY: keys.accessKeyId, ADMIN_SECRET_KEY: keys.secretAccessKey },
    });

  let server = start();
  const stop = async () => {
    client.destroy();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await ready(server);
    return {
      endpoint,
      keys,
      keyFiles: await filesOf(keys, folder),
      client,
      get pid() {
        return server.pid;
      },
      async createBucket(name, { versioned = false } = {}) {
        await client.send(new CreateBucketCommand({ Bucket: name }));
        const VersioningConfiguration = { Status: 'Enabled' } as const;
        if (versioned) await client.send(new PutBucketVersioningCommand({ Bucket: name, VersioningConfiguration }));
        return name;
      },
      async account(role) {
        const fresh = freshKeys();
        await admin('create-user', '-a', fresh.accessKeyId, '-s', fresh.secretAccessKey, '-r', role);
        return { keys: fresh, files: await filesOf(fresh, folder) };
      },
      async removeAccount({ accessKeyId }) {
        await admin('delete-user', '-a', accessKeyId);
      },
      async kill() {
        server.kill('SIGKILL');
        await server.exited;
      },
      async revive() {
        server = start();
        await ready(server);
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

const freshKeys = (): Keys => ({
  accessKeyId: `AK${randomBytes(9).toString('hex').toUpperCase()}`,
  secretAccessKey: randomBytes(20).toString('hex'),
});

export async function writeKeys({ accessKeyIdFile, secretAccessKeyFile }: KeyFiles, keys: Keys): Promise<void> {
  await writeFile(accessKeyIdFile, `${keys.accessKeyId}\n`, { mode: 0o600 });
  await writeFile(secretAccessKeyFile, `${keys.secretAccessKey}\n`, { mode: 0o600 });
}

async function filesOf(keys: Keys, folder: string): Promise<KeyFiles> {
  const path = join(folder, keys.accessKeyId);
  const files = { accessKeyIdFile: `${path}.id`, secretAccessKeyFile: `${path}.secret` };
  await writeKeys(files, keys);
  return files;
}
