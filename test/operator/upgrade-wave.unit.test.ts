import { expect } from 'chai';
import type { DeploymentState } from '../../operator/pool/deployment-state.ts';
import type { Pool } from '../../operator/pool/pool.ts';
import { isOperatorsChange, UpgradeWave } from '../../operator/reconcile/upgrade-wave.ts';

const RESTARTED = 'previews.mobius.dev/restarted-at';

function deployment(
  name: string,
  { hash = 'old', restartedAt, updated = 1, total = 1, ready = 1, wanted = 1 }: Partial<Record<string, unknown>> = {},
): DeploymentState {
  const annotations = {
    'previews.mobius.dev/template-hash': hash,
    ...(restartedAt ? { [RESTARTED]: restartedAt } : {}),
  };
  const owner = { apiVersion: 'v', kind: 'PreviewWorkerPool', name, uid: name, controller: true };
  return {
    metadata: { name: `preview-${name}`, namespace: 'ns', generation: 1, ownerReferences: [owner] },
    spec: { replicas: wanted, template: { metadata: { annotations } } },
    status: { observedGeneration: 1, replicas: total, updatedReplicas: updated, readyReplicas: ready },
  } as unknown as DeploymentState;
}
const rolling = (name: string) => deployment(name, { updated: 1, total: 2 });
const settled = (name: string) => deployment(name, { hash: 'new' });

function pool({ observed = 3, restartedAt, failedImage }: Partial<Record<string, unknown>> = {}): Pool {
  return {
    metadata: {
      name: 'a',
      namespace: 'ns',
      generation: 3,
      annotations: restartedAt ? { [RESTARTED]: restartedAt } : {},
    },
    spec: { image: 'i:2' },
    status: { observedGeneration: observed, ...(failedImage ? { failedImage } : {}) },
  } as unknown as Pool;
}

describe('a change of the template', () => {
  const desired = deployment('a', { hash: 'new' });
  const live = deployment('a');

  it('is the operator’s when neither the spec nor restarted-at asks for it', () => {
    expect(isOperatorsChange(pool(), desired, live)).to.equal(true);
  });

  it('is not: a new spec, one that the API server failed at, a restart on request, a roll-back, a first Deployment, one at 0, one that is as it should be', () => {
    expect(isOperatorsChange(pool({ observed: 2 }), desired, live)).to.equal(false);
    expect(isOperatorsChange(pool({ restartedAt: 'now' }), desired, live)).to.equal(false);
    expect(isOperatorsChange(pool({ failedImage: 'i:2' }), desired, live)).to.equal(false);
    expect(isOperatorsChange(pool(), desired, undefined)).to.equal(false);
    const failed = { type: 'Ready', reason: 'ApplyFailed' };
    const untried = { ...pool(), status: { ...pool().status, conditions: [failed] } } as unknown as Pool;
    expect(isOperatorsChange(untried, desired, live)).to.equal(false);
    expect(isOperatorsChange(pool(), desired, deployment('a', { wanted: 0 }))).to.equal(false);
    expect(isOperatorsChange(pool(), desired, deployment('a', { hash: 'new' }))).to.equal(false);
  });
});

describe('a wave of upgrades', () => {
  function wave(state: { deployments?: DeploymentState[]; pools?: Pool[] } = {}) {
    const woken: string[] = [];
    const made = new UpgradeWave({
      maxConcurrent: 2,
      pools: () => state.pools ?? [],
      deployments: () => state.deployments ?? [],
      wake: (key) => woken.push(key),
    });
    return { made, woken };
  }

  it('lets as many go as may roll at a time, and the next when one is settled', () => {
    const { made, woken } = wave();
    expect(['ns/a', 'ns/b', 'ns/a'].map((key) => made.enter(key, 'i:2'))).to.deep.equal([
      undefined,
      undefined,
      undefined,
    ]);
    expect(made.enter('ns/c', 'i:2')).to.contain('2 pools roll already');
    made.seen('ns/a', rolling('a'));
    made.seen('ns/a', deployment('a', { hash: 'new', ready: 0 }));
    expect(woken).to.deep.equal([]);
    made.seen('ns/a', settled('a'));
    expect(woken).to.deep.equal(['ns/c']);
    expect(made.enter('ns/c', 'i:2')).to.equal(undefined);
  });

  it('counts what rolls already, whoever began it', () => {
    const state = { deployments: [rolling('x'), settled('y'), rolling('z')] };
    const { made } = wave(state);
    expect(made.enter('ns/a', 'i:2')).to.contain('2 pools roll already');
    state.deployments = [rolling('x'), settled('y'), settled('z')];
    expect(made.enter('ns/a', 'i:2')).to.equal(undefined);
  });

  it('stops at the first roll-back of its image, also for those that were let go and did not start', () => {
    const state: { pools: Pool[] } = { pools: [] };
    const { made } = wave(state);
    expect(made.enter('ns/a', 'i:2')).to.equal(undefined);
    state.pools = [pool({ failedImage: 'i:2' })];
    for (const key of ['ns/a', 'ns/b']) expect(made.enter(key, 'i:2')).to.contain('i:2 was rolled back');
    expect(made.enter('ns/c', 'i:3')).to.equal(undefined);
  });

  it('gives the place of a pool that is gone or at 0 to the next', () => {
    const { made, woken } = wave();
    for (const key of ['ns/a', 'ns/b', 'ns/c', 'ns/d']) made.enter(key, 'i:2');
    made.forget('ns/a');
    made.seen('ns/b', deployment('b', { wanted: 0, total: 0, updated: 0, ready: 0 }));
    expect(woken).to.deep.equal(['ns/c', 'ns/d']);
  });

  it('refuses a bound that lets nothing through', () => {
    const options = { pools: () => [], deployments: () => [], wake: () => {} };
    expect(() => new UpgradeWave({ maxConcurrent: 0, ...options })).to.throw('from 1, got 0');
  });
});
