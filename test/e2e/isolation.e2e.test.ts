import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { PreviewClient, PreviewFailure } from '../../worker/client.ts';
import { NAMESPACE, type PreviewCluster, startPreviewCluster } from '../cluster/preview-cluster.ts';
import { MARK, spy } from '../fixtures/spy-renderer.ts';

describe('a decoder that was taken over', function () {
  this.timeout(120_000);
  const password = `${MARK}${randomBytes(8).toString('hex')}`;
  let cluster: PreviewCluster;
  let client: PreviewClient;

  before(async () => {
    cluster = await startPreviewCluster({
      redisPassword: password,
      workerCommand: ['node', 'test/fixtures/spied-image.ts'],
    });
    await cluster.kubectl('apply', '-f', 'examples/pool.yaml');
    await cluster.kubectl('wait', '--for=condition=Ready', 'pwp/sample', '--timeout=60s');
    const urlFile = join(cluster.controlPlane.folder, 'redis-url');
    await writeFile(urlFile, cluster.redis.url.replace('//', `//:${password}@`), { mode: 0o600 });
    client = new PreviewClient({ redis: { urlFile } });
  });
  after(async () => {
    await client?.close();
    await cluster?.stop();
  });

  it('finds no credential in environments, /proc or files, and Redis tells it nothing', async () => {
    await writeFile(join(cluster.inbox, 'spy'), spy(cluster.redis.port));
    const source = { uri: 'file:///inbox/spy' };
    const { id } = await client.submit({ version: 1, source, outputs: [{ preset: 'grid' }] });
    const failure = await client.result(id, { timeoutSeconds: 60 }).then(
      () => undefined,
      (error) => error as PreviewFailure,
    );
    expect(failure).to.be.instanceOf(PreviewFailure);
    const report = JSON.parse(/\{.*\}/.exec(failure?.message ?? '')?.[0] ?? '{}') as {
      looked: { environments: number; files: number; processes: number };
      found: string[];
      redis: string;
      uid: number;
    };
    expect(report.found).to.deep.equal([]);
    expect(report.redis).to.match(/^-NOAUTH/);
    expect(report.uid).to.equal(1000);
    // It did look: its own processes, its configuration, the system's files.
    expect(report.looked.processes).to.be.greaterThan(1);
    expect(report.looked.environments).to.be.greaterThan(0);
    expect(report.looked.files).to.be.greaterThan(5);
  });

  it('would have found it where the credential is: in the worker’s container', async () => {
    const { items } = JSON.parse(await cluster.kubectl('get', 'pods', '-o', 'json')) as {
      items: { metadata: { name: string } }[];
    };
    const pids = await cluster.node.pids(NAMESPACE, items[0]?.metadata.name ?? '');
    const seen = await Promise.all(
      pids.map((pid) => readFile(`/proc/${pid}/root/etc/preview-worker/redis/url`, 'utf8').catch(() => '')),
    );
    expect(seen.join('')).to.include(password);
  });
});
