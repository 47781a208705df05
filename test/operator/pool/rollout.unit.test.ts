import { expect } from 'chai';
import type { Pool } from '../../../operator/pool/pool.ts';
import { judge, withImageToRun } from '../../../operator/pool/rollout.ts';
import type { PodFailure, WorkerPod } from '../../../operator/pool/worker-pod.ts';

const PROVEN = { image: 'good:1', provenTemplate: 'old' };
const FAILED = { ...PROVEN, failedImage: 'bad:1', failedBecause: 'why' };

function pool({
  image = 'bad:1',
  status = PROVEN,
  restartedAt,
  rollbackOnFailure = true,
}: {
  image?: string;
  status?: object;
  restartedAt?: string;
  rollbackOnFailure?: boolean;
} = {}): Pool {
  const annotations = restartedAt === undefined ? {} : { 'previews.mobius.dev/restarted-at': restartedAt };
  return {
    metadata: { name: 'pool', annotations },
    spec: { image, rollout: { rollbackOnFailure } },
    status,
  } as unknown as Pool;
}

function deployment({
  image = 'bad:1',
  updated = 1,
  total = 3,
  ready = 2,
  observed = 1,
  restartedAt,
}: {
  image?: string;
  updated?: number;
  total?: number;
  ready?: number;
  observed?: number;
  restartedAt?: string;
} = {}) {
  return {
    metadata: { name: 'd', generation: 1 },
    spec: {
      template: {
        metadata: {
          annotations: {
            'previews.mobius.dev/template-hash': 'new',
            ...(restartedAt === undefined ? {} : { 'previews.mobius.dev/restarted-at': restartedAt }),
          },
        },
        spec: { containers: [{ name: 'worker', image }] },
      },
    },
    status: { observedGeneration: observed, replicas: total, updatedReplicas: updated, readyReplicas: ready },
  };
}

const pod = (template: string, failure?: PodFailure): WorkerPod => ({
  metadata: { name: 'p' },
  template,
  isReady: failure === undefined,
  failure,
});
const evidence: PodFailure = { reason: 'SelfTestFailed', message: 'why', isConclusive: true };
const crash: PodFailure = { ...evidence, reason: 'CrashLooping' };

describe('the roll-back of an image', () => {
  const memoryOf = (changes: Partial<Parameters<typeof judge>[0]>) =>
    judge({ pool: pool(), deployment: deployment(), pods: [], isRedisConnected: true, ...changes }).memory;

  it('happens on a failure of a pod of the new template', () => {
    expect(memoryOf({ pods: [pod('old'), pod('new', evidence)] })).to.deep.equal(FAILED);
  });

  it('does not happen on a failure of an old pod, or of a first try', () => {
    expect(memoryOf({ pods: [pod('old', evidence)] })).to.deep.equal(PROVEN);
    expect(memoryOf({ pods: [pod('old'), pod('new', { ...evidence, isConclusive: false })] })).to.deep.equal(PROVEN);
  });

  it('happens on crashes only beside a healthy old pod and a Redis that answers', () => {
    const pods = [pod('old'), pod('new', crash)];
    expect(memoryOf({ pods })).to.have.property('failedImage', 'bad:1');
    expect(memoryOf({ pods: pods.slice(1) })).to.deep.equal(PROVEN);
    expect(memoryOf({ pods, isRedisConnected: false })).to.deep.equal(PROVEN);
  });

  it('does not happen when another image, or none, served before', () => {
    const pods = [pod('old'), pod('new', evidence)];
    expect(memoryOf({ pods, pool: pool({ status: {} }) })).to.deep.equal({});
    const same = { image: 'bad:1', provenTemplate: 'old' };
    expect(memoryOf({ pods, pool: pool({ status: same }) })).to.deep.equal(same);
    expect(memoryOf({ pods, pool: pool({ rollbackOnFailure: false }) })).to.deep.equal(PROVEN);
  });

  it('waits for a restart that was asked for and is not carried out yet', () => {
    const pods = [pod('old'), pod('new', evidence)];
    expect(memoryOf({ pods, pool: pool({ restartedAt: 'now' }) })).to.deep.equal(PROVEN);
    const carriedOut = deployment({ restartedAt: 'now' });
    expect(memoryOf({ pods, pool: pool({ restartedAt: 'now' }), deployment: carriedOut })).to.deep.equal(FAILED);
  });

  it('renders what served before, until another image is wanted', () => {
    expect(withImageToRun(pool({ status: FAILED })).spec.image).to.equal('good:1');
    expect(withImageToRun(pool({ status: FAILED, image: 'new:2' })).spec.image).to.equal('new:2');
    expect(withImageToRun(pool({ status: FAILED, rollbackOnFailure: false })).spec.image).to.equal('bad:1');
  });

  it('is remembered while the workers of before come back and serve', () => {
    for (const [updated, total, ready] of [
      [0, 2, 2],
      [2, 2, 2],
      [2, 2, 0],
      [0, 0, 0],
    ] as const) {
      const back = deployment({ image: 'good:1', updated, total, ready });
      const memory = memoryOf({ pool: pool({ status: FAILED }), deployment: back });
      expect(memory).to.include({ image: 'good:1', failedImage: 'bad:1', failedBecause: 'why' });
    }
  });

  it('is forgotten when another image is wanted, or when restarted-at changes', () => {
    const back = deployment({ image: 'good:1', updated: 2, total: 2 });
    for (const changed of [pool({ status: FAILED, image: 'new:2' }), pool({ status: FAILED, restartedAt: 'now' })]) {
      expect(memoryOf({ pool: changed, deployment: back })).to.deep.equal({ image: 'good:1', provenTemplate: 'new' });
    }
    const same = {
      pool: pool({ status: FAILED, restartedAt: 'a' }),
      deployment: deployment({ image: 'good:1', restartedAt: 'a' }),
    };
    expect(memoryOf(same)).to.have.property('failedImage', 'bad:1');
  });
});

describe('what serves', () => {
  const memoryOf = (state: ReturnType<typeof deployment>) =>
    judge({ pool: pool(), deployment: state, pods: [], isRedisConnected: true }).memory;

  it('is the new image once no old pod is left and one is ready', () => {
    expect(memoryOf(deployment({ updated: 2, total: 2, ready: 1 }))).to.deep.equal({
      image: 'bad:1',
      provenTemplate: 'new',
    });
  });

  it('is the old one while old pods are there, nothing is ready, or the counts are of an earlier template', () => {
    for (const state of [
      { updated: 1, total: 3 },
      { updated: 2, total: 2, ready: 0 },
      { updated: 0, total: 0, ready: 0 },
      { updated: 2, total: 2, observed: 0 },
    ]) {
      expect(memoryOf(deployment(state))).to.deep.equal(PROVEN);
    }
  });
});
