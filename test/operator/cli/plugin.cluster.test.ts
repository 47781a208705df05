import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { Queue } from 'bullmq';
import { expect } from 'chai';
import { Redis } from 'ioredis';
import type { KubeObject } from '../../../operator/kube/object.ts';
import type { Pool } from '../../../operator/pool/pool.ts';
import { provide } from '../../../scripts/tools/provide.ts';
import { eventually } from '../../cluster/eventually.ts';
import { inShell, shownIn } from '../../documents/shown.ts';
import { type ScaledPools, startScaledPools } from '../scaling/scaled-pools.ts';
import { writePluginFiles } from './plugin-files.ts';
import { pwp } from './pwp.ts';

const SOURCE = 'https://user:s3cret@files.example.com/a.jpg?X-Amz-Signature=abc';

describe('kubectl pwp, for people with the cluster’s own roles', function () {
  this.timeout(240_000);
  const shown = shownIn('docs/pwp.md', import.meta.url);
  let pools: ScaledPools;
  let redis: Redis;
  let queue: Queue;
  const tokens: Record<string, string> = {};

  before(async () => {
    pools = await startScaledPools({ metricsApi: true, queueApi: true });
    const kubectl = (...args: readonly string[]) => pools.cluster.kubectl(['--namespace', 'default', ...args]);
    await kubectl('apply', '-f', 'config/operator/people-roles.yaml');
    for (const who of ['view', 'edit', 'none']) {
      await kubectl('create', 'serviceaccount', who);
      if (who !== 'none')
        await kubectl('create', 'rolebinding', who, `--clusterrole=${who}`, `--serviceaccount=default:${who}`);
      tokens[who] = (await kubectl('create', 'token', who)).trim();
    }
    redis = new Redis(pools.redis.port, { maxRetriesPerRequest: null });
    queue = new Queue('photos', { connection: redis });
    await pools.applyPool('photos', { scaling: { mode: 'Fixed', replicas: 2 } });
    await pools.applyPool('outside', { scaling: { mode: 'External' } });
    await queue.add(
      'preview',
      { version: 1, source: { uri: SOURCE }, outputs: [{ preset: 'grid' }] },
      { jobId: 'waits' },
    );
    for (const id of ['one', 'two']) await fail(id);
    await eventually('the API of queues answers', async () => (await as('view', 'jobs', 'photos')).code === 0, {
      ...{ seconds: 90, every: 1_000 },
    });
  });
  after(async () => {
    await queue?.close();
    redis?.disconnect();
    await pools?.stop();
  });

  const as = (who: string, ...args: readonly string[]) => pwp({ ...pools.cluster, token: tokens[who] ?? '' }, ...args);
  /** As BullMQ leaves one that has failed for good. */
  const fail = async (id: string) => {
    await queue.add('preview', { version: 1, source: { uri: 'file:///b.jpg' }, outputs: [] }, { jobId: id });
    await redis.lrem(queue.toKey('wait'), 0, id);
    await redis.hset(queue.toKey(id), { failedReason: `SourceForbidden: ${SOURCE} was 403`, finishedOn: Date.now() });
    await redis.zadd(queue.toKey('failed'), Date.now(), id);
  };
  const poolOf = (name: string) => pools.client.get<Pool>(pools.poolPath(name));

  it('shows jobs to who may view the namespace, and no secret of theirs', async () => {
    const { stdout, stderr } = await as('view', 'jobs', 'photos', '-o', 'wide');
    expect(stdout).to.match(
      /^ID +STATE +LANE +AGE +TRIES +TENANT +WORKER +OUTPUTS +\S+ +SOURCE +WHY\nwaits +waiting +interactive/,
    );
    expect(stdout).to.contain('https://files.example.com/a.jpg?…');
    expect(stdout).to.contain('SourceForbidden: https://files.example.com/a.jpg?… was 403');
    expect(stdout).to.not.match(/s3cret|Signature/);
    expect(stderr).to.equal('3 shown; of the queue: 0 active, 1 waiting, 0 delayed, 2 failed, 0 completed\n');
    const json = JSON.parse((await as('view', 'jobs', 'photos', '--state', 'failed', '-o', 'json')).stdout);
    expect(json.items.map(({ id }: { id: string }) => id).sort()).to.deep.equal(['one', 'two']);
  });

  it('shows loads of a namespace to who may view it, and those of all only to who may view all', async () => {
    const own = await eventually('its load is known', async () => {
      const { stdout } = await as('view', 'top');
      return /photos +0\/2 +0\/0 +1 /.test(stdout) && stdout;
    });
    expect(own).to.match(/^NAME +WORKERS +BUSY +WAITING +BACKFILL +DELAYED +OLDEST +IN\/S +DONE\/S +QUEUE\n/);
    const all = await as('view', 'top', '-A');
    expect([all.code, all.stderr]).to.satisfy(
      ([code, text]: [number, string]) => code === 1 && /you may not/.test(text),
    );
    const admin = await pwp({ ...pools.cluster, token: pools.cluster.adminToken }, 'top', '-A');
    expect(admin.stdout).to.match(/\ndefault +photos /);
  });

  it('shows nothing to anybody else, and tells what is not there from what may not be seen', async () => {
    for (const command of [['jobs', 'photos'], ['top'], ['retry', 'photos', 'one']]) {
      const { code, stdout, stderr } = await as('none', ...command);
      expect([code, stdout], command.join(' ')).to.deep.equal([1, '']);
      expect(stderr).to.match(/^pwp: you may not: .*roles view \(to look\) and edit/);
    }
    const absent = await as('view', 'jobs', 'absent');
    expect(absent.stderr).to.match(/^pwp: there is no pool default\/absent/);
    const bad = await as('view', 'jobs', 'photos', '--state', 'lost');
    expect(bad.stderr).to.match(/^pwp: state has to be one or more of active, waiting/);
  });

  it('gives failed jobs back for who may edit the namespace, and not for who may view it', async () => {
    const refused = await as('view', 'retry', 'photos', 'one');
    expect([refused.code, refused.stdout]).to.deep.equal([1, '']);
    expect(await queue.getFailedCount()).to.equal(2);
    const done = await as('edit', 'retry', 'photos', 'one', 'waits');
    expect(done).to.deep.equal({
      ...{ code: 1, stdout: 'one\n' },
      stderr: 'waits: not given back: it is not among the failed jobs\n1 job given back to the queue\n',
    });
    const rest = await as('edit', 'retry', 'photos', '--failed', '--reason', 'SourceForbidden');
    expect(rest).to.deep.equal({ code: 0, stdout: 'two\n', stderr: '1 job given back to the queue\n' });
    expect([await queue.getFailedCount(), await queue.getWaitingCount()]).to.deep.equal([0, 3]);
  });

  it('is listed in discovery by its subresource, and keeps no namespace from being deleted', async () => {
    const { kubectl } = pools.cluster;
    const listed = await kubectl(['get', '--raw', '/apis/queues.previews.mobius.dev/v1alpha1']);
    expect(JSON.parse(listed).resources.map(({ name }: { name: string }) => name)).to.deep.equal([
      ...['loads', 'previewworkerpools/jobs'],
    ]);
    // The pools themselves are those of the CRD, whoever asks for them by their plain name.
    expect(await kubectl(['get', 'previewworkerpools', '-n', 'default', '-o', 'name'])).to.contain(
      'previewworkerpool.previews.mobius.dev/',
    );
    await kubectl(['create', 'namespace', 'passing']);
    await kubectl(['delete', 'namespace', 'passing', '--timeout=60s']);
  });

  it('shows pools, and of one every condition', async () => {
    const { stdout } = await as('view', 'status');
    expect(stdout).to.match(/^NAME +READY +STATUS +WORKERS +MODE +QUEUE +AGE\noutside +\w+ /);
    const one = await as('view', 'status', 'photos', '-o', 'wide');
    expect(one.stdout).to.match(/ PROVIDER +IMAGE +MESSAGE\nphotos +False +\w+ +0\/2 +Fixed +photos /);
    expect(one.stdout).to.match(/\nCONDITION +IS +REASON +SINCE +MESSAGE\nReady +False /);
    expect(one.stdout).to.not.contain('\u001b[');
    expect((await as('view', 'status', 'absent')).stderr).to.match(
      /^pwp: there is no pool absent in the namespace default/,
    );
  });

  it('suspends and resumes in the name of kubectl-pwp, and says what the API server says where it may not be', async () => {
    const suspended = await as('edit', 'suspend', 'photos', '--wait', '--timeout', '60');
    expect(suspended).to.deep.equal({ code: 0, stdout: 'pool default/photos suspended\n', stderr: '' });
    const { spec, metadata } = await poolOf('photos');
    expect(spec.suspend).to.equal(true);
    const managers = (metadata.managedFields as { manager: string; fieldsV1: object }[]).filter(({ fieldsV1 }) =>
      JSON.stringify(fieldsV1).includes('f:suspend'),
    );
    expect(managers.map(({ manager }) => manager)).to.include('kubectl-pwp');
    const pods = await pools.client.list<KubeObject>('/api/v1/namespaces/default/pods', {
      labelSelector: 'previews.mobius.dev/pool=photos',
    });
    expect(pods.items.length).to.equal(0);
    expect((await as('edit', 'suspend', 'photos')).stdout).to.equal('pool default/photos was suspended already\n');
    const resumed = await as('edit', 'resume', 'photos', '--wait', '--timeout', '1');
    expect(resumed.stdout).to.equal('pool default/photos resumed\n');
    expect(resumed.stderr).to.match(/^pwp: resume photos: not within 1 s: /);
    const outside = await as('edit', 'suspend', 'outside');
    expect(outside.stderr).to.match(/pool default\/outside is not suspended: .*another controller owns the replicas/);
    const viewer = await as('view', 'suspend', 'photos');
    expect(viewer.stderr).to.match(/this takes the right to patch previewworkerpools in the namespace default/);
    expect((await poolOf('photos')).spec.suspend).to.equal(false);
  });

  it('restarts the workers, and waits until all are of the new template', async () => {
    await pools.applyPool('idle', { scaling: { mode: 'Fixed', replicas: 0 } });
    await pools.has('idle', 0);
    const restarted = await as('edit', 'restart', 'idle', '--wait', '--timeout', '60');
    expect(restarted).to.deep.equal({ code: 0, stdout: 'pool default/idle restarted\n', stderr: '' });
    const at = (await poolOf('idle')).metadata.annotations?.['previews.mobius.dev/restarted-at'];
    const { spec } = await pools.client.get<{ spec: { template: { metadata: { annotations: object } } } }>(
      pools.pathOf('idle'),
    );
    expect(spec.template.metadata.annotations).to.include({ 'previews.mobius.dev/restarted-at': at });
  });

  it('is found by kubectl as its plugin, completions included', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'preview-plugin-'));
    try {
      await writePluginFiles(folder);
      const { server, ca } = pools.cluster;
      const config = {
        clusters: [
          { name: 'c', cluster: { server, 'certificate-authority-data': Buffer.from(ca).toString('base64') } },
        ],
        users: [{ name: 'u', user: { token: tokens['edit'] } }],
        contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
        'current-context': 'x',
      };
      await writeFile(join(folder, 'kubeconfig'), JSON.stringify(config), { mode: 0o600 });
      const kubectl = await provide('kubectl');
      const path = [folder, dirname(kubectl), process.env['PATH']].join(delimiter);
      const env = { KUBECONFIG: join(folder, 'kubeconfig'), PATH: path };
      const run = (...args: readonly string[]) =>
        inShell(['kubectl', ...args.map((arg) => `'${arg}'`)].join(' '), { env });
      expect(await run('pwp', 'status')).to.match(/^NAME +READY /);
      expect((await run('__complete', 'pwp', 're')).split('\n')).to.include.members([
        'retry',
        'resume',
        'restart',
        ':4',
      ]);
      expect((await run('__complete', 'pwp', 'jobs', 'ph')).split('\n').slice(0, 2)).to.deep.equal(['photos', ':4']);
      expect(await run('__complete', 'pwp', 'jobs', '--state', 'f')).to.match(/^failed\n:4\n/);
      expect(await run('__complete', 'pwp', 'suspend', 'photos', '')).to.not.contain('photos');
      await fail('three');
      expect(await inShell(shown.take(/^kubectl pwp jobs /), { env })).to.match(/^three +failed .* SourceForbidden: /m);
      expect(await inShell(shown.take(/^kubectl pwp retry /), { env })).to.match(/^three$/m);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
