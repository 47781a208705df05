import { expect } from 'chai';
import type { KubeClient } from '../../operator/kube/client.ts';
import type { KubeObject } from '../../operator/kube/object.ts';
import { type ControlPlane, startControlPlane } from '../cluster/control-plane.ts';
import { eventually, throughout } from '../cluster/eventually.ts';
import { startRedis, type TestRedis } from '../cluster/redis.ts';
import { figure } from '../faults/figures.ts';
import { type FaultProxy, type RecordedRequest, startFaultProxy } from '../faults/proxy.ts';
import { adminClient, installCrd, POOLS_PATH, type RunningOperator, startOperator } from './operator.ts';
import { MINIMAL } from './pool/rules.ts';

/** Past the 15 s of the Lease in any case. */
const FROZEN_SECONDS = process.env['FAULTS_FULL'] ? 40 : 25;

interface Replica {
  readonly proxy: FaultProxy;
  readonly operator: RunningOperator;
}

/** The moment at which it first wrote its own name into the Lease with success. */
function ledSince({ proxy }: Replica): number {
  const write = proxy.requests.find(
    ({ method, path, code, body }) =>
      path.includes('/leases') && method !== 'GET' && code < 300 && code > 0 && /"holderIdentity":"[^"]/.test(body),
  );
  return write?.at ?? Number.POSITIVE_INFINITY;
}

describe('two operators', function () {
  this.timeout(240_000);
  let cluster: ControlPlane;
  let redis: TestRedis;
  let client: KubeClient;
  const replicas: Replica[] = [];
  let churning: Promise<void> | undefined;
  let churn = true;

  const start = async (): Promise<Replica> => {
    const proxy = await startFaultProxy(cluster);
    const operator = await startOperator({ server: proxy.url, adminToken: cluster.adminToken, leaderElection: true });
    await operator.ready();
    const replica = { proxy, operator };
    replicas.push(replica);
    return replica;
  };
  const leads = ({ operator }: Replica) => operator.metric('leader_election_master_status');
  /** Changes five pools in turns, without a pause: whoever leads has something to write at each moment. */
  const keepChanging = async () => {
    for (let turn = 1; churn; turn += 1) {
      const name = `pool-${turn % 5}`;
      await client.apply(`${POOLS_PATH('default')}/${name}`, {
        apiVersion: 'previews.mobius.dev/v1alpha1',
        kind: 'PreviewWorkerPool',
        metadata: { name },
        spec: {
          ...MINIMAL,
          queue: { name: 'previews', redis: { url: redis.url } },
          scaling: { mode: 'Fixed', replicas: 1 + (turn % 7) },
        },
      });
    }
  };
  const writesOf = ({ proxy }: Replica, after: number): RecordedRequest[] =>
    proxy.writes().filter(({ at, code }) => at > after && code !== 0);

  before(async () => {
    [cluster, redis] = await Promise.all([startControlPlane({ controllers: false }), startRedis()]);
    await installCrd(cluster);
    client = adminClient(cluster);
  });
  beforeEach(() => {
    churn = true;
  });
  afterEach(async () => {
    churn = false;
    await churning;
    for (const { operator, proxy } of replicas.splice(0)) {
      operator.process.kill('SIGCONT');
      await operator.stop();
      await proxy.stop();
    }
    await client
      .delete('/apis/coordination.k8s.io/v1/namespaces/default/leases/preview-worker-operator')
      .catch(() => {});
  });
  after(async () => {
    await client?.close();
    await Promise.all([cluster?.stop(), redis?.stop()]);
  });

  it('are both Ready, one leads, and the other takes over at once when the first ends in order', async () => {
    const leader = await start();
    await eventually('the first leads', async () => (await leads(leader)) === 1);
    const standby = await start();
    churning = keepChanging();
    await eventually('the leader writes', () => leader.proxy.writes().length > 20);
    expect(await leads(standby)).to.equal(0);
    expect(standby.proxy.writes()).to.deep.equal([]);
    const asked = performance.now();
    leader.operator.process.kill('SIGTERM');
    expect(await leader.operator.process.exited).to.equal('code 0');
    await eventually('the other leads', async () => (await leads(standby)) === 1, { seconds: 10 });
    await eventually('the other writes', () => standby.proxy.writes().length > 20);
    expect(writesOf(leader, ledSince(standby))).to.deep.equal([]);
    figure(10, `taken over ${((ledSince(standby) - asked) / 1000).toFixed(1)} s after SIGTERM`);
  });

  it('never write at once when the leader is killed', async () => {
    const leader = await start();
    await eventually('the first leads', async () => (await leads(leader)) === 1);
    const standby = await start();
    churning = keepChanging();
    await eventually('the leader writes', () => leader.proxy.writes().length > 20);
    const killed = performance.now();
    leader.operator.process.kill('SIGKILL');
    await eventually('the other leads', async () => (await leads(standby)) === 1, { seconds: 60 });
    await eventually('the other writes', () => standby.proxy.writes().length > 20);
    const overlapping = writesOf(leader, ledSince(standby));
    figure(
      10,
      `taken over ${((ledSince(standby) - killed) / 1000).toFixed(1)} s after SIGKILL, ${overlapping.length} overlapping writes`,
    );
    expect(overlapping).to.deep.equal([]);
  });

  it(`never write at once when the leader is frozen for ${FROZEN_SECONDS} s, which ends when it thaws`, async () => {
    const leader = await start();
    await eventually('the first leads', async () => (await leads(leader)) === 1);
    const standby = await start();
    churning = keepChanging();
    await eventually('the leader writes', () => leader.proxy.writes().length > 20);
    const frozen = performance.now();
    leader.operator.process.kill('SIGSTOP');
    await throughout(FROZEN_SECONDS, async () => {
      // Watches of the frozen one fill its sockets meanwhile: much waits for it when it thaws.
      await client.get<KubeObject>(`${POOLS_PATH('default')}/pool-1`);
    });
    await eventually('the other leads', async () => (await leads(standby)) === 1);
    leader.operator.process.kill('SIGCONT');
    const thawed = performance.now();
    expect(await leader.operator.process.exited).to.equal('code 1');
    const ended = performance.now();
    await eventually('the other goes on writing', () => writesOf(standby, ended).length > 20);
    const overlapping = writesOf(leader, ledSince(standby));
    figure(
      10,
      `taken over ${((ledSince(standby) - frozen) / 1000).toFixed(1)} s after SIGSTOP, ${overlapping.length} overlapping writes, ended ${((ended - thawed) / 1000).toFixed(2)} s after SIGCONT`,
    );
    expect(overlapping).to.deep.equal([]);
    expect(leader.operator.process.logTail(40)).to.include('the Lease is lost');
  });
});
