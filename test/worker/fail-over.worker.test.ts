/** Row 17 of the fault table, where another server takes over: the primary is killed while jobs come in, wait and run. */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { PreviewClient, PreviewFailure } from '../../worker/client.ts';
import type { WorkerConfig } from '../../worker/config.generated.ts';
import { documentedUsers } from '../cluster/acl.ts';
import { eventually } from '../cluster/eventually.ts';
import { startRedisCluster } from '../cluster/redis-cluster.ts';
import { startSentinels } from '../cluster/redis-sentinel.ts';
import { figure } from '../faults/figures.ts';
import { slow } from '../fixtures/slow-renderer.ts';
import { expectOneArtifactEach, stored, sweep } from './accounts.ts';
import { makeSite, type Site, startPod } from './pod.ts';

const PASSWORD = 'f0rms-s3cret';
const JOBS = process.env['FAULTS_FULL'] === '1' ? 200 : 40;
/** Between two jobs of the producer: they come in before, during and after the fail-over. */
const PAUSE_MILLISECONDS = 100;

describe('the primary of a Redis that is killed under load', function () {
  this.timeout(240_000);
  let site: Site;
  const ending: (() => Promise<unknown>)[] = [];
  beforeEach(async () => {
    site = await makeSite();
    ending.push(() => site.remove());
  });
  afterEach(async () => {
    for (const end of ending.splice(0).reverse()) await end();
  });

  async function file(name: string, text: string | Buffer): Promise<string> {
    const path = join(site.folder, name);
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, text, { mode: 0o600 });
    return path;
  }
  const asUser = async (name: string) => ({
    usernameFile: await file(`user-${name}`, name),
    passwordFile: await file('password', PASSWORD),
  });

  /** Submits all, each until it is accepted, and kills the primary when a quarter is in. What was refused meanwhile is counted. */
  async function submitAndKill(client: PreviewClient, kill: () => Promise<void>) {
    const ids: string[] = [];
    let refused = 0;
    for (let at = 0; at < JOBS; at += 1) {
      if (at === JOBS / 4) await kill();
      const path = await file(`inbox/${at}`, slow(100 + 20 * (at % 10), at));
      const job = { version: 1 as const, source: { uri: pathToFileURL(path).href }, outputs: [{ preset: 'grid' }] };
      const accepted = async () => {
        try {
          return (await client.submit(job)).id;
        } catch (error) {
          if (!(error instanceof PreviewFailure)) throw error;
          refused += 1;
          return undefined;
        }
      };
      ids.push(await eventually(`job ${at} is accepted`, accepted, { seconds: 90, every: 200 }));
      await sleep(PAUSE_MILLISECONDS);
    }
    return { ids, refused };
  }

  async function survives(form: WorkerConfig['redis'], prefix: string, kill: () => Promise<void>): Promise<string> {
    const queue = { name: 'previews', prefix };
    const redis = { ...form, ...(await asUser('preview-worker')) };
    const pods = await Promise.all(
      ['one', 'other'].map((name) => startPod({ site, redisUrl: '', name, config: { queue, redis } })),
    );
    for (const pod of pods) ending.push(() => pod.stop());
    const producer = { ...form, ...(await asUser('preview-producer')) };
    const outbox = { file: { path: site.previews } };
    const client = new PreviewClient({ redis: producer, queue: queue.name, prefix, outbox });
    ending.push(() => client.close());

    const { ids, refused } = await submitAndKill(client, kill);
    let added = 0;
    await eventually(
      'all are answered',
      async () => {
        added += (await sweep(site, 'one')).added;
        return (await stored(site, 'outbox')).length === 0;
      },
      { seconds: 120, every: 500 },
    );
    await expectOneArtifactEach(site, ids);
    for (const pod of pods) expect((await pod.health()).status).to.equal('ok');
    return `1 kill, ${ids.length} jobs, ${refused} submits refused meanwhile, ${added} added again by sweep: lost 0, visible twice 0`;
  }

  async function killed(pid: number): Promise<void> {
    process.kill(pid, 'SIGKILL');
    await eventually('the primary is gone', () => !existsSync(`/proc/${pid}/exe`));
  }

  it('behind Sentinels costs no job: its replica takes over', async () => {
    const users = documentedUsers(PASSWORD);
    const sentinels = await startSentinels({ password: PASSWORD, sentinelPassword: PASSWORD, users });
    ending.push(() => sentinels.stop());
    const { masterName, nodes, servers } = sentinels;
    const sentinel = { masterName, nodes: [...nodes], passwordFile: await file('sentinel', PASSWORD) };
    const text = await survives({ sentinel }, 'bull', () => killed(servers[0].pid));
    expect(await sentinels.primaryPort(), 'the primary now').to.equal(servers[1].port);
    figure(17, `Sentinel, fail-over under load: ${text}`);
  });

  it('of a Cluster costs no job: its replica takes over', async () => {
    const users = documentedUsers(PASSWORD, { inCluster: true });
    const cluster = await startRedisCluster({ replicas: true, password: PASSWORD, users });
    ending.push(() => cluster.stop());
    const primary = await cluster.serverOf('{bull}:previews:meta');
    const text = await survives({ cluster: { nodes: [...cluster.nodes] } }, '{bull}', () => killed(primary.pid));
    figure(17, `Cluster, fail-over under load: ${text}`);
  });
});
