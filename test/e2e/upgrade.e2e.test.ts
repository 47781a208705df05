import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { parse } from 'yaml';
import { type DeploymentState, isRolling, liveImage } from '../../operator/pool/deployment-state.ts';
import type { Pool } from '../../operator/pool/pool.ts';
import { eventually, throughout } from '../cluster/eventually.ts';
import { NAMESPACE, type PreviewCluster, startPreviewCluster } from '../cluster/preview-cluster.ts';
import { adminClient, type RunningOperator, startOperator } from '../operator/operator.ts';

const POOLS = ['a', 'b', 'c', 'd'];
const AT_A_TIME = 2;
const OLD = 'mobius-preview-worker:dev';
const NEW = 'mobius-preview-worker:next';
const UNFIT = 'unfit-worker:1';

describe('an upgrade of the operator', function () {
  this.timeout(240_000);
  let cluster: PreviewCluster;
  let operator: RunningOperator | undefined;
  let client: ReturnType<typeof adminClient>;

  const run = async (defaultImage: string) => {
    await operator?.stop();
    const flags = ['--default-image', defaultImage, '--max-concurrent-rollouts', String(AT_A_TIME)];
    operator = await startOperator({
      ...cluster.controlPlane,
      access: cluster.access,
      folder: `${cluster.controlPlane.folder}/operator`,
      flags,
    });
    await operator.ready();
  };
  const pools = async () =>
    (JSON.parse(await cluster.kubectl('get', 'pwp', '-o', 'json')) as { items: Pool[] }).items.map(
      ({ metadata, status }) => ({
        name: metadata.name,
        image: status?.image,
        failedImage: status?.failedImage,
        waits: status?.conditions?.some(({ reason }) => reason === 'UpgradeWaits') ?? false,
        ready: status?.conditions?.find(({ type }) => type === 'Ready')?.status,
      }),
    );
  const allServe = (image: string) =>
    eventually(
      `all pools serve ${image}`,
      async () => (await pools()).every((pool) => pool.image === image && pool.ready === 'True'),
      { seconds: 120, every: 500 },
    );

  before(async () => {
    cluster = await startPreviewCluster({
      operator: false,
      images: { 'unfit-worker': ['node', 'test/fixtures/unfit-image.ts', 'unfit'] },
    });
    client = adminClient(cluster.controlPlane);
    await run(OLD);
    const { spec, ...sample } = parse(await readFile('examples/pool.yaml', 'utf8')) as { spec: { queue: object } };
    const { image: _, ...imageless } = spec as typeof spec & { image: string };
    for (const name of POOLS) {
      await client.create(`/apis/previews.mobius.dev/v1alpha1/namespaces/${NAMESPACE}/previewworkerpools`, {
        ...sample,
        metadata: { name },
        spec: {
          ...imageless,
          queue: { ...spec.queue, name: `previews-${name}` },
          scaling: { mode: 'Fixed', replicas: 1 },
        },
      });
    }
    await allServe(OLD);
  });
  after(async () => {
    await operator?.stop();
    await client?.close();
    await cluster?.stop();
  });

  /** Every number of pools that rolled at one moment, as a watch of the Deployments saw it. */
  const watched = async (act: () => Promise<void>) => {
    const deployments = new Map<string, DeploymentState>();
    const seen = new Set<number>();
    const over = new AbortController();
    const path = `/apis/apps/v1/namespaces/${NAMESPACE}/deployments`;
    const watching = (async () => {
      for await (const { type, object } of client.watch<DeploymentState>(
        path,
        {},
        { signal: over.signal, silenceMs: 240_000 },
      )) {
        if (type === 'BOOKMARK') continue;
        deployments.set(object.metadata.name, object);
        seen.add([...deployments.values()].filter(isRolling).length);
      }
    })().catch(() => {});
    await act();
    over.abort();
    await watching;
    return { most: Math.max(...seen), images: [...deployments.values()].map(liveImage) };
  };

  it(`rolls at most ${AT_A_TIME} of ${POOLS.length} pools at a time, and in the end all`, async () => {
    const { most, images } = await watched(async () => {
      await run(NEW);
      await allServe(NEW);
    });
    console.log(`      ${POOLS.length} pools, at most ${most} rolled at a time`);
    expect(most).to.be.within(1, AT_A_TIME);
    expect(new Set(images)).to.deep.equal(new Set([NEW]));
  });

  it('stops at the first roll-back: the other pools were never touched and say why', async () => {
    await run(UNFIT);
    await eventually(
      'the first pools are rolled back and the others wait',
      async () => {
        const now = await pools();
        const failed = now.filter(({ failedImage }) => failedImage === UNFIT);
        const waiting = now.filter(({ waits, failedImage }) => waits && failedImage === undefined);
        return failed.length > 0 && failed.length + waiting.length === POOLS.length;
      },
      { seconds: 60, every: 250 },
    );
    const failed = (await pools()).filter(({ failedImage }) => failedImage === UNFIT);
    expect(failed.length).to.be.within(1, AT_A_TIME);
    await throughout(10, async () => {
      const now = await pools();
      expect(now.filter(({ failedImage }) => failedImage === UNFIT)).to.have.length(failed.length);
      for (const { image, failedImage, ready } of now) {
        expect(image).to.equal(NEW);
        if (failedImage === undefined) expect(ready).to.equal('True');
      }
    });
    console.log(`      ${failed.length} of ${POOLS.length} pools tried the unfit image`);
  });

  it('goes on with another image', async () => {
    await run(OLD);
    await allServe(OLD);
  });
});
