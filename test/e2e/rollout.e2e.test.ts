import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { expect } from 'chai';
import type { PoolStatus } from '../../operator/pool/spec.generated.ts';
import { PreviewClient } from '../../worker/client.ts';
import { eventually, throughout } from '../cluster/eventually.ts';
import { type PreviewCluster, startPreviewCluster } from '../cluster/preview-cluster.ts';
import { scene } from '../fixtures/images.ts';
import { allRendered, submitPhoto } from './photo-jobs.ts';

const GOOD = 'mobius-preview-worker:dev';
const NEXT = 'mobius-preview-worker:next';
const UNFIT = 'unfit-worker:1';
const LIAR = 'lying-worker:1';
const NOWHERE = 'nowhere.example/worker:2';
const LOOKED_AT_ONCE = 100;
/** How long what must not happen is looked for. */
const LOOK_SECONDS = process.env['FAULTS_FULL'] ? 600 : 20;

describe('a rollout on the local node', function () {
  this.timeout(LOOK_SECONDS * 2_000 + 240_000);
  let cluster: PreviewCluster;
  let client: PreviewClient;

  before(async () => {
    const image = (fixture: string) => ['node', 'test/fixtures/unfit-image.ts', fixture];
    cluster = await startPreviewCluster({ images: { 'unfit-worker': image('unfit'), 'lying-worker': image('liar') } });
    client = new PreviewClient({ redis: { url: cluster.redis.url } });
    await writeFile(join(cluster.inbox, 'photo.jpg'), await scene({ width: 300, height: 200 }).jpeg().toBuffer());
    await cluster.kubectl('apply', '-f', 'examples/pool.yaml');
    await ready();
  });
  after(async () => {
    await client?.close();
    await cluster?.stop();
  });
  afterEach(async () => {
    await change({ image: GOOD, scaling: { mode: 'Fixed', replicas: 2 } });
    await ready();
  });

  const change = (spec: object) =>
    cluster.kubectl('patch', 'pwp', 'sample', '--type=merge', '-p', JSON.stringify({ spec }));
  const status = async () =>
    (JSON.parse(await cluster.kubectl('get', 'pwp', 'sample', '-o', 'json')) as { status: PoolStatus }).status;
  const ready = async () => {
    await eventually(
      'the last change was looked at and all is well',
      async () => {
        const pool = JSON.parse(await cluster.kubectl('get', 'pwp', 'sample', '-o', 'json')) as {
          metadata: { generation: number };
          status: PoolStatus;
        };
        const { conditions = [], observedGeneration } = pool.status;
        const isReady = conditions.some((condition) => condition.type === 'Ready' && condition.status === 'True');
        return isReady && observedGeneration === pool.metadata.generation;
      },
      { seconds: 90, every: 250 },
    );
  };
  const says = (reason: string) =>
    eventually(
      `the pool says ${reason}`,
      async () => {
        const { conditions = [] } = await status();
        return conditions.find((condition) => condition.type === 'Ready' && condition.reason === reason);
      },
      { seconds: 90, every: 250 },
    );
  const rolledBack = async (image: string, because: RegExp) => {
    const { message } = await says('RolledBack');
    expect(message).to.match(because).and.to.contain(`${GOOD} serves`);
    expect(await status()).to.include({ image: GOOD, failedImage: image });
    await cluster.kubectl('rollout', 'status', 'deployment/preview-sample', '--timeout=90s');
    const images = await cluster.kubectl(
      ...['get', 'deployment', 'preview-sample'],
      ...['-o', 'jsonpath={.spec.template.spec.containers[*].image}'],
    );
    expect(images.split(' ')).to.deep.equal([GOOD, GOOD]);
  };

  /** Jobs come in all the while; each that the queue took has a preview in the end. Resolves with how many were refused. */
  const underLoad = async (act: () => Promise<unknown>): Promise<number> => {
    const ids: string[] = [];
    let [rendered, refused] = [0, 0];
    const look = async (jobs: readonly string[]) => {
      await allRendered(client, jobs);
      rendered += jobs.length;
    };
    const over = new AbortController();
    const load = (async () => {
      while (!over.signal.aborted) {
        await submitPhoto(client).then(
          (id) => ids.push(id),
          () => {
            refused += 1;
          },
        );
        // A queue does not keep what is done for ever.
        if (ids.length > 2 * LOOKED_AT_ONCE) await look(ids.splice(0, LOOKED_AT_ONCE));
        await sleep(200);
      }
    })();
    try {
      await act();
    } finally {
      over.abort();
      await load;
    }
    await look(ids);
    console.log(`      ${rendered} jobs, lost 0, failed 0; ${refused} refused at submission`);
    return refused;
  };

  it('an image that no node can get is rolled back while the old workers serve, and tried again on request', async () => {
    const refused = await underLoad(async () => {
      await change({ image: NOWHERE });
      await rolledBack(NOWHERE, /no node can get the image nowhere/);
    });
    expect(refused).to.equal(0);
    const rollbacks = await cluster.operator?.metric('preview_pool_rollbacks_total');
    const args = ['operator/cli/main.ts', 'restart', 'sample', '-n', 'preview-worker', '--wait', '--timeout', '90'];
    const env = { ...process.env, KUBECONFIG: cluster.controlPlane.kubeconfigPath };
    const restarted = await promisify(execFile)(process.execPath, args, { env, timeout: 100_000 }).then(
      () => 'done',
      ({ stderr }: { stderr: string }) => stderr,
    );
    expect(restarted).to.match(/the image nowhere\S* failed again, and \S+ serves: no node can get the image nowhere/);
    await eventually(
      'it was tried and rolled back once more',
      async () => (await cluster.operator?.metric('preview_pool_rollbacks_total')) === (rollbacks ?? 0) + 1,
      { seconds: 60, every: 250 },
    );
    await rolledBack(NOWHERE, /no node can get the image nowhere/);
    expect(await cluster.kubectl('get', 'events', '--field-selector', 'reason=RolledBack', '-o', 'name')).to.not.equal(
      '',
    );
  });

  it('an image whose self-test fails is rolled back while the old workers serve', async () => {
    await underLoad(async () => {
      await change({ image: UNFIT });
      await rolledBack(UNFIT, /the self-test failed: renderer unfit, format unfit: .*libunfit\.so\.1 is missing/);
    });
  });

  it('an image that fails only the full self-test is rolled back before it has taken a job', async () => {
    await underLoad(async () => {
      await change({ image: LIAR });
      await rolledBack(LIAR, /the self-test failed: renderer liar, format lie: /);
    });
  });

  it('a bad image at 0 replicas is unproven, and rolled back at the first activation', async () => {
    await change({ scaling: { mode: 'Fixed', replicas: 0 } });
    await says('ScaledToZero');
    await change({ image: UNFIT });
    await says('Unproven');
    const id = await submitPhoto(client);
    await change({ scaling: { mode: 'Fixed', replicas: 1 } });
    await rolledBack(UNFIT, /the self-test failed/);
    await allRendered(client, [id]);
  });

  const neverFailed = async () => expect(await status()).to.not.have.property('failedImage');

  it(`a good image while Redis is down for ${LOOK_SECONDS} s is not rolled back`, async () => {
    await underLoad(async () => {
      process.kill(cluster.redis.pid, 'SIGSTOP');
      try {
        await change({ image: NEXT });
        await says('RedisUnreachable');
        await throughout(LOOK_SECONDS, neverFailed);
      } finally {
        process.kill(cluster.redis.pid, 'SIGCONT');
      }
      await ready();
      await eventually('the new image serves', async () => (await status()).image === NEXT, { seconds: 60 });
    });
    await neverFailed();
  });

  it(`a good image without room for ${LOOK_SECONDS} s is not rolled back, and the old workers serve`, async () => {
    await cluster.kubectl('cordon', cluster.node.name);
    try {
      await underLoad(async () => {
        await change({ image: NEXT });
        await says('RollingOut');
        await throughout(LOOK_SECONDS, neverFailed);
        expect(await status()).to.include({ image: GOOD });
      });
    } finally {
      await cluster.kubectl('uncordon', cluster.node.name);
    }
    await ready();
    expect(await status()).to.include({ image: NEXT });
  });
});
