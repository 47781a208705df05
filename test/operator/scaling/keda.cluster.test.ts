/** What the operator does for KEDA, which is not here: it is in the ecosystem's tests. */
import { Queue } from 'bullmq';
import { expect } from 'chai';
import { Redis } from 'ioredis';
import type { KubeObject } from '../../../operator/kube/object.ts';
import type { Pool } from '../../../operator/pool/pool.ts';
import { eventually } from '../../cluster/eventually.ts';
import { kedaCrd } from '../optional-crds.ts';
import { type ScaledPools, startScaledPools } from './scaled-pools.ts';

const SCALED_OBJECTS = '/apis/keda.sh/v1alpha1/namespaces/default/scaledobjects';
const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const SCALING = { mode: 'Auto', auto: { provider: 'KEDA', maxReplicas: 6, scaleToZeroAfterSeconds: 1 } };

type ScaledObject = KubeObject & {
  readonly spec: { readonly triggers: readonly { readonly metadata: { readonly url: string } }[] };
};

describe('a pool of provider KEDA', function () {
  this.timeout(240_000);
  let pools: ScaledPools;
  let queue: Queue;
  before(async () => {
    pools = await startScaledPools();
    queue = new Queue('pool', { connection: { host: '127.0.0.1', port: pools.redis.port } });
  });
  after(async () => {
    await queue?.close();
    await pools?.stop();
  });

  const says = (wanted: string) =>
    eventually(
      `AutoscalingActive is ${wanted}`,
      async () => {
        const { status } = await pools.client.get<Pool>(pools.poolPath('pool'));
        const found = status?.conditions?.find(({ type }) => type === 'AutoscalingActive');
        return `${found?.status} ${found?.reason}` === wanted && found;
      },
      { seconds: 60 },
    );
  const scaledObject = () => pools.client.get<ScaledObject>(`${SCALED_OBJECTS}/preview-pool`);
  const asked = async () => {
    const [trigger] = (await scaledObject()).spec.triggers;
    const response = await fetch(trigger?.metadata.url ?? '');
    return { code: response.status, text: await response.text() };
  };
  const answers = (wanted: number) =>
    eventually(`${wanted} are answered`, async () => (await asked()).text === JSON.stringify({ workers: wanted }), {
      seconds: 60,
    });

  /** The operator has done what it has to by now. */
  const lookedAt = async (when: string) => {
    const annotations = { 'previews.mobius.dev/requested-at': when };
    await pools.client.mergePatch(pools.poolPath('pool'), { metadata: { annotations } });
    await eventually('the pool is looked at', async () => {
      const { status } = await pools.client.get<Pool>(pools.poolPath('pool'));
      return status?.lastHandledReconcileAt === when;
    });
  };

  it('says that there is no KEDA, and is suspended and resumed without it', async () => {
    await pools.applyPool('pool', { scaling: SCALING });
    expect((await says('False KEDAUnavailable')).message).to.match(/does not serve ScaledObject; .*install KEDA/);
    await pools.scale('pool', 3);
    await pools.applyPool('pool', { scaling: SCALING, suspend: true });
    await pools.has('pool', 0);
    await pools.applyPool('pool', { scaling: SCALING });
  });

  it('has its ScaledObject once KEDA is installed, and waits for its word', async () => {
    await pools.client.create(CRDS, kedaCrd);
    await says('Unknown NotChecked');
    await scaledObject();
    expect(await pools.autoscaler('pool')).to.equal(undefined);
  });

  it('has its number answered: what is needed, and 0 after it was idle', async () => {
    await answers(0);
    await queue.addBulk(Array.from({ length: 3 }, () => ({ name: 'job', data: {} })));
    await answers(1);
    await lookedAt('with jobs');
    expect((await pools.deployment('pool')).spec.replicas, 'written by the operator').to.equal(0);
    await pools.scale('pool', 2);
    await queue.addBulk(Array.from({ length: 2_000 }, () => ({ name: 'job', data: {} })));
    await answers(6);
    await queue.obliterate({ force: true });
    await answers(0);
    await lookedAt('idle');
    expect((await pools.deployment('pool')).spec.replicas, 'written by the operator').to.equal(2);
  });

  it('is answered an error, and no number, where its load can not be read', async () => {
    const redis = new Redis(pools.redis.url);
    await redis.set('bull:odd:wait', 'no list');
    await redis.quit();
    await pools.applyPool('odd', { scaling: SCALING });
    const url = new URL('odd', (await scaledObject()).spec.triggers[0]?.metadata.url);
    await eventually('that is what it is answered', async () => {
      const response = await fetch(url);
      return response.status === 503 && /^the load of the queue can not be read: /.test(await response.text());
    });
  });

  it('says what KEDA says', async () => {
    const ready = (status: string) => ({
      status: { conditions: [{ type: 'Ready', status, reason: 'Because', message: 'so it is' }] },
    });
    await pools.client.mergePatch(`${SCALED_OBJECTS}/preview-pool`, ready('True'));
    expect((await says('True AsExpected')).message).to.match(/^KEDA looks each 10 s/);
    await pools.client.mergePatch(`${SCALED_OBJECTS}/preview-pool`, ready('False'));
    expect((await says('False KEDAFailed')).message).to.match(/^KEDA says Because: so it is; /);
  });

  it('is held at 0 by KEDA’s own word while it is suspended', async () => {
    const paused = async () => (await scaledObject()).metadata.annotations?.['autoscaling.keda.sh/paused-replicas'];
    await pools.applyPool('pool', { scaling: SCALING, suspend: true });
    await pools.has('pool', 0);
    await eventually('it is paused', async () => (await paused()) === '0');
    expect(await asked()).to.include({ code: 404 });
    await pools.applyPool('pool', { scaling: SCALING });
    await eventually('it is not paused', async () => (await paused()) === undefined);
  });
});
