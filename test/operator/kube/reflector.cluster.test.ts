import { expect } from 'chai';
import { KubeClient } from '../../../operator/kube/client.ts';
import type { KubeError } from '../../../operator/kube/errors.ts';
import { type KubeObject, pathOf } from '../../../operator/kube/object.ts';
import { type Change, Store } from '../../../operator/kube/store.ts';
import { Reflector } from '../../../operator/kube/watch.ts';
import { type ControlPlane, startControlPlane } from '../../cluster/control-plane.ts';
import { eventually } from '../../cluster/eventually.ts';
import { type FaultProxy, startFaultProxy } from '../../faults/proxy.ts';

const CONFIG_MAPS = { group: '', version: 'v1', plural: 'configmaps' };
const collection = pathOf(CONFIG_MAPS, { namespace: 'default' });

describe('a reflector on the real API server', function () {
  this.timeout(120_000);
  let cluster: ControlPlane;
  let proxy: FaultProxy;
  let direct: KubeClient;
  let through: KubeClient;
  let store: Store<KubeObject>;
  let reflector: Reflector<KubeObject>;
  let changes: Change<KubeObject>[];
  let problems: KubeError[];
  let count = 0;

  const create = async () => {
    count += 1;
    const name = `map-${count}`;
    await direct.create(collection, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });
    return name;
  };
  const follows = async () => {
    const name = await create();
    await eventually(`${name} is seen`, () => store.get(`default/${name}`) !== undefined);
  };

  before(async () => {
    cluster = await startControlPlane({ controllers: false });
    proxy = await startFaultProxy(cluster);
    const token = async () => cluster.adminToken;
    const options = { fieldManager: 'test', userAgent: 'test' };
    direct = new KubeClient({
      ...options,
      connection: { server: cluster.server, ca: cluster.ca, token, namespace: 'default' },
    });
    through = new KubeClient({ ...options, connection: { server: proxy.url, token, namespace: 'default' } });
  });
  after(async () => {
    await Promise.all([direct?.close(), through?.close()]);
    await proxy?.stop();
    await cluster?.stop();
  });

  beforeEach(async () => {
    changes = [];
    problems = [];
    store = new Store();
    reflector = new Reflector({
      client: through,
      path: collection,
      store,
      onChange: (change) => changes.push(change),
      onProblem: (problem) => problems.push(problem),
      silenceMs: 2_000,
      backoff: () => 20,
    });
    reflector.start();
    await reflector.synced;
    await eventually('the watch is open', () => proxy.openWatches() === 1);
  });
  afterEach(() => reflector.stop());

  it('goes on after the watch was cut', async () => {
    proxy.cutWatches();
    await follows();
    expect(problems[0]?.reason).to.equal('NoAnswer');
  });

  it('lists again after 410 as an answer', async () => {
    proxy.failNext({ match: ({ watch }) => watch, status: 410 });
    proxy.cutWatches();
    await follows();
    expect(problems.some(({ isGone }) => isGone)).to.equal(true);
  });

  it('lists again after 410 inside the stream', async () => {
    proxy.injectLine(
      JSON.stringify({ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' } }),
    );
    await follows();
    expect(problems[0]?.isGone).to.equal(true);
  });

  it('notices a watch that hangs', async () => {
    proxy.hangWatches();
    await follows();
    expect(problems[0]?.message).to.match(/timeout/i);
  });

  it('counts a bad JSON line and goes on', async () => {
    proxy.injectLine('{"type":"ADDED","object":');
    await follows();
    expect(problems[0]?.reason).to.equal('BadWatchLine');
  });

  it('goes on after a list that answers 500', async () => {
    proxy.failNext({ match: ({ watch, method }) => method === 'GET' && !watch, status: 500, times: 3 });
    proxy.injectLine(JSON.stringify({ type: 'ERROR', object: { code: 410, reason: 'Expired' } }));
    await follows();
    expect(problems.filter(({ status }) => status === 500)).to.have.length(3);
  });

  it('tells of an object deleted and made anew while nobody watched as gone and new', async () => {
    const name = await create();
    await eventually('it is seen', () => store.get(`default/${name}`));
    const before = store.get(`default/${name}`)?.metadata.uid;
    proxy.failNext({ match: ({ watch }) => watch, status: 410 });
    proxy.hangWatches();
    await direct.delete(pathOf(CONFIG_MAPS, { namespace: 'default', name }));
    await direct.create(collection, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });
    await eventually('the new one is seen', () => store.get(`default/${name}`)?.metadata.uid !== before);
    const told = changes
      .filter(({ key }) => key === `default/${name}`)
      .map(({ previous, current }) => [previous !== undefined, current !== undefined]);
    expect(told).to.deep.equal([
      [false, true],
      [true, false],
      [false, true],
    ]);
  });

  it('stops at once, also while it waits to try again', async () => {
    const slow = new Reflector({
      client: through,
      path: '/api/v1/nothing',
      store: new Store(),
      onChange: () => {},
      onProblem: (problem) => problems.push(problem),
      backoff: () => 600_000,
    });
    slow.start();
    await eventually('it failed', () => problems.length > 0);
    await slow.stop();
  });
});
