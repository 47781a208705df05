import { expect } from 'chai';
import type { KubeClient } from '../../operator/kube/client.ts';
import { KubeError, unlessNotFound } from '../../operator/kube/errors.ts';
import type { KubeObject } from '../../operator/kube/object.ts';
import { MANAGED_BY } from '../../operator/pool/names.ts';
import { conditionOf, type Pool } from '../../operator/pool/pool.ts';
import { childPath } from '../../operator/reconcile/observe.ts';
import { type ControlPlane, startControlPlane } from '../cluster/control-plane.ts';
import { eventually } from '../cluster/eventually.ts';
import { startRedis, type TestRedis } from '../cluster/redis.ts';
import { figure } from '../faults/figures.ts';
import { adminClient, installCrd, POOLS_PATH, type RunningOperator, startOperator } from './operator.ts';
import { at, ownedLeaves, type Path, withValue } from './owned-fields.ts';
import { MINIMAL } from './pool/rules.ts';
import { childrenIn } from './pool-life.ts';

const FOREIGN = { 'example.com/theirs': 'yes' };
const SIDECAR = { name: 'sidecar', image: 'sidecar:1' };

type Child = KubeObject & { readonly kind: string };

describe('what others do to the children of a pool', function () {
  this.timeout(240_000);
  let cluster: ControlPlane;
  let redis: TestRedis;
  let client: KubeClient;
  let operator: RunningOperator;

  before(async () => {
    // Without controllers nothing moves but what the operator moves.
    [cluster, redis] = await Promise.all([startControlPlane({ controllers: false }), startRedis()]);
    await installCrd(cluster);
    client = adminClient(cluster);
    operator = await startOperator({ server: cluster.server, ca: cluster.ca, adminToken: cluster.adminToken });
    await operator.ready();
    const pool = await client.apply<Pool>(`${POOLS_PATH('default')}/pool`, {
      apiVersion: 'previews.mobius.dev/v1alpha1',
      kind: 'PreviewWorkerPool',
      metadata: {
        name: 'pool',
        labels: { 'app.kubernetes.io/instance': 'theirs', 'argocd.argoproj.io/instance': 'theirs' },
        annotations: { 'argocd.argoproj.io/tracking-id': 'theirs', 'meta.helm.sh/release-name': 'theirs' },
      },
      spec: {
        ...MINIMAL,
        queue: { name: 'previews', redis: { url: redis.url } },
        scaling: { mode: 'Auto', auto: { provider: 'CPU', minReplicas: 1, targetCPUUtilizationPercentage: 75 } },
        networkPolicy: { enabled: true },
      },
    });
    await eventually('the pool is looked at', async () => {
      const now = await client.get<Pool>(`${POOLS_PATH('default')}/pool`);
      return (
        now.status?.observedGeneration === pool.metadata.generation &&
        conditionOf(now, 'Ready')?.reason === 'WaitingForWorkers' &&
        (await children()).length >= 7
      );
    });
  });
  after(async () => {
    await operator?.stop();
    await client?.close();
    await Promise.all([cluster?.stop(), redis?.stop()]);
  });

  const children = () => childrenIn(client, 'default');
  const read = async ({ kind, metadata }: Child): Promise<Child> => ({
    ...(await client.get<KubeObject>(childPath({ kind, metadata }))),
    kind,
  });
  /** Resolves to whether the API server let it happen. */
  const edit = (child: Child, changed: Child) => {
    const { kind: _, apiVersion: __, metadata, ...rest } = changed as Child & { status?: unknown };
    const { labels, annotations } = metadata;
    const { status: ___, ...body } = rest;
    return client
      .mergePatch(childPath(child), { ...body, metadata: { labels, annotations } }, 'somebody')
      .then(() => true)
      .catch((error: unknown) => !(error instanceof KubeError && error.isInvalid) && Promise.reject(error));
  };

  it('nothing of the pool’s own labels and annotations is copied to them', async () => {
    expect(
      JSON.stringify((await children()).map(({ metadata }) => ({ ...metadata, managedFields: [] }))),
    ).to.not.contain('theirs');
  });

  it('each of them that is deleted is made anew', async () => {
    const all = await children();
    for (const child of all) {
      await client.delete(childPath(child), { propagationPolicy: 'Background' });
      await eventually(`another ${child.kind} is there`, async () => {
        const now = await client.get<KubeObject>(childPath(child)).catch(unlessNotFound);
        return now !== undefined && now.metadata.uid !== child.metadata.uid;
      });
    }
    figure(11, `each of ${all.length} children deleted: made anew`);
  });

  it('each owned field that is edited is repaired, and what is not ours stays', async () => {
    // The hand-over of replicas follows the birth of the Deployment.
    await eventually('the autoscaler owns the replicas', async () =>
      (await children()).some(
        ({ metadata }) => metadata.annotations?.['previews.mobius.dev/replicas-owner'] === 'autoscaler',
      ),
    );
    for (const child of await children()) await edit(child, withForeign(child));
    let [edited, refused] = [0, 0];
    for (const child of await children()) {
      for (const path of ownedLeaves(child, MANAGED_BY)) {
        // Who owns the object is not a field to repair: without the reference it is not ours.
        if (path[1] === 'ownerReferences') continue;
        const before = await read(child);
        if (!(await edit(before, withValue(before, path, other(at(before, path)))))) {
          refused += 1;
          continue;
        }
        edited += 1;
        await eventually(`${child.kind} ${path.join('.')} is repaired`, async () =>
          isSame(await read(child), before, path),
        );
      }
    }
    expect(edited, 'edited').to.be.greaterThan(100);
    for (const child of await children()) {
      expect(child.metadata.annotations, child.kind).to.include(FOREIGN);
      if (child.kind !== 'Deployment') continue;
      expect(at(child, ['spec', 'replicas'])).to.equal(7);
      expect(at(child, ['spec', 'template', 'metadata', 'annotations'])).to.include(FOREIGN);
      const containers = at(child, ['spec', 'template', 'spec', 'containers']) as { name: string; image: string }[];
      expect(containers.find(({ name }) => name === SIDECAR.name)).to.include(SIDECAR);
    }
    figure(
      11,
      `${edited} owned fields edited: each repaired; ${refused} more the API server does not let be edited; sidecar, annotations and replicas of others untouched`,
    );
  });
});

/** What a service mesh, an autoscaler or a person adds. */
function withForeign(child: Child): Child {
  const annotated = withValue(child, ['metadata', 'annotations'], { ...child.metadata.annotations, ...FOREIGN });
  if (child.kind !== 'Deployment') return annotated;
  const containers = ['spec', 'template', 'spec', 'containers'];
  const annotations = ['spec', 'template', 'metadata', 'annotations'];
  return [
    [['spec', 'replicas'], 7] as const,
    [containers, [...(at(child, containers) as object[]), SIDECAR]] as const,
    [annotations, { ...(at(child, annotations) as object), ...FOREIGN }] as const,
  ].reduce<Child>((changed, [path, value]) => withValue(changed, path, value), annotated);
}

/** Another value of the same type. */
function other(value: unknown): unknown {
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'boolean') return !value;
  return `${String(value)}x`;
}

const isSame = (now: Child, before: Child, path: Path): boolean =>
  JSON.stringify(at(now, path)) === JSON.stringify(at(before, path));
