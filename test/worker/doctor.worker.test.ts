/** `preview-worker doctor` on a worker's machine: a real Redis, a real worker, and what goes wrong with each. */
import { execFile } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { Queue, Worker } from 'bullmq';
import { expect } from 'chai';
import schema from '../../schemas/doctor-report.schema.json' with { type: 'json' };
import type { DoctorReport, Finding } from '../../worker/cli/doctor/report.generated.ts';
import type { WorkerConfig } from '../../worker/config.generated.ts';
import { eventually } from '../cluster/eventually.ts';
import { startRedis } from '../cluster/redis.ts';
import { startRedisCluster } from '../cluster/redis-cluster.ts';
import { startSentinels } from '../cluster/redis-sentinel.ts';
import { mayMount, smallVolume } from '../faults/small-volume.ts';
import { scene } from '../fixtures/images.ts';
import type { Pod } from './pod.ts';
import { Workplace } from './workplace.ts';

const MAIN = fileURLToPath(new URL('../../worker/main.ts', import.meta.url));
const PASSWORD = 'test-password';
const fits = new Ajv2020({ strict: true }).compile(schema);

describe('preview-worker doctor', function () {
  this.timeout(120_000);
  let place: Workplace;
  let pod: Pod;

  before(async () => {
    place = await Workplace.open({ appendonly: true });
    pod = await place.pod('one');
    const id = await place.submit('a.jpg', await scene({ width: 60, height: 60, seed: 1 }).jpeg().toBuffer());
    expect(await place.outcome(id)).to.equal('completed');
  });
  after(() => place?.close());

  const configOf = async (): Promise<WorkerConfig> =>
    JSON.parse(await readFile(join(place.site.folder, 'one', 'config.json'), 'utf8'));
  const inPod = () => ({
    PREVIEW_SCRATCH: pod.scratch,
    PREVIEW_SOCKET: join(pod.scratch, 'r.sock'),
    PREVIEW_LISTEN_PORT: new URL(pod.url).port,
  });
  /** With some of the pod's configuration changed. */
  const doctor = async (
    changes: Partial<WorkerConfig>,
    env: NodeJS.ProcessEnv = inPod(),
    ...args: readonly string[]
  ) => {
    const file = join(place.site.folder, 'doctor.json');
    await writeFile(file, JSON.stringify({ ...(await configOf()), ...changes }));
    return run(['doctor', '--config', file, ...args], env);
  };
  const run = (args: readonly string[], env: NodeJS.ProcessEnv) =>
    new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
      execFile(process.execPath, [MAIN, ...args], { env, timeout: 90_000 }, (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr }),
      );
    });
  const reportOf = ({ stdout }: { readonly stdout: string }) => {
    const { findings } = JSON.parse(stdout) as DoctorReport;
    expect(fits(JSON.parse(stdout)), JSON.stringify(fits.errors)).to.equal(true);
    const of = (check: string) => findings.filter((finding) => finding.check === check);
    return { findings, of, wrong: findings.filter(({ status }) => status !== 'ok') };
  };
  const found = ({ status, guide }: Finding) => `${status} ${guide?.split('#')[1]}`;

  it('ends with 0 in the pod of a worker that is well, and leaves nothing behind', async () => {
    const before = await readdir(pod.scratch);
    const answer = await doctor({}, inPod(), '-o', 'json');
    const { wrong, findings } = reportOf(answer);
    expect(wrong).to.deep.equal([]);
    expect(answer.code).to.equal(0);
    expect(findings.map(({ check }) => check)).to.deep.equal([
      ...['configuration', 'redis', 'queue', 'clock', 'sink', 'source', 'scratch', 'worker', 'versions'],
      ...['renderer', 'self-test'],
    ]);
    expect(await readdir(pod.scratch)).to.deep.equal(before);
    expect(await readdir(place.site.previews)).to.not.satisfy((names: string[]) =>
      names.some((name) => /probe/.test(name)),
    );
  });

  it('says for people what to do, and where the guide tells more', async () => {
    await place.queue.pause();
    try {
      const { code, stdout } = await doctor({});
      expect(code).to.equal(1);
      expect(stdout).to.match(/^ok {6}configuration /);
      expect(stdout).to.match(
        /\nWARNING queue {9}the queue is paused: .*\n +to do: resume it.*\n +see: +docs\/troubleshooting\.md#nothing-is-rendered\n/,
      );
    } finally {
      await place.queue.resume();
    }
  });

  it('finds a Redis that hangs, and does not hang with it', async () => {
    process.kill(place.redis.pid, 'SIGSTOP');
    try {
      const answer = await doctor({}, inPod(), '--json');
      const { of } = reportOf(answer);
      expect(answer.code).to.equal(1);
      expect(of('redis').map(found)).to.deep.equal(['failed redisunreachable']);
      expect(of('redis')[0]?.remedy).to.match(/Redis/);
      expect(of('queue')).to.deep.equal([]);
      expect(of('sink')[0]?.status).to.equal('ok');
    } finally {
      process.kill(place.redis.pid, 'SIGCONT');
    }
  });

  it('finds a password that is wrong, and tells none', async () => {
    const locked = await startRedis({ password: PASSWORD });
    try {
      const passwordFile = join(place.site.folder, 'password');
      await writeFile(passwordFile, 'other-password');
      const answer = await doctor({ redis: { url: locked.url, passwordFile } }, inPod(), '--json');
      const [redis] = reportOf(answer).of('redis');
      expect(redis?.message).to.contain('WRONGPASS');
      expect(redis?.remedy).to.contain('correct user and password');
      expect(`${answer.stdout}${answer.stderr}`).to.not.match(/other-password|test-password/);
    } finally {
      await locked.stop();
    }
  });

  it('finds a Redis in which a queue is not safe', async () => {
    const passing = await startRedis({ directives: ['maxmemory-policy allkeys-lru'] });
    try {
      const { of } = reportOf(await doctor({ redis: { url: passing.url } }, inPod(), '--json'));
      expect(of('redis').map(found)).to.deep.equal(['warning connectedwithwarnings']);
      expect(of('redis')[0]?.message).to.match(/^maxmemory-policy is allkeys-lru: .*; there is no append-only file/);
      expect(of('queue').map(found)).to.deep.equal(['warning queuenotfound']);
    } finally {
      await passing.stop();
    }
  });

  it('takes no worker for a producer: a queue that only workers know is not there', async () => {
    const connection = place.raw.duplicate({ maxRetriesPerRequest: null });
    const worker = new Worker('misspelt', async () => {}, { connection, stalledInterval: 50 });
    try {
      await eventually(
        'a worker has looked for stalled jobs',
        async () => (await place.raw.exists('bull:misspelt:meta')) === 1,
      );
      const { of } = reportOf(await doctor({ queue: { name: 'misspelt', prefix: 'bull' } }, inPod(), '--json'));
      expect(of('queue').map(found)).to.deep.equal(['warning queuenotfound']);
      await new Queue('misspelt', { connection: place.raw }).waitUntilReady();
      await eventually('a producer is known', () => place.raw.hexists('bull:misspelt:meta', 'version'));
      const again = reportOf(await doctor({ queue: { name: 'misspelt', prefix: 'bull' } }, inPod(), '--json'));
      expect(again.of('queue').map(found)).to.deep.equal(['ok undefined']);
    } finally {
      await worker.close();
      connection.disconnect();
    }
  });

  it('looks into each primary of a Cluster, and at the primary that Sentinels name', async () => {
    const passwordFile = join(place.site.folder, 'shared-password');
    await writeFile(passwordFile, PASSWORD);
    const cluster = await startRedisCluster({ password: PASSWORD });
    const sentinels = await startSentinels({ password: PASSWORD, sentinelPassword: PASSWORD });
    try {
      const { masterName, nodes } = sentinels;
      for (const redis of [
        { cluster: { nodes: [...cluster.nodes] }, passwordFile },
        { sentinel: { masterName, nodes: [...nodes], passwordFile }, passwordFile },
      ]) {
        const queue = { name: 'previews', prefix: '{previews}' };
        const answer = await doctor({ redis, queue }, inPod(), '--json');
        const { of } = reportOf(answer);
        expect(
          of('redis')
            .map(({ message }) => message)
            .join(),
          answer.stdout,
        ).to.match(/^(there is no append-only file|Redis )/);
        expect(of('queue').map(found)).to.deep.equal(['warning queuenotfound']);
        expect(of('clock').map(found)).to.deep.equal(['ok undefined']);
      }
    } finally {
      await sentinels.stop();
      await cluster.stop();
    }
  });

  it('finds a sink that is read-only', async () => {
    using volume = mayMount() ? smallVolume() : undefined;
    const path = volume?.path ?? join(place.site.folder, 'read-only');
    if (volume === undefined) {
      await mkdir(path);
      await chmod(path, 0o555);
    } else volume.readOnly(true);
    const { of, wrong } = reportOf(await doctor({ sink: { file: { path } } }, inPod(), '--json'));
    expect(of('sink').map(found)).to.deep.equal(['failed sinknotwritable']);
    expect(of('sink')[0]?.message).to.match(/can not be written: (EROFS|EACCES)$/);
    expect(wrong).to.have.lengthOf(1);
  });

  it('finds sources that are not there: a folder, a host, a bucket', async () => {
    const credentials = Object.fromEntries(
      await Promise.all(
        ['accessKeyIdFile', 'secretAccessKeyFile'].map(async (name) => {
          const file = join(place.site.folder, name);
          await writeFile(file, 'not-a-key');
          return [name, file];
        }),
      ),
    );
    const sources = {
      file: { roots: [{ path: place.site.inbox }, { path: join(place.site.folder, 'nowhere') }] },
      http: { allowedHosts: ['127.0.0.1'], allowPrivateNetworks: true },
      s3: { endpoint: 'http://127.0.0.1:9', buckets: ['inbox'], credentials },
    } as WorkerConfig['sources'];
    const { of } = reportOf(await doctor({ sources }, inPod(), '--json'));
    expect(of('source').map(found)).to.deep.equal([
      ...['ok undefined', 'failed job-sourcenotfound', 'warning job-sourceunavailable', 'failed job-sourceunavailable'],
    ]);
  });

  it('proves the renderer itself where no worker runs, and says that none does', async () => {
    const { of } = reportOf(await doctor({}, { PREVIEW_LISTEN_PORT: '9' }, '--json'));
    expect(of('worker').map(found)).to.deep.equal(['warning nothing-is-rendered']);
    expect(of('self-test')[0]?.message).to.match(/^image .* in \d+ ms$/);
  });

  it('is joined by health, which asks the worker at the address that its settings name', async () => {
    const { code, stdout } = await run(['health'], inPod());
    expect([code, stdout.split('\n')[0]]).to.deep.equal([0, 'status       ok']);
  });

  it('ends with 2 where there is no configuration', async () => {
    const { code, stdout } = await run(['doctor', '--config', '/nowhere.json'], {});
    expect(code).to.equal(2);
    expect(stdout).to.match(/^FAILED {2}configuration configuration \/nowhere\.json: there is no such file/);
  });
});
