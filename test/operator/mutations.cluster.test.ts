/** Row 4 of the fault table: each field of a pool changed in every way that comes to mind, and changed back. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { KubeClient } from '../../operator/kube/client.ts';
import type { KubeError } from '../../operator/kube/errors.ts';
import type { KubeObject } from '../../operator/kube/object.ts';
import { REASONS } from '../../operator/pool/conditions.ts';
import { ANNOTATIONS, type Pool as AnyPool } from '../../operator/pool/pool.ts';
import { replicasOwner } from '../../operator/pool/replicas.ts';
import { readConfig } from '../../worker/config.ts';
import { type ControlPlane, startControlPlane } from '../cluster/control-plane.ts';
import { eventually } from '../cluster/eventually.ts';
import { startRedis, type TestRedis } from '../cluster/redis.ts';
import { figure, tallied } from '../faults/figures.ts';
import { adminClient, installCrd, POOLS_PATH, type RunningOperator, startOperator } from './operator.ts';
import { SPEC_SCHEMA } from './pool/filled.ts';
import { allLeaves, type Leaf, leavesOf, type Mutation, mutated, mutationsOf, pathOf } from './pool/leaves.ts';
import { wholePools } from './pool/whole-pools.ts';

const FULL = process.env['FAULTS_FULL'] === '1';
/** Without FAULTS_FULL: each so many mutations one. A prime: fields of any number of mutations take turns in them. */
const STRIDE = 23;
const NAMESPACE = 'default';
const CHILDREN = [
  '/api/v1/serviceaccounts',
  '/api/v1/configmaps',
  '/api/v1/services',
  '/apis/networking.k8s.io/v1/networkpolicies',
  '/apis/policy/v1/poddisruptionbudgets',
  '/apis/apps/v1/deployments',
  '/apis/autoscaling/v2/horizontalpodautoscalers',
];

type Pool = AnyPool & {
  status: {
    observedGeneration: number;
    conditions?: { type: string; status: string; reason: keyof typeof REASONS; message: string }[];
  };
};

interface State {
  readonly children: unknown;
  readonly conditions: unknown;
}

describe('every field of a pool, changed and changed back', function () {
  this.timeout(FULL ? 30 * 60_000 : 180_000);
  let cluster: ControlPlane;
  let redis: TestRedis;
  let client: KubeClient;
  let operator: RunningOperator;
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'preview-mutations-'));
    [cluster, redis] = await Promise.all([startControlPlane({ controllers: false }), startRedis()]);
    await installCrd(cluster);
    client = adminClient(cluster);
    const secret = (name: string, stringData: object) => ({
      ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: NAMESPACE }, stringData },
    });
    const empty = { username: 'u', password: 'p', 'ca.crt': '-', 'tls.crt': '-', 'tls.key': '-' };
    for (const one of [
      secret('redis', { url: redis.url, ...empty }),
      secret('object-store', { accessKeyId: 'id', secretAccessKey: 'secret' }),
    ])
      await client.create(`/api/v1/namespaces/${NAMESPACE}/secrets`, one);
    operator = await startOperator({ server: cluster.server, ca: cluster.ca, adminToken: cluster.adminToken });
    await operator.ready();
  });
  after(async () => {
    await operator?.stop();
    await client?.close();
    await Promise.all([cluster?.stop(), redis?.stop()]);
    await rm(folder, { recursive: true, force: true });
  });

  const path = (name: string) => `${POOLS_PATH(NAMESPACE)}/${name}`;
  const apply = (name: string, spec: unknown) =>
    client.apply<Pool>(path(name), {
      apiVersion: 'previews.mobius.dev/v1alpha1',
      kind: 'PreviewWorkerPool',
      metadata: { name },
      spec,
    });
  /** When the operator has answered to this generation. */
  const answered = (name: string, { metadata: { generation = 0 } }: Pool) =>
    eventually(
      `generation ${generation} of ${name} is answered`,
      async () => {
        const pool = await client.get<Pool>(path(name));
        return pool.status.observedGeneration >= generation ? pool : undefined;
      },
      { seconds: 30, every: 15 },
    );
  const childrenOf = (name: string): Promise<unknown> =>
    Promise.all(
      CHILDREN.map(async (collection) => {
        const { items } = await client.list<KubeObject & Record<string, unknown>>(collection, {
          labelSelector: `previews.mobius.dev/pool=${name}`,
        });
        return items.map(({ metadata, spec, data }) => {
          const { name: own, labels, annotations } = metadata;
          return { collection, own, labels, annotations, spec, data };
        });
      }),
    );
  const stateOf = async (name: string, { status }: Pool): Promise<State> => ({
    children: await childrenOf(name),
    // Of a Redis that is away the messages may differ from look to look.
    conditions: status.conditions?.map(({ type, status: holds, reason }) => [type, holds, reason]),
  });
  /** The hand-over of the replicas follows the birth of the Deployment. */
  const settled = async (name: string, pool: Pool): Promise<State> => {
    const deployment = `/apis/apps/v1/namespaces/${NAMESPACE}/deployments/preview-${name}`;
    await eventually(
      `the replicas of ${name} have their owner`,
      async () => {
        const { metadata } = await client.get<KubeObject>(deployment);
        return metadata.annotations?.[ANNOTATIONS.replicasOwner] === replicasOwner(pool);
      },
      { seconds: 30 },
    );
    return stateOf(name, await client.get<Pool>(path(name)));
  };
  /** What Redis says comes with the next look at it. */
  const isAgain = async (name: string, before: State, pool: Pool) => {
    await answered(name, pool);
    let after: State | undefined;
    await eventually(
      'all is as it was',
      async () => {
        after = await stateOf(name, await client.get<Pool>(path(name)));
        return JSON.stringify(after) === JSON.stringify(before);
      },
      { seconds: 30, every: 250 },
    ).catch(() => {
      throw new Error(`not what it was before: ${onlyIn(after, before)}; and before ${onlyIn(before, after)}`);
    });
  };
  const errors = () =>
    operator.metric('controller_runtime_reconcile_total{controller="previewworkerpool",result="error"}');

  /** What came of one mutation; rejects with what is wrong about it. */
  const tryOut = async (name: string, spec: unknown, leaf: Leaf, mutation: Mutation): Promise<string> => {
    let changed: Pool;
    try {
      changed = await apply(name, mutated(spec, leaf, mutation));
    } catch (error) {
      const { status, message } = error as KubeError;
      // 400: not even of the right type. Either way the answer names the field, or the object around it.
      const named = leaf.path.some((part) => typeof part === 'string' && message.includes(part));
      if (![400, 422, 500].includes(status) || !named) throw error;
      return 'refused with the field named';
    }
    const pool = await answered(name, changed);
    const ready = pool.status.conditions?.find(({ type }) => type === 'Ready');
    if (!ready || !(ready.reason in REASONS)) throw new Error(`no reason is given: ${JSON.stringify(ready)}`);
    if (ready.status === 'False' && ready.message === '') throw new Error(`${ready.reason} without a message`);
    const stalled = pool.status.conditions?.some(({ type, status }) => type === 'Stalled' && status === 'True');
    // What the API server let pass, a worker must be able to read.
    if (!stalled) await readable(name);
    return ready.reason;
  };
  const readable = async (name: string) => {
    const config = await client.get<{ data: Record<string, string> }>(
      `/api/v1/namespaces/${NAMESPACE}/configmaps/preview-${name}-config`,
    );
    const file = join(folder, 'config.json');
    await writeFile(file, config.data['config.json'] ?? '');
    readConfig(file);
  };

  it('is healthy or says clearly what is wrong, and comes back to what it was', async () => {
    const outcomes: string[] = [];
    const wrong: string[] = [];
    const covered = new Set<string>();
    let turn = 0;
    for (const [name, spec] of Object.entries(wholePools(redis.url))) {
      const before = await settled(name, await answered(name, await apply(name, spec)));
      for (const leaf of leavesOf(spec, SPEC_SCHEMA)) {
        covered.add(pathOf(leaf));
        for (const mutation of mutationsOf(leaf, valueAt(spec, leaf))) {
          turn += 1;
          if (!FULL && turn % STRIDE !== 0) continue;
          const failures = await errors();
          const what = `${name}: ${leaf.path.join('.')} ${mutation.name}`;
          outcomes.push(
            await tryOut(name, spec, leaf, mutation).catch((error: Error) => {
              wrong.push(`${what}: ${error.message}`);
              return 'WRONG';
            }),
          );
          await isAgain(name, before, await apply(name, spec)).catch((error: Error) => {
            wrong.push(`${what}: ${error.message}`);
          });
          if ((await errors()) !== failures) wrong.push(`${what}: a reconcile failed`);
        }
      }
    }
    const total = allLeaves(SPEC_SCHEMA);
    const left = total.filter((leaf) => !covered.has(leaf));
    figure(
      4,
      `${total.length - left.length} of ${total.length} fields, ${outcomes.length} mutations: ${tallied(outcomes)}`,
    );
    if (left.length > 0) console.log(`      no whole pool sets ${left.join(', ')}`);
    expect(wrong.join('\n')).to.equal('');
    expect(left.length / total.length).to.be.below(0.1);
  });
});

const valueAt = (spec: unknown, { path }: Leaf): unknown =>
  path.reduce((at, part) => (at as Record<string | number, unknown>)[part], spec);

/** The values of one that the other does not have in that place or any. */
function onlyIn(one: State | undefined, other: State | undefined): string {
  const lines = (state: State | undefined) =>
    (JSON.stringify(state, null, 1) ?? '').split('\n').map((line) => line.trim());
  const known = new Set(lines(other));
  return lines(one)
    .filter((line) => !known.has(line))
    .join(' ');
}
