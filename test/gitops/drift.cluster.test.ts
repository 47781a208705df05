/**
 * Nothing that lies in Git differs from what is in the cluster, however often the operator has looked: of pools, and of its own
 * objects, into which it writes certificates. `FAULTS_FULL=1`: for an hour by the clock.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import { parseAllDocuments, stringify } from 'yaml';
import type { KubeClient } from '../../operator/kube/client.ts';
import type { KubeObject } from '../../operator/kube/object.ts';
import type { Pool } from '../../operator/pool/pool.ts';
import { type ControlPlane, startControlPlane } from '../cluster/control-plane.ts';
import { eventually } from '../cluster/eventually.ts';
import { freePorts } from '../cluster/ports.ts';
import { startRedis, type TestRedis } from '../cluster/redis.ts';
import { type FaultProxy, startFaultProxy } from '../faults/proxy.ts';
import { operatorToken } from '../operator/access.ts';
import { OPERATOR_NAMESPACE } from '../operator/local-metrics-api.ts';
import { adminClient, installCrd, POOLS_PATH, type RunningOperator, startOperator } from '../operator/operator.ts';
import { scriptOf } from './customizations.ts';
import { diffWithGit, SERVER_SIDE } from './diff.ts';
import { runLua } from './lua.ts';
import { typedPools } from './typed-pools.ts';

const FULL = process.env['FAULTS_FULL'] === '1';
const NAMESPACE = 'preview-worker';
/** Of each pool, asked for one by one; what else happens makes some more. */
const LOOKS = 50;
const HOUR_SECONDS = 3_600;
const RECONCILES = 'controller_runtime_reconcile_total';

describe('what is in the cluster is what is in Git:', function () {
  this.timeout((FULL ? HOUR_SECONDS + 300 : 240) * 1000);
  let cluster: ControlPlane;
  let redis: TestRedis;
  let client: KubeClient;
  let proxy: FaultProxy;
  let operator: RunningOperator;
  let pools: ReadonlyMap<string, string>;
  /** config/operator, led to the operator on this machine. */
  let ours: string;
  let apiPort = 0;

  before(async () => {
    [cluster, redis] = await Promise.all([startControlPlane({ beforeControllers: installCrd }), startRedis()]);
    client = adminClient(cluster);
    proxy = await startFaultProxy(cluster);
    [apiPort = 0] = await freePorts(1);
    ours = ledHere(await cluster.kubectl(['kustomize', 'config/operator']), apiPort);
    await cluster.kubectl(['apply', ...SERVER_SIDE, '-f', '-'], { input: ours });
    operator = await start();
    await cluster.kubectl(['create', 'namespace', NAMESPACE]);
    pools = await typedPools(redis.url);
    for (const text of pools.values()) await cluster.kubectl(['apply', ...SERVER_SIDE, '-f', '-'], { input: text });
  });
  after(async () => {
    await operator?.stop();
    await client?.close();
    await proxy?.stop();
    await Promise.all([cluster?.stop(), redis?.stop()]);
  });

  /** With the rights that config/operator gives it. */
  const start = async () => {
    const { adminToken } = cluster;
    const access = { token: await operatorToken(cluster), namespace: OPERATOR_NAMESPACE };
    const apis = ['--external-metrics', 'true', '--queue-api', 'true', '--external-metrics-port', String(apiPort)];
    const started = await startOperator({ server: proxy.url, adminToken, access, flags: apis });
    await started.ready();
    return started;
  };
  const get = (name: string) => client.get<Pool>(`${POOLS_PATH(NAMESPACE)}/${name}`);
  /** As people and tools ask for it; the value is nobody's in Git. */
  const look = async (name: string, at: string) => {
    const annotations = { 'previews.mobius.dev/requested-at': at };
    await client.mergePatch(`${POOLS_PATH(NAMESPACE)}/${name}`, { metadata: { annotations } });
    await eventually(`${name} was looked at`, async () => (await get(name)).status?.lastHandledReconcileAt === at);
  };
  const lookAtAll = (at: string) => Promise.all([...pools.keys()].map((name) => look(name, at)));
  /** Names with what differs. Waited for: a status that moves while it is compared is no difference that stays. */
  const differences = async (texts: Iterable<readonly [string, string]>) => {
    let found: (readonly [string, string])[] = [];
    const look = async () => {
      const diffs = await Promise.all(
        [...texts].map(async ([name, text]) => [name, await diffWithGit(cluster, text)] as const),
      );
      found = diffs.filter(([, diff]) => diff !== '');
      return found.length === 0;
    };
    await eventually('nothing differs from Git', look, { seconds: 20 }).catch(() => {});
    return found;
  };
  const everything = () => [...pools, ['config/operator', ours] as const];

  it('of pools and of the operator, after hundreds of reconciles, a lost child and a new operator', async () => {
    await lookAtAll('first');
    await eventually(
      'both APIs answer by the certificate that the operator wrote',
      async () => {
        const services = await cluster.kubectl([
          'get',
          'apiservices',
          '-o',
          'jsonpath={.items[?(@.spec.caBundle)].metadata.name}',
        ]);
        return /external\.metrics/.test(services) && /queues\.previews/.test(services);
      },
      { seconds: 60 },
    );
    expect(await differences(everything())).to.deep.equal([]);

    const begun = performance.now();
    let reconciles = 0;
    const isOver = (round: number) => (FULL ? performance.now() - begun > HOUR_SECONDS * 1000 : round >= LOOKS);
    for (let round = 0; !isOver(round); round += 1) {
      await lookAtAll(String(round));
      if (round % LOOKS === Math.floor(LOOKS / 3))
        await cluster.kubectl(['-n', NAMESPACE, 'delete', 'service', '--all']);
      if (round % LOOKS === Math.floor(LOOKS / 2)) {
        reconciles += await operator.metric(RECONCILES);
        await operator.stop();
        operator = await start();
        // The hour has one every few minutes.
        expect(await differences(everything())).to.deep.equal([]);
      }
      if (FULL) await delay(2_000);
    }
    reconciles += await operator.metric(RECONCILES);
    expect(reconciles).to.be.greaterThan(LOOKS * pools.size);
    console.log(
      `      ${reconciles} reconciles of ${pools.size} pools in ${((performance.now() - begun) / 1000).toFixed(0)} s`,
    );
    expect(await differences(everything())).to.deep.equal([]);
  });

  it('of pools that were applied by the client, as Argo CD does unless told otherwise', async () => {
    const text = (pools.get('other-forms') ?? '').replace('name: other-forms', 'name: by-client');
    await cluster.kubectl(['apply', '-f', '-'], { input: text });
    for (let round = 0; round < 5; round += 1) await look('by-client', String(round));
    await eventually('nothing differs', async () => (await diffWithGit(cluster, text, [])) === '');
  });

  it('the operator writes the status of pools, and no field beside it', async () => {
    const written = proxy.writes().filter(({ path }) => /\/previewworkerpools(\/|\?|$)/.test(path));
    expect(written.length).to.be.greaterThan(pools.size);
    expect(written.filter(({ path }) => !/\/previewworkerpools\/[^/]+\/status(\?|$)/.test(path))).to.deep.equal([]);
    for (const name of pools.keys()) {
      const { metadata } = await client.get<KubeObject>(`${POOLS_PATH(NAMESPACE)}/${name}`);
      const entries = metadata.managedFields as readonly { manager: string; subresource?: string }[];
      const operators = entries.filter(({ manager }) => manager.startsWith('preview-worker-operator'));
      expect(operators.map(({ subresource }) => subresource)).to.deep.equal(['status']);
    }
  });

  it('a change by another hand is found, so that nothing found means something', async () => {
    const text = pools.get('sample') ?? '';
    await client.mergePatch(`${POOLS_PATH(NAMESPACE)}/sample`, { spec: { worker: { slots: 5 } } });
    expect(await diffWithGit(cluster, text)).to.match(/^-\s+slots: 5$/m);
    await cluster.kubectl(['apply', ...SERVER_SIDE, '-f', '-'], { input: text });
    expect(await differences([['sample', text]])).to.deep.equal([]);
  });

  describe('an action of Argo CD', () => {
    /** Argo CD sends what the script changed as a merge patch. */
    const act = async (action: string) => {
      const live = await get('sample');
      const [changed] = await runLua<Pool>(scriptOf(`actions/${action}/action.lua`), [live]);
      const { annotations = {} } = changed?.metadata ?? {};
      await client.mergePatch(`${POOLS_PATH(NAMESPACE)}/sample`, {
        metadata: { annotations },
        spec: { suspend: changed?.spec.suspend },
      });
    };
    const apply = (text: string) => cluster.kubectl(['apply', ...SERVER_SIDE, '-f', '-'], { input: text });

    it('stays, and is no difference, where Git does not name the field', async () => {
      const text = pools.get('sample') ?? '';
      await act('suspend');
      await act('restart');
      expect(await differences([['sample', text]])).to.deep.equal([]);
      await apply(text);
      const { metadata, spec } = await get('sample');
      expect(spec.suspend).to.equal(true);
      expect(metadata.annotations).to.have.property('previews.mobius.dev/restarted-at');
      await act('resume');
      expect((await get('sample')).spec.suspend).to.equal(false);
    });

    it('is taken back by the next sync where Git names the field', async () => {
      const text = (pools.get('sample') ?? '').replace('spec:', 'spec:\n  suspend: false');
      await apply(text);
      await act('suspend');
      expect(await diffWithGit(cluster, text)).to.match(/^-\s+suspend: true$/m);
      await apply(text);
      expect((await get('sample')).spec.suspend).to.equal(false);
    });
  });
});

/** Where the API server does not route to pods, the Service is this machine and the APIServices name the operator's port. */
function ledHere(text: string, port: number): string {
  const documents = parseAllDocuments(text).map(
    (document) => document.toJS() as KubeObject & { spec: Record<string, unknown> },
  );
  return documents
    .map((object) => {
      const { kind, metadata, spec } = object;
      if (kind === 'Service' && metadata.name === 'preview-worker-operator-metrics')
        return {
          ...object,
          spec: { type: 'ExternalName', externalName: 'localhost', ports: [{ port, protocol: 'TCP' }] },
        };
      if (kind === 'APIService')
        return { ...object, spec: { ...spec, service: { ...(spec['service'] as object), port } } };
      return object;
    })
    .map((object) => stringify(object, { aliasDuplicateObjects: false }))
    .join('---\n');
}
