import { expect } from 'chai';
import type { KubeClient } from '../../../operator/kube/client.ts';
import type { KubeError } from '../../../operator/kube/errors.ts';
import { Lease } from '../../../operator/kube/lease.ts';
import { type ControlPlane, startControlPlane } from '../../cluster/control-plane.ts';
import { eventually, throughout } from '../../cluster/eventually.ts';
import { adminClient } from '../operator.ts';
import { startFakeServer } from './fake-server.ts';

const TIMING = { durationSeconds: 3, renewDeadlineSeconds: 2, retrySeconds: 0.2 };
const path = (name: string) => `/apis/coordination.k8s.io/v1/namespaces/default/leases/${name}`;
type Written = { spec: { holderIdentity: string; leaseTransitions: number; renewTime: string } };

describe('a Lease on the real API server', function () {
  this.timeout(60_000);
  let cluster: ControlPlane;
  let client: KubeClient;
  let held: Lease[] = [];
  let lost: string[] = [];
  let problems: KubeError[] = [];

  const contend = (name: string, identity: string, more: { client?: KubeClient; clock?: () => number } = {}) => {
    const lease = new Lease({
      client,
      namespace: 'default',
      name,
      identity,
      timing: TIMING,
      onLost: (why) => lost.push(`${identity}: ${why}`),
      onProblem: (problem) => problems.push(problem),
      ...more,
    });
    held.push(lease);
    return lease;
  };

  before(async () => {
    cluster = await startControlPlane({ controllers: false });
    client = adminClient(cluster);
  });
  afterEach(async () => {
    await Promise.all(held.map((lease) => lease.release()));
    [held, lost, problems] = [[], [], []];
  });
  after(async () => {
    await client?.close();
    await cluster?.stop();
  });

  it('is held by one of five who want it, and renewed', async () => {
    const leases = ['a', 'b', 'c', 'd', 'e'].map((identity) => contend('one', identity));
    for (const lease of leases) void lease.acquire();
    await eventually('one holds it', () => leases.some(({ isHeld }) => isHeld));
    const renewed = async () => (await client.get<Written>(path('one'))).spec.renewTime;
    const first = await renewed();
    await throughout(4, async () => expect(leases.filter(({ isHeld }) => isHeld)).to.have.length(1));
    expect(await renewed()).to.not.equal(first);
    expect(lost).to.deep.equal([]);
  });

  it('goes to another at once when it is released, and no sooner than it ran out when it is not', async () => {
    const [first, second] = [contend('passed', 'first'), contend('passed', 'second')];
    await first.acquire();
    const waiting = second.acquire();
    await first.release();
    const released = performance.now();
    expect(await waiting).to.equal(true);
    expect(performance.now() - released).to.be.lessThan(2_000);

    const { spec } = await client.get<Written>(path('passed'));
    await client.mergePatch(path('passed'), { spec: { ...spec, holderIdentity: 'gone', leaseTransitions: 7 } });
    const third = contend('passed', 'third');
    const since = performance.now();
    await third.acquire();
    expect(performance.now() - since).to.be.within(3_000, 10_000);
    expect((await client.get<Written>(path('passed'))).spec.leaseTransitions).to.equal(8);
  });

  it('is lost by a holder who finds another’s name in it', async () => {
    const lease = contend('taken', 'first');
    await lease.acquire();
    await client.mergePatch(path('taken'), { spec: { holderIdentity: 'robber' } });
    await eventually('it is lost', () => lost.length > 0);
    expect(lost).to.deep.equal(['first: robber holds it']);
    expect(lease.isHeld).to.equal(false);
  });

  it('takes the written times for nothing, and a foreign label for no sign of life', async () => {
    await client.create('/apis/coordination.k8s.io/v1/namespaces/default/leases', {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'future' },
      spec: { holderIdentity: 'gone', leaseDurationSeconds: 3, renewTime: '2099-01-01T00:00:00.000000Z' },
    });
    const lease = contend('future', 'next');
    const waiting = lease.acquire();
    let labels = 0;
    const labelling = setInterval(
      () => client.mergePatch(path('future'), { metadata: { labels: { n: `${labels++}` } } }).catch(() => {}),
      200,
    );
    const taken = await Promise.race([waiting, eventually('never', () => false, { seconds: 10 }).catch(() => false)]);
    clearInterval(labelling);
    expect(taken).to.equal(true);
  });

  it('is not held any more by one who was frozen past the deadline, before any timer of its could tell', async () => {
    let now = 0;
    const lease = contend('frozen', 'sleeper', { clock: () => now });
    await lease.acquire();
    expect(lease.isHeld).to.equal(true);
    now = TIMING.renewDeadlineSeconds * 1000;
    expect(lease.isHeld).to.equal(false);
  });

  it('is given up by a holder whose API server does not answer', async () => {
    let answering = true;
    const stored: { lease?: object } = {};
    const server = await startFakeServer((_, response) => {
      if (answering) response.end(JSON.stringify(stored.lease ?? { metadata: { name: 'x' }, spec: {} }));
    });
    const lease = contend('x', 'holder', { client: server.client });
    stored.lease = { metadata: { name: 'x' }, spec: { holderIdentity: 'holder' } };
    await lease.acquire();
    answering = false;
    const since = performance.now();
    await eventually('it is lost', () => lost.length > 0);
    expect(lost).to.deep.equal(['holder: not renewed for 2 s']);
    expect(performance.now() - since).to.be.lessThan(4_000);
    await server.stop();
  });
});
