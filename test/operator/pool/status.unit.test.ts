import { expect } from 'chai';
import { NEGATIVE } from '../../../operator/pool/conditions.ts';
import type { Pool } from '../../../operator/pool/pool.ts';
import { type DeploymentState, type Facts, statusOf } from '../../../operator/pool/status.ts';

const NOW = '2030-01-01T00:00:00Z';
const connected = { reason: 'Connected', message: '' } as const;

function pool(changes: { spec?: object; status?: object; annotations?: Record<string, string> } = {}): Pool {
  return {
    metadata: {
      name: 'pool',
      namespace: 'ns',
      uid: 'u',
      generation: 3,
      ...(changes.annotations ? { annotations: changes.annotations } : {}),
    },
    spec: { suspend: false, scaling: { mode: 'Fixed', replicas: 2 }, ...changes.spec },
    ...(changes.status ? { status: changes.status } : {}),
  } as unknown as Pool;
}

const deployment = (
  ready: number,
  { total = 2, updated = total, replicas = 2 }: { total?: number; updated?: number; replicas?: number } = {},
): DeploymentState => ({
  metadata: { name: 'd', generation: 1 },
  spec: { replicas },
  status: {
    observedGeneration: 1,
    replicas: total,
    updatedReplicas: updated,
    readyReplicas: ready,
    availableReplicas: ready,
  },
});

const was = (reason: string, status: 'True' | 'False') => ({
  observedGeneration: 3,
  conditions: [{ type: 'Ready', status, reason, message: '', lastTransitionTime: '2020-01-01T00:00:00Z' }],
});

const facts = (changes: Partial<Facts> = {}): Facts => ({
  pool: pool(),
  deployment: deployment(2),
  problem: undefined,
  unpullable: [],
  redis: connected,
  missingSecrets: [],
  selector: 'a=b',
  ...changes,
});

interface Row {
  readonly situation: string;
  readonly facts: Facts;
  readonly ready: string;
  /** Every condition that is True beside Ready, Available and RedisReady. */
  readonly also: readonly string[];
}

const TABLE: readonly Row[] = [
  { situation: 'all workers are ready', facts: facts(), ready: 'True WorkersReady', also: [] },
  {
    situation: 'first image can not be pulled, nothing to fall back to',
    facts: facts({ pool: pool({ spec: { image: 'bad' } }), deployment: deployment(0), unpullable: ['bad'] }),
    ready: 'False ImagePullFailed',
    also: ['Stalled'],
  },
  {
    situation: 'an image of another template can not be pulled',
    facts: facts({ pool: pool({ spec: { image: 'good' } }), deployment: deployment(0), unpullable: ['bad'] }),
    ready: 'False WaitingForWorkers',
    also: ['Reconciling'],
  },
  {
    situation: 'a new image can not be pulled while the old workers serve',
    facts: facts({
      pool: pool({ spec: { image: 'bad' } }),
      deployment: deployment(2, { total: 3, updated: 1 }),
      unpullable: ['bad'],
    }),
    ready: 'False RollingOut',
    also: ['Progressing', 'Reconciling'],
  },
  {
    situation: 'suspended while its image can not be pulled',
    facts: facts({
      pool: pool({ spec: { suspend: true, image: 'bad' } }),
      deployment: deployment(0, { total: 0, replicas: 0 }),
      unpullable: ['bad'],
    }),
    ready: 'True Suspended',
    also: ['Suspended'],
  },
  {
    situation: 'first start, no worker yet',
    facts: facts({ deployment: deployment(0) }),
    ready: 'False WaitingForWorkers',
    also: ['Reconciling'],
  },
  {
    situation: 'nothing was made yet',
    facts: facts({ deployment: undefined }),
    ready: 'False WaitingForWorkers',
    also: ['Reconciling'],
  },
  {
    situation: 'ready < minimum after having been ready',
    facts: facts({ pool: pool({ status: was('WorkersReady', 'True') }), deployment: deployment(1) }),
    ready: 'False TooFewWorkers',
    also: ['Degraded'],
  },
  {
    situation: 'still too few',
    facts: facts({ pool: pool({ status: was('TooFewWorkers', 'False') }), deployment: deployment(1) }),
    ready: 'False TooFewWorkers',
    also: ['Degraded'],
  },
  {
    situation: 'Secret or key absent',
    facts: facts({ redis: { reason: 'SecretNotFound', message: 'no' } }),
    ready: 'False SecretNotFound',
    also: ['Degraded'],
  },
  {
    situation: 'Secret or key of an object store absent, workers still run',
    facts: facts({ missingSecrets: ['Secret s3 with key accessKeyId'] }),
    ready: 'False SecretNotFound',
    also: ['Degraded'],
  },
  {
    situation: 'Redis down',
    facts: facts({ redis: { reason: 'RedisUnreachable', message: 'no' } }),
    ready: 'False RedisUnreachable',
    also: ['Degraded'],
  },
  {
    situation: 'suspended',
    facts: facts({ pool: pool({ spec: { suspend: true } }), deployment: deployment(0, { total: 0, replicas: 0 }) }),
    ready: 'True Suspended',
    also: ['Suspended'],
  },
  {
    situation: 'suspended while Redis is down',
    facts: facts({ pool: pool({ spec: { suspend: true } }), redis: { reason: 'RedisUnreachable', message: 'no' } }),
    ready: 'True Suspended',
    also: ['Suspended'],
  },
  {
    situation: 'template change rolling out',
    facts: facts({ deployment: deployment(2, { total: 3, updated: 1 }) }),
    ready: 'False RollingOut',
    also: ['Progressing', 'Reconciling'],
  },
  {
    situation: 'Fixed at 0',
    facts: facts({
      pool: pool({ spec: { scaling: { mode: 'Fixed', replicas: 0 } } }),
      deployment: deployment(0, { total: 0, replicas: 0 }),
    }),
    ready: 'True ScaledToZero',
    also: [],
  },
  {
    situation: 'External, as many as its owner wants',
    facts: facts({ pool: pool({ spec: { scaling: { mode: 'External' } } }), deployment: deployment(2) }),
    ready: 'True WorkersReady',
    also: [],
  },
  {
    situation: 'a name conflict',
    facts: facts({ problem: { reason: 'NameConflict', message: 'taken' } }),
    ready: 'False NameConflict',
    also: ['Stalled'],
  },
  {
    situation: 'memory below slots',
    facts: facts({ problem: { reason: 'MemoryTooSmall', message: 'small' } }),
    ready: 'False MemoryTooSmall',
    also: ['Stalled'],
  },
];

describe('the status of a pool', () => {
  for (const row of TABLE) {
    const { conditions = [], observedGeneration } = statusOf(row.facts, NOW);
    const holds = conditions.filter(({ status }) => status === 'True').map(({ type }) => type);
    const ready = conditions.find(({ type }) => type === 'Ready');

    it(`${row.situation}: Ready ${row.ready}`, () => {
      expect(`${ready?.status} ${ready?.reason}`).to.equal(row.ready);
      expect(holds.filter((type) => !['Ready', 'Available', 'RedisReady'].includes(type)).sort()).to.deep.equal(
        row.also,
      );
    });

    it(`${row.situation}: keeps the rules of kstatus and Flux`, () => {
      const types = conditions.map(({ type }) => type);
      expect(types).to.include.members(['Ready', 'Available', 'Progressing', 'Degraded', 'RedisReady']);
      expect(new Set(types).size, 'each type once').to.equal(types.length);
      if (ready?.status === 'True')
        expect(holds, 'a negative condition forbids Ready').to.not.include.members([...NEGATIVE]);
      for (const type of NEGATIVE) if (holds.includes(type)) expect(ready?.status).to.equal('False');
      expect(holds.includes('Reconciling') && holds.includes('Stalled')).to.equal(false);
      expect(observedGeneration).to.be.at.most(row.facts.pool.metadata.generation ?? 0);
      for (const condition of conditions) expect(condition.observedGeneration).to.equal(observedGeneration);
    });
  }

  it('moves lastTransitionTime only with the status', () => {
    const before = was('WaitingForWorkers', 'False');
    const same = statusOf(facts({ pool: pool({ status: before }), deployment: deployment(1) }), NOW);
    expect(same.conditions?.[0]?.lastTransitionTime).to.equal('2020-01-01T00:00:00Z');
    const other = statusOf(facts({ pool: pool({ status: before }) }), NOW);
    expect(other.conditions?.[0]?.lastTransitionTime).to.equal(NOW);
  });

  it('freezes when reconciliation is disabled', () => {
    const status = statusOf(
      facts({
        pool: pool({
          status: was('WorkersReady', 'True'),
          annotations: { 'previews.mobius.dev/reconcile': 'disabled' },
        }),
      }),
      NOW,
    );
    expect(status.conditions?.map(({ type, status: holds }) => `${type} ${holds}`)).to.deep.equal([
      'Ready True',
      'ReconcileDisabled True',
    ]);
    expect(status.observedGeneration).to.equal(3);
  });
});
