/** Row 13 of the fault table: one operator and very many pools. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect } from 'chai';
import type { KubeClient } from '../../operator/kube/client.ts';
import type { KubeObject } from '../../operator/kube/object.ts';
import { type ControlPlane, startControlPlane } from '../cluster/control-plane.ts';
import { eventually } from '../cluster/eventually.ts';
import { startRedis, type TestRedis } from '../cluster/redis.ts';
import { figure } from '../faults/figures.ts';
import { type FaultProxy, isWrite, type RecordedRequest, startFaultProxy } from '../faults/proxy.ts';
import { adminClient, installCrd, POOLS_PATH, quiet, type RunningOperator, startOperator } from './operator.ts';
import { MINIMAL } from './pool/rules.ts';

const FULL = process.env['FAULTS_FULL'] === '1';
/** FLEET says another number. */
const POOLS = Number(process.env['FLEET'] ?? (FULL ? 1_000 : 40));
const CHANGES = Math.min(100, POOLS / 4);
const AT_ONCE = 20;
const NAMESPACE = 'default';

describe(`${POOLS} pools`, function () {
  this.timeout(60_000 + POOLS * 1_000);
  let cluster: ControlPlane;
  let redis: TestRedis;
  let client: KubeClient;
  let proxy: FaultProxy;
  let operator: RunningOperator | undefined;

  before(async () => {
    // With types to strip its memory would be the stripper's too.
    if (FULL)
      await promisify(execFile)(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json']);
    // Without controllers: what these do with so many Deployments is theirs.
    [cluster, redis] = await Promise.all([startControlPlane({ controllers: false }), startRedis()]);
    await installCrd(cluster);
    client = adminClient(cluster);
    proxy = await startFaultProxy(cluster);
  });
  after(async () => {
    await operator?.stop();
    await client?.close();
    await proxy?.stop();
    await Promise.all([cluster?.stop(), redis?.stop()]);
  });

  const name = (pool: number) => `pool-${pool}`;
  const apply = (pool: number, slots: number) =>
    client.apply<KubeObject>(`${POOLS_PATH(NAMESPACE)}/${name(pool)}`, {
      apiVersion: 'previews.mobius.dev/v1alpha1',
      kind: 'PreviewWorkerPool',
      metadata: { name: name(pool) },
      spec: {
        ...MINIMAL,
        queue: { name: name(pool), redis: { url: redis.url } },
        worker: { ...(MINIMAL['worker'] as object), slots },
      },
    });
  const observed = async () => {
    const { items } = await client.list<KubeObject & { status: { observedGeneration: number } }>(POOLS_PATH(NAMESPACE));
    return items.filter(({ metadata, status }) => status.observedGeneration === metadata.generation).length;
  };
  const residentMegabytes = () => {
    const status = readFileSync(`/proc/${operator?.process.pid}/status`, 'utf8');
    return Math.round((Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) * 1024) / 1e6);
  };
  const start = async () => {
    const program = FULL ? 'dist/operator/main.js' : 'operator/main.ts';
    operator = await startOperator({ server: proxy.url, adminToken: cluster.adminToken, program });
    await operator.ready();
    return operator;
  };
  const looks = async () => (await operator?.metric('controller_runtime_reconcile_total')) ?? 0;
  const poolOf = ({ path }: RecordedRequest) => /pool-\d+/.exec(path)?.[0];
  /** Of the numbers, sorted: the one that the share is below. */
  const quantile = (sorted: readonly number[], share: number) =>
    Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN);

  it('are all carried out; after a restart nothing is written, and a change goes before what is looked at again', async () => {
    await start();
    await apply(0, 2);
    await eventually('the first is observed', async () => (await observed()) === 1);
    await quiet(proxy.writes);
    const idle = residentMegabytes();
    await operator?.stop();
    await each(POOLS, (pool) => apply(pool, 2));

    proxy.forget();
    const began = performance.now();
    await start();
    await eventually('all are observed', async () => (await observed()) === POOLS, {
      seconds: POOLS,
      every: 250,
    });
    const seconds = (performance.now() - began) / 1000;
    await quiet(proxy.writes);
    const requests = proxy.requests.filter(({ watch }) => !watch).length / POOLS;
    const writes = proxy.writes().length / POOLS;
    const resident = residentMegabytes();

    await operator?.stop();
    proxy.forget();
    await start();
    const reactions: number[] = [];
    let meanwhile = 0;
    for (let change = 0; change < CHANGES; change += 1) {
      const pool = change * Math.floor(POOLS / CHANGES);
      const since = performance.now();
      await apply(pool, 3);
      const written = await eventually(
        `the Deployment of ${name(pool)} is written`,
        () =>
          proxy.requests.find(
            (request) =>
              request.at > since && isWrite(request) && request.path.includes(`/deployments/preview-${name(pool)}?`),
          ),
        { every: 10 },
      );
      reactions.push(written.at - since);
      if ((await looks()) < POOLS) meanwhile += 1;
    }
    await eventually('every pool was looked at', async () => (await looks()) >= POOLS + CHANGES, { seconds: POOLS });
    await quiet(proxy.writes);
    const changed = new Set(Array.from({ length: CHANGES }, (_, change) => name(change * Math.floor(POOLS / CHANGES))));
    const unasked = proxy.writes().filter((request) => !changed.has(poolOf(request) ?? ''));
    reactions.sort((one, other) => one - other);
    figure(
      13,
      `${POOLS} pools: carried out in ${seconds.toFixed(0)} s (${(POOLS / seconds).toFixed(0)} a second), ` +
        `${requests.toFixed(1)} requests and ${writes.toFixed(1)} writes a pool; ${resident} MB resident, ${idle} MB with one; ` +
        `after a restart ${unasked.length} writes that nobody asked for; ${CHANGES} changes, ` +
        `${meanwhile} of them before every pool was looked at: p50 ${quantile(reactions, 0.5)} ms, p99 ${quantile(reactions, 0.99)} ms to the Deployment`,
    );
    expect(unasked.map(({ method, path, body }) => `${method} ${path} ${body.slice(0, 600)}`)).to.deep.equal([]);
  });
});

async function each(count: number, work: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
