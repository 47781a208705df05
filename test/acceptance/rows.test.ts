/** The rows that every change is accepted by, as `.github/pull_request_template.md` has them; the first, all checks, is the suite `check` beside this one. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'yaml';
import { PreviewClient, type RenderedResult } from '../../worker/client.ts';
import { processTable } from '../../worker/renderer/processes.ts';
import { eventually } from '../cluster/eventually.ts';
import { NAMESPACE, type PreviewCluster, startPreviewCluster } from '../cluster/preview-cluster.ts';
import { startPrometheus, type TestPrometheus } from '../ecosystem/prometheus.ts';
import { scene } from '../fixtures/images.ts';
import { monitoringCrd } from '../operator/optional-crds.ts';

const PASSWORD = 'n0t-to-be-found-anywhere';
const SOURCE = { uri: 'file:///inbox/photo.jpg' };
const OUTPUTS = [{ preset: 'grid' }] as const;

interface Listed<T> {
  readonly items: readonly T[];
}
interface Pod {
  readonly metadata: { readonly name: string };
  readonly status: { readonly podIP: string };
}

describe('the rows of acceptance', function () {
  this.timeout(10 * 60_000);
  let cluster: PreviewCluster;
  let client: PreviewClient;
  let prometheus: TestPrometheus | undefined;

  before(async () => {
    cluster = await startPreviewCluster({
      redisPassword: PASSWORD,
      beforeControllers: async ({ kubectl }) => {
        const crds = [monitoringCrd('ServiceMonitor'), monitoringCrd('PrometheusRule')];
        await kubectl(['apply', '-f', '-'], { input: crds.map((crd) => JSON.stringify(crd)).join('\n') });
      },
    });
    await writeFile(join(cluster.inbox, 'photo.jpg'), await scene({ width: 900, height: 600 }).jpeg().toBuffer());
    const pool = parse(await readFile('examples/pool.yaml', 'utf8')) as { spec: object };
    const monitoring = { serviceMonitor: {}, alerts: {} };
    const file = join(cluster.controlPlane.folder, 'pool.json');
    await writeFile(file, JSON.stringify({ ...pool, spec: { ...pool.spec, monitoring } }));
    await cluster.kubectl('apply', '-f', file);
    await cluster.kubectl('wait', '--for=condition=Ready', 'previewworkerpool/sample', '--timeout=120s');
    client = new PreviewClient({ redis: { url: cluster.redis.url.replace('//', `//:${PASSWORD}@`) } });
  });
  after(async () => {
    await client?.close();
    await prometheus?.stop();
    await cluster?.stop();
  });

  const list = async <T>(...args: string[]) =>
    JSON.parse(await cluster.kubectl('get', ...args, '-o', 'json')) as Listed<T>;
  const workers = async () => (await list<Pod>('pods', '-l', 'previews.mobius.dev/pool=sample')).items;
  const stored = async () => (await readdir(cluster.previews, { recursive: true })).length;

  it('GET /api/preview/worker/health answers 200 with Redis connected, and not 200 while it is not', async () => {
    const [pod] = await workers();
    const health = async () => {
      const answer = await fetch(`http://${pod?.status.podIP}:3000/api/preview/worker/health`);
      return { code: answer.status, redis: ((await answer.json()) as { redis: { ok: boolean } }).redis.ok };
    };
    expect(await health()).to.deep.equal({ code: 200, redis: true });
    process.kill(cluster.redis.pid, 'SIGSTOP');
    try {
      await eventually('health tells it', async () => {
        const { code, redis } = await health();
        return code === 503 && !redis;
      });
    } finally {
      process.kill(cluster.redis.pid, 'SIGCONT');
    }
    await eventually('health is back', async () => (await health()).code === 200, { seconds: 60 });
  });

  it('a dry-run job is recorded and never renders', async () => {
    const { id } = await client.submit({ version: 1, source: SOURCE, outputs: [...OUTPUTS], dryRun: true });
    expect(await client.result(id, { timeoutSeconds: 60 })).to.deep.include({ dryRun: true });
    const told = await Promise.all(
      (await workers()).map(async ({ status }) => (await fetch(`http://${status.podIP}:3000/metrics`)).text()),
    );
    const ended = told.flatMap((text) => [
      ...text.matchAll(/^preview_jobs_total\{.*outcome="(\w+)".*\} ([1-9]\d*)$/gm),
    ]);
    expect(ended.map(([, outcome, count]) => ({ outcome, count }))).to.deep.equal([{ outcome: 'dry_run', count: '1' }]);
    expect(await stored()).to.equal(0);
  });

  it('a real job completes end to end', async () => {
    const { id } = await client.submit({ version: 1, source: SOURCE, outputs: [...OUTPUTS] });
    const { outputs, manifest } = (await client.result(id, { timeoutSeconds: 60 })) as RenderedResult;
    expect(outputs[0]).to.include({ name: 'grid', mediaType: 'image/webp', width: 512, height: 512 });
    const path = (uri: string) => join(cluster.previews, new URL(uri).pathname.replace(/^\/previews/, ''));
    expect((await readFile(path(outputs[0]?.uri ?? ''))).subarray(8, 12).toString()).to.equal('WEBP');
    expect(JSON.parse(await readFile(path(manifest), 'utf8'))).to.have.property('outputs');
  });

  it('Prometheus scrapes workers and operator, and loads the alert rules', async () => {
    prometheus = await startPrometheus();
    const { items } = await list<{ spec: { groups: { rules: { alert?: string }[] }[] } }>('prometheusrules');
    const [rule] = items;
    const operator = { address: new URL(cluster.operator?.url ?? '').host, labels: { job: 'operator' } };
    const pods = await workers();
    await prometheus.watch(
      [
        operator,
        ...pods.map(({ metadata: { name }, status: { podIP } }) => ({
          address: `${podIP}:3000`,
          labels: { namespace: NAMESPACE, pod: name, pool: 'sample' },
        })),
      ],
      rule?.spec,
    );
    const ask = async <T>(path: string) =>
      ((await (await fetch(`${prometheus?.url}/api/v1/${path}`)).json()) as { data: T }).data;
    const series = async (query: string) =>
      (await ask<{ result: unknown[] }>(`query?query=${encodeURIComponent(query)}`)).result.length;
    await eventually('every target is up', async () => (await series('up == 1')) === 1 + pods.length);
    expect(await series('preview_jobs_total{outcome="completed"} > 0')).to.be.greaterThan(0);
    expect(await series('preview_pool_condition{pool="sample",condition="Ready"} == 1')).to.equal(1);

    const wanted = rule?.spec.groups.flatMap(({ rules }) => rules.flatMap(({ alert }) => alert ?? []));
    expect(wanted).to.not.have.length(0);
    const loaded = await eventually('every rule was looked at', async () => {
      const { groups } = await ask<{
        groups: { rules: { name: string; type: string; health: string; lastError?: string }[] }[];
      }>('rules');
      const rules = groups.flatMap(({ rules: some }) => some);
      return rules.every(({ health }) => health !== 'unknown') && rules;
    });
    expect(loaded.filter(({ health }) => health !== 'ok')).to.deep.equal([]);
    expect(loaded.filter(({ type }) => type === 'alerting').map(({ name }) => name)).to.have.members(wanted ?? []);
  });

  it('secrets are external: in no object but the Secret, no argument, no log, no metric and no preview', async () => {
    const kinds = (await cluster.kubectl('api-resources', '--verbs=list', '--namespaced', '-o', 'name'))
      .trim()
      .split('\n');
    const objects = kinds.filter(
      (kind) => (kind !== 'secrets' && !kind.endsWith('previews.mobius.dev')) || kind.startsWith('previewworkerpools'),
    );
    expect(await cluster.kubectl('get', objects.join(), '-o', 'json', '--show-managed-fields'))
      .to.include('"sample"')
      .and.not.include(PASSWORD);
    expect(await cluster.kubectl('get', 'secret', 'redis', '-o', 'jsonpath={.data.url}')).to.satisfy((url: string) =>
      Buffer.from(url, 'base64').toString().includes(PASSWORD),
    );
    for (const { pid } of processTable()) {
      const argv = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      expect(argv.includes(PASSWORD), `arguments of ${pid}`).to.equal(false);
    }
    const texts = await Promise.all(
      [cluster.controlPlane.folder, cluster.previews].map(async (folder) =>
        (await readdir(folder, { recursive: true, withFileTypes: true }))
          .filter((entry) => entry.isFile() && /(^|\.)(log|json|txt)$/.test(entry.name))
          .map((entry) => join(entry.parentPath, entry.name)),
      ),
    );
    for (const log of [/\/operator\/log$/, /\/kube-apiserver\.log$/])
      expect(
        texts.flat().filter((file) => log.test(file)),
        String(log),
      ).to.not.have.length(0);
    for (const file of texts.flat()) expect((await readFile(file, 'utf8')).includes(PASSWORD), file).to.equal(false);
    for (const url of [
      `${cluster.operator?.url}/metrics`,
      ...(await workers()).map(({ status: { podIP } }) => `http://${podIP}:3000/metrics`),
    ])
      expect(await (await fetch(url)).text(), url)
        .to.include('preview_')
        .and.not.include(PASSWORD);
  });

  it('a pool that holds a credential itself is refused', async () => {
    const pool = parse(await readFile('examples/pool.yaml', 'utf8')) as { metadata: object; spec: { queue: object } };
    const redis = { url: `redis://:${PASSWORD}@redis:6379` };
    const file = join(cluster.controlPlane.folder, 'inline.json');
    const spec = { ...pool.spec, queue: { ...pool.spec.queue, redis } };
    await writeFile(file, JSON.stringify({ ...pool, metadata: { ...pool.metadata, name: 'inline' }, spec }));
    const refusal = await cluster.kubectl('apply', '-f', file).then(
      () => 'accepted',
      (error: Error) => error.message,
    );
    expect(refusal).to.include('put them into a Secret');
  });
});
