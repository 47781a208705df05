import { expect } from 'chai';
import { REASONS, type ReasonText } from '../../../operator/pool/conditions.ts';
import type { Facts } from '../../../operator/pool/facts.ts';
import type { Pool } from '../../../operator/pool/pool.ts';
import { SITUATIONS } from '../../../operator/pool/situations.ts';
import { statusOf } from '../../../operator/pool/status.ts';
import { deployment, facts, NOW, pool, QUOTA, refused, TABLE, was } from './observed-pools.ts';
import { brokenRules } from './status-rules.ts';

const poolWith = (given: Facts): Pool => ({ ...given.pool, status: statusOf(given, NOW) });

describe('the status of a pool', () => {
  for (const row of TABLE) {
    const { conditions = [] } = statusOf(row.facts, NOW);
    const holds = conditions.filter(({ status }) => status === 'True').map(({ type }) => type);
    const ready = conditions.find(({ type }) => type === 'Ready');

    it(`${row.situation}: Ready ${row.ready}`, () => {
      expect(`${ready?.status} ${ready?.reason}`).to.equal(row.ready);
      expect(holds.filter((type) => !['Ready', 'Available', 'RedisReady'].includes(type)).sort()).to.deep.equal(
        row.also,
      );
    });

    it(`${row.situation}: keeps the rules of kstatus and Flux`, () => {
      expect(brokenRules(poolWith(row.facts))).to.deep.equal([]);
    });
  }

  describe('of a pool that wants monitoring objects', () => {
    const configured = (monitoring: NonNullable<Facts['monitoring']>) => {
      const { conditions = [] } = statusOf(facts({ monitoring }), NOW);
      const ready = conditions.find(({ type }) => type === 'Ready')?.status;
      const found = conditions.find(({ type }) => type === 'MonitoringConfigured');
      return `Ready ${ready}, ${found?.status} ${found?.reason}`;
    };

    it('says whether they are there, and leaves Ready alone', () => {
      expect(configured({ unserved: [], problem: undefined })).to.equal('Ready True, True AsExpected');
      expect(configured({ unserved: ['ServiceMonitor'], problem: undefined })).to.equal(
        'Ready True, False CRDNotInstalled',
      );
      expect(
        configured({ unserved: [], problem: { kind: 'PrometheusRule', reason: 'Refused', message: 'no' } }),
      ).to.equal('Ready True, False Refused');
    });
  });

  it('has a case here for every situation of the table', () => {
    const seen = new Set(TABLE.map(({ ready }) => ready));
    const said = SITUATIONS.map(({ isReady, reason }) => `${isReady ? 'True' : 'False'} ${reason}`);
    expect(said.filter((ready) => !seen.has(ready))).to.deep.equal([]);
  });

  it('says of every reason what it means', () => {
    const meant = (reason: string, { means }: ReasonText) =>
      means ?? SITUATIONS.find((situation) => situation.reason === reason)?.situation;
    const meaningless = Object.entries<ReasonText>(REASONS).filter(([reason, text]) => !meant(reason, text));
    expect(meaningless.map(([reason]) => reason)).to.deep.equal([]);
  });

  it('names no pod when pods are refused, and says what to do', () => {
    const { conditions = [] } = statusOf(facts({ deployment: refused(deployment(0, { total: 0 }), QUOTA) }), NOW);
    expect(conditions[0]?.message).to.match(
      /^the API server refuses the pods: exceeded quota: small, requested: pods=1, limited: pods=0; change what/,
    );
  });

  it('moves lastTransitionTime only with the status', () => {
    const before = was('WaitingForWorkers', 'False');
    const same = statusOf(facts({ pool: pool({ status: before }), deployment: deployment(1) }), NOW);
    expect(same.conditions?.[0]?.lastTransitionTime).to.equal('2020-01-01T00:00:00Z');
    const other = statusOf(facts({ pool: pool({ status: before }) }), NOW);
    expect(other.conditions?.[0]?.lastTransitionTime).to.equal(NOW);
  });

  it('an upgrade that waits for its turn leaves Ready alone', () => {
    const { conditions } = statusOf(facts({ waits: 'others roll' }), NOW);
    expect(conditions?.find(({ type }) => type === 'Ready')?.status).to.equal('True');
    expect(conditions?.find(({ type }) => type === 'Progressing')).to.include({
      status: 'False',
      reason: 'UpgradeWaits',
    });
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
    expect(brokenRules({ ...pool({ annotations: {} }), status })).to.deep.equal([]);
  });
});
