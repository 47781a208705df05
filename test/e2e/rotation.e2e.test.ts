/** The password of Redis is rotated as docs/redis.md says, and then the hard way, while jobs come in all the while. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { Redis } from 'ioredis';
import { PreviewClient } from '../../worker/client.ts';
import { eventually } from '../cluster/eventually.ts';
import { NAMESPACE, type PreviewCluster, startPreviewCluster } from '../cluster/preview-cluster.ts';
import { scene } from '../fixtures/images.ts';
import { allRendered, submitPhoto } from './photo-jobs.ts';

const PASSWORDS = ['first-s3cret', 'second-s3cret', 'third-s3cret'] as const;

interface PodState {
  readonly metadata: { readonly name: string; readonly uid: string };
  readonly status: { readonly containerStatuses: readonly { readonly restartCount: number }[] };
}

describe('a password of Redis that is rotated under load', function () {
  this.timeout(240_000);
  let cluster: PreviewCluster;
  let client: PreviewClient;
  let admin: Redis;
  let urlFile: string;

  before(async () => {
    cluster = await startPreviewCluster({ redisPassword: PASSWORDS[0] });
    await writeFile(join(cluster.inbox, 'photo.jpg'), await scene({ width: 300, height: 200 }).jpeg().toBuffer());
    await cluster.kubectl('apply', '-f', 'examples/pool.yaml');
    await cluster.kubectl('wait', '--for=condition=Ready', 'pwp/sample', '--timeout=60s');
    urlFile = join(cluster.controlPlane.folder, 'redis-url');
    await writeFile(urlFile, url(PASSWORDS[0]), { mode: 0o600 });
    client = new PreviewClient({ redis: { urlFile } });
    admin = new Redis(cluster.redis.port, { password: PASSWORDS[0] });
    // A user of its own: what happens to the others must not end it.
    await admin.call('ACL', 'SETUSER', 'admin', 'on', '>admin-s3cret', '~*', '&*', '+@all');
    await admin.auth('admin', 'admin-s3cret');
  });
  after(async () => {
    admin?.disconnect();
    await client?.close();
    await cluster?.stop();
  });

  const url = (password: string) => cluster.redis.url.replace('//', `//:${password}@`);
  const setUser = (change: string) => admin.call('ACL', 'SETUSER', 'default', change);
  /** Those who know only the old password have to sign in anew. */
  const endConnections = () => admin.call('CLIENT', 'KILL', 'USER', 'default');
  /** In the Secret of the pool and in the file of the producer. */
  const tell = async (password: string) => {
    const secret = JSON.stringify({ stringData: { url: url(password) } });
    await cluster.kubectl('patch', 'secret', 'redis', '--type=merge', '-p', secret);
    await writeFile(`${urlFile}.new`, url(password), { mode: 0o600 });
    await rename(`${urlFile}.new`, urlFile);
  };
  const pods = async () =>
    (JSON.parse(await cluster.kubectl('get', 'pods', '-o', 'json')) as { items: PodState[] }).items;
  const lives = async () =>
    (await pods()).map(({ metadata, status }) => [
      metadata.uid,
      ...status.containerStatuses.map(({ restartCount }) => restartCount),
    ]);
  const everyWorkerHas = (password: string) =>
    eventually(
      'each worker has the new file',
      async () => {
        const have = await Promise.all((await pods()).map(({ metadata }) => hasFile(metadata.name, password)));
        return have.length === 2 && have.every(Boolean);
      },
      { seconds: 90, every: 250 },
    );
  const hasFile = async (pod: string, password: string): Promise<boolean> => {
    const pids = await cluster.node.pids(NAMESPACE, pod);
    const files = await Promise.all(
      pids.map((pid) => readFile(`/proc/${pid}/root/etc/preview-worker/redis/url`, 'utf8').catch(() => '')),
    );
    return files.some((content) => content.trim() === url(password));
  };

  /** Jobs come in before, during and after; each ends in a preview, by workers that were never restarted. */
  const underLoad = async (act: () => Promise<unknown>) => {
    const before = await lives();
    const ids: string[] = [];
    let refused = 0;
    const over = new AbortController();
    const load = (async () => {
      while (!over.signal.aborted) {
        await submitPhoto(client).then(
          (id) => ids.push(id),
          () => {
            refused += 1;
          },
        );
        await sleep(100);
      }
    })();
    try {
      await act();
      const reached = ids.length;
      await eventually('jobs come in again', () => ids.length > reached + 10, { seconds: 60, every: 100 });
    } finally {
      over.abort();
      await load;
    }
    await allRendered(client, ids);
    console.log(`      ${ids.length} jobs, lost 0, failed 0; ${refused} refused to the producer`);
    expect(await lives()).to.deep.equal(before);
    await cluster.kubectl('wait', '--for=condition=Ready', 'pwp/sample', '--timeout=60s');
  };

  it('beside the old one, as documented: no job is lost or failed, and no worker restarted', async () => {
    await underLoad(async () => {
      await setUser(`>${PASSWORDS[1]}`);
      await tell(PASSWORDS[1]);
      await everyWorkerHas(PASSWORDS[1]);
      await setUser(`<${PASSWORDS[0]}`);
      await endConnections();
    });
  });

  it('at once, before anybody knows the new one: no job is lost or failed, and no worker restarted', async () => {
    await underLoad(async () => {
      await setUser(`<${PASSWORDS[1]}`);
      await setUser(`>${PASSWORDS[2]}`);
      await endConnections();
      await eventually(
        'the operator says that Redis refuses the old one',
        async () => /RedisUnreachable/.test(await cluster.kubectl('get', 'pwp', 'sample', '--no-headers')),
        { seconds: 60, every: 250 },
      );
      await tell(PASSWORDS[2]);
      await everyWorkerHas(PASSWORDS[2]);
    });
  });
});
