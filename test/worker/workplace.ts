/** What a test of the worker needs around it: a real Redis, folders, a queue's producer, and pods that end with it. */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Job, Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { provide } from '../../scripts/tools/provide.ts';
import { PreviewClient, PreviewFailure, type PreviewJob } from '../../worker/client.ts';
import { eventually } from '../cluster/eventually.ts';
import { ManagedProcess } from '../cluster/process.ts';
import { startRedis, type TestRedis } from '../cluster/redis.ts';
import { makeSite, type Pod, type PodOptions, type Site, startPod } from './pod.ts';

export class Workplace {
  readonly redis: TestRedis;
  readonly site: Site;
  readonly client: PreviewClient;
  readonly queue: Queue;
  /** For what BullMQ would never do. */
  readonly raw: Redis;
  readonly #pods: Pod[] = [];
  #folder = '';
  #revived: ManagedProcess | undefined;

  private constructor(redis: TestRedis, site: Site) {
    this.redis = redis;
    this.site = site;
    this.client = new PreviewClient({ redis: { url: redis.url } });
    this.raw = new Redis(redis.url);
    this.queue = new Queue('previews', { connection: this.raw });
    for (const one of [this.queue, this.raw]) one.on('error', () => {});
  }

  static async open(options: Parameters<typeof startRedis>[0] = {}): Promise<Workplace> {
    const redis = await startRedis(options);
    return new Workplace(redis, await makeSite());
  }

  async pod(name: string, options: Partial<PodOptions> = {}): Promise<Pod> {
    const pod = await startPod({ site: this.site, redisUrl: this.redis.url, name, ...options });
    this.#pods.push(pod);
    return pod;
  }

  /** Writes the file into the inbox; its URI. */
  async file(name: string, bytes: Buffer): Promise<string> {
    const path = join(this.site.inbox, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
    return pathToFileURL(path).href;
  }

  /** The job's id, once it is in the queue. */
  async submit(name: string, bytes: Buffer, more: Partial<PreviewJob> = {}): Promise<string> {
    const source = { uri: await this.file(name, bytes) };
    return (await this.client.submit({ version: 1, source, outputs: [{ preset: 'grid' }], ...more })).id;
  }

  /** 'completed', or the reason of the failure. */
  outcome(id: string, timeoutSeconds = 60): Promise<string> {
    return this.client.result(id, { timeoutSeconds }).then(
      () => 'completed',
      (error) => (error instanceof PreviewFailure ? error.reason : String(error)),
    );
  }

  async job(id: string): Promise<Job> {
    const job = (await this.queue.getJob(id)) as Job | undefined;
    if (job === undefined) throw new Error(`there is no job ${id}`);
    return job;
  }

  async inState(id: string, state: string, seconds = 20): Promise<Job> {
    await eventually(`job ${id} is ${state}`, async () => (await (await this.job(id)).getState()) === state, {
      seconds,
    });
    return this.job(id);
  }

  /** What the queue's event stream tells of this job, oldest first. */
  async events(id: string): Promise<readonly { readonly event: string; readonly at: number }[]> {
    const entries = await this.raw.xrange('bull:previews:events', '-', '+');
    return entries.flatMap(([entry, fields]) => {
      const field = (name: string) => fields[fields.indexOf(name) + 1];
      return field('jobId') === id ? [{ event: field('event') ?? '', at: Number.parseInt(entry, 10) }] : [];
    });
  }

  /** How often the job has ended. */
  async ends(id: string): Promise<number> {
    return (await this.events(id)).filter(({ event }) => event === 'completed' || event === 'failed').length;
  }

  /** SIGKILL, as a node's loss is. Its folder stays. */
  async crashRedis(): Promise<void> {
    const [, folder = ''] = (await this.raw.config('GET', 'dir')) as [string, string];
    this.#folder = folder;
    await this.#ended(this.#revived?.pid ?? this.redis.pid);
  }

  /** The same server on the same port, from what its append-only file holds; empty where it keeps none. */
  async reviveRedis(): Promise<void> {
    const command = [await provide('redis-server'), join(this.#folder, 'redis.conf')];
    this.#revived = new ManagedProcess({ name: 'redis-server', command, logFile: join(this.#folder, 'redis.log') });
    await eventually('Redis is back', async () => (await this.raw.ping()) === 'PONG');
  }

  async #ended(pid: number): Promise<void> {
    process.kill(pid, 'SIGKILL');
    await eventually('Redis is gone', () => !existsSync(`/proc/${pid}/exe`));
  }

  async close(): Promise<void> {
    await Promise.all(this.#pods.map((pod) => pod.stop()));
    await this.client.close();
    this.raw.disconnect();
    await this.#revived?.stop();
    await this.redis.stop();
    await this.site.remove();
  }
}

/** Work under way while one of its jobs is running. */
export async function running(pod: Pod, jobs = 1): Promise<void> {
  await eventually(`${jobs} running`, async () => (await pod.health()).slots.busy === jobs);
}
