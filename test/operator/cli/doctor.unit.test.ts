import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { fieldsFinding } from '../../../operator/cli/doctor/api-server.ts';
import { exitCodeOf } from '../../../operator/cli/doctor/command.ts';
import { conditionFindings } from '../../../operator/cli/doctor/conditions.ts';
import { eachOnce, failed, findingText, ok, see, skipped, warning } from '../../../operator/cli/doctor/finding.ts';
import { look } from '../../../operator/cli/doctor/look.ts';
import { leaderFinding, upFinding } from '../../../operator/cli/doctor/operator.ts';
import { type EventObject, eventFinding, podFindings } from '../../../operator/cli/doctor/pods.ts';
import { POOL_FIELDS } from '../../../operator/cli/doctor/pool-fields.generated.ts';
import { autoscalerFinding, loadFinding } from '../../../operator/cli/doctor/queue.ts';
import type { Finding } from '../../../operator/cli/doctor/report.generated.ts';
import { fieldsOf } from '../../../operator/cli/doctor/schema-fields.ts';
import { electLeader, leaseNameOf } from '../../../operator/cli/operator-pods.ts';
import { REASONS, type Reason, remedyOf } from '../../../operator/pool/conditions.ts';
import type { Condition, Pool } from '../../../operator/pool/pool.ts';
import { poolLoadView } from '../../../operator/queue-api/pool-load.ts';
import { filledPool } from '../pool/filled.ts';

const NOW = Date.parse('2026-01-01T12:00:00Z');
const ago = (seconds: number) => new Date(NOW - seconds * 1000).toISOString();
const SELECTOR = 'previews.mobius.dev/pool=photos';

const poolWith = (conditions: Partial<Condition>[], changes: Readonly<Record<string, unknown>> = {}): Pool => {
  const pool = filledPool(changes, 'photos');
  return {
    ...pool,
    metadata: { ...pool.metadata, generation: 3 },
    status: { observedGeneration: 3, replicas: 1, readyReplicas: 1, conditions: conditions as Condition[] },
  };
};
const told = ({ status, guide = '', message }: Finding) => [status, guide.split('#')[1], message];

describe('what doctor makes of a pool’s conditions', () => {
  it('says of a pool that is left alone that it is, and not that the operator is to blame for a newer spec', () => {
    const pool = poolWith([
      { type: 'ReconcileDisabled', status: 'True', reason: 'ReconcileDisabled', message: 'left alone' },
    ]);
    const changed = { ...pool, metadata: { ...pool.metadata, generation: 4 } };
    expect(conditionFindings(changed, SELECTOR).flatMap(told)).to.include('reconciledisabled');
    expect(conditionFindings(poolWith([]), SELECTOR).flatMap(told)).to.not.include('reconciledisabled');
  });

  const said = (reason: Reason, words = 'why') => {
    const remedy = remedyOf(reason, { namespace: 'ns', selector: SELECTOR });
    return { reason, message: [words, remedy].filter(Boolean).join('; ') };
  };
  const find = (...conditions: Partial<Condition>[]) => conditionFindings(poolWith(conditions), SELECTOR);

  it('is nothing where all are as they should be, the autoscaler’s silence at 0 included', () => {
    const findings = find(
      { type: 'Ready', status: 'True', ...said('ScaledToZero', 'no workers are wanted') },
      { type: 'Degraded', status: 'False', ...said('AsExpected', '') },
      { type: 'AutoscalingActive', status: 'Unknown', ...said('NotChecked') },
      { type: 'QueueSeen', status: 'True', ...said('QueueFound', '') },
    );
    expect(findings.map(told)).to.deep.equal([['ok', undefined, 'ScaledToZero: no workers are wanted']]);
  });

  it('is a failure with the remedy apart from its message, where nothing will mend by itself', () => {
    const both = said('ImagePullFailed', 'no node can get it');
    const [first, ...more] = eachOnce(
      find({ type: 'Ready', status: 'False', ...both }, { type: 'Stalled', status: 'True', ...both }),
    );
    expect(more).to.deep.equal([]);
    expect(first && told(first)).to.deep.equal(['failed', 'imagepullfailed', 'ImagePullFailed: no node can get it']);
    expect(first?.remedy).to.match(/kubectl -n ns describe pods --show-events -l previews\.mobius\.dev\/pool=photos$/);
  });

  it('is a warning while something is under way, or where Ready does not depend on it', () => {
    expect(
      find(
        { type: 'Ready', status: 'False', ...said('WaitingForWorkers') },
        { type: 'Reconciling', status: 'True', ...said('WaitingForWorkers') },
        { type: 'RedisReady', status: 'True', ...said('ConnectedWithWarnings') },
        { type: 'QueueSeen', status: 'False', ...said('QueueNotFound') },
        { type: 'QueueShared', status: 'True', ...said('QueueShared') },
      ).map(told),
    ).to.deep.equal([
      ['warning', 'waitingforworkers', 'WaitingForWorkers: why'],
      ['warning', 'connectedwithwarnings', 'ConnectedWithWarnings: why'],
      ['warning', 'queuenotfound', 'QueueNotFound: why'],
      ['warning', 'queueshared', 'QueueShared: why'],
    ]);
  });

  it('is the operator’s absence where it has not looked since the last change', () => {
    const pool = poolWith([{ type: 'Ready', status: 'True', ...said('WorkersReady') }]);
    const changed = { ...pool, metadata: { ...pool.metadata, generation: 4 } };
    const anew = filledPool({}, 'photos');
    for (const [one, words] of [
      [changed, 'the operator has not looked at the pool since it was changed'],
      [anew, 'the operator has never looked at the pool'],
    ] as const)
      expect(conditionFindings(one, SELECTOR).map(told)).to.deep.equal([
        ['failed', 'the-operator-does-not-answer', words],
      ]);
  });

  it('is told also of a reason of another version', () => {
    const [finding] = find({ type: 'Degraded', status: 'True', reason: 'OfTomorrow', message: 'so; do this' });
    expect(finding && told(finding)).to.deep.equal(['failed', 'oftomorrow', 'OfTomorrow: so; do this']);
  });
});

describe('what doctor makes of pods and events', () => {
  const pod = (name: string, status: object) => ({ metadata: { name, namespace: 'ns' }, status });
  const ready = { conditions: [{ type: 'Ready', status: 'True' }] };

  it('is a count where all are ready', () => {
    expect(podFindings([pod('a', ready), pod('b', ready)], NOW).map(told)).to.deep.equal([
      ['ok', undefined, '2 of 2 pods are ready'],
    ]);
  });

  it('is what keeps them from their start: an image, a node, a configuration', () => {
    const waiting = (reason: string, message = '') => ({
      containerStatuses: [{ name: 'worker', image: 'w:1', state: { waiting: { reason, message } } }],
    });
    expect(podFindings([pod('a', waiting('ImagePullBackOff')), pod('b', ready)], NOW).map(told)).to.deep.equal([
      ['failed', 'imagepullfailed', '1 pod: no node can get the image w:1'],
    ]);
    const unplaced = { conditions: [{ type: 'PodScheduled', status: 'False', message: '0/3 nodes: no memory' }] };
    expect(podFindings([pod('a', unplaced), pod('b', unplaced)], NOW).map(told)).to.deep.equal([
      ['failed', 'pods-do-not-start', 'no node takes 2 pods: 0/3 nodes: no memory'],
    ]);
    const config = waiting('CreateContainerConfigError', 'secret "redis" not found');
    expect(podFindings([pod('a', config)], NOW).map(told)).to.deep.equal([
      ['warning', 'pods-do-not-start', 'a: CreateContainerConfigError: secret "redis" not found'],
    ]);
  });

  it('is a container that was restarted within the hour, by what ended it', () => {
    const restarted = (seconds: number) => ({
      ...ready,
      containerStatuses: [
        {
          ...{ name: 'renderer', restartCount: 4 },
          lastState: { terminated: { exitCode: 137, reason: 'OOMKilled', finishedAt: ago(seconds) } },
        },
      ],
    });
    const [finding] = podFindings([pod('a', restarted(120))], NOW);
    expect(finding?.message).to.equal(
      'container renderer of a was restarted 4 times, last 2m0s ago with 137 (OOMKilled)',
    );
    expect(finding?.remedy).to.contain('spec.template.resources');
    expect(podFindings([pod('a', restarted(7_200))], NOW)[0]?.status).to.equal('ok');
  });

  it('is the latest warning of the pool and of what it is made of, and of no other pool', () => {
    const pool = { ...filledPool({}, 'photos'), kind: 'PreviewWorkerPool' };
    const event = (kind: string, name: string, seconds: number, note: string): EventObject => ({
      ...{ metadata: { name: note }, regarding: { kind, name }, reason: 'Failed', note, eventTime: ago(seconds) },
    });
    const { message } = eventFinding(
      pool,
      [
        event('PreviewWorkerPool', 'photos', 300, 'pool'),
        event('Pod', 'preview-photos-6d4b75cb6d-bx2cv', 60, 'pod'),
        event('Pod', 'preview-photos-large-6d4b75cb6d-bx2cv', 1, 'another pool’s'),
        event('Deployment', 'preview-photos-large', 1, 'another pool’s'),
        event('PreviewWorkerPool', 'preview-photos', 1, 'another pool'),
        event('Deployment', 'preview-photos', 4_000, 'old'),
      ],
      NOW,
    );
    expect(message).to.equal('1m0s ago of Pod preview-photos-6d4b75cb6d-bx2cv: Failed: pod, and 1 more');
    expect(eventFinding(pool, [], NOW).status).to.equal('ok');
  });
});

describe('what doctor makes of a queue and its autoscaler', () => {
  const pool = poolWith([], { scaling: { mode: 'Auto', auto: { targetWaitSeconds: 20 } } });
  const load = { waiting: 7, backfill: 1, active: 2, delayed: 0, oldestSeconds: 5, paused: false };
  const viewOf = (changes: object, ready = 1) => ({
    ...poolLoadView(pool, undefined),
    ready,
    load: { ...load, arrivalsPerSecond: null, donePerSecond: null, ...changes },
  });
  for (const [what, view, expected] of [
    ['jobs that come and go', viewOf({}), ['ok', undefined, '8 jobs wait, 2 run, 1 workers are ready']],
    [
      'jobs that wait twice as long as they may',
      viewOf({ oldestSeconds: 65 }),
      [
        'warning',
        'previews-are-late',
        '8 jobs wait, 2 run, 1 workers are ready; the oldest for 1m5s, where 20 s are the target',
      ],
    ],
    ['jobs and no worker', viewOf({}, 0), ['failed', 'nothing-is-rendered', '8 jobs wait, 2 run, 0 workers are ready']],
    [
      'a paused queue',
      viewOf({ paused: true }, 0),
      ['warning', 'nothing-is-rendered', 'the queue is paused: 8 jobs wait, 2 run, 0 workers are ready'],
    ],
    [
      'a load that is not known',
      poolLoadView(pool, undefined),
      ['failed', 'loadunknown', 'the operator can not read the load of the queue'],
    ],
  ] as const)
    it(`tells of ${what}`, () => expect(told(loadFinding(pool, view))).to.deep.equal(expected));

  it('tells of an autoscaler that can not see, and of one at its maximum', () => {
    const metadata = { name: 'preview-photos' };
    const active = { type: 'ScalingActive', status: 'True', reason: 'ValidMetricFound', message: '' };
    const blind = { type: 'ScalingActive', status: 'False', reason: 'FailedGetExternalMetric', message: 'no answer' };
    const full = { type: 'ScalingLimited', status: 'True', reason: 'TooManyReplicas', message: '' };
    const find = (...conditions: (typeof active)[]) =>
      told(autoscalerFinding(pool, { metadata, spec: { maxReplicas: 9 }, status: { conditions } }, SELECTOR));
    expect(find(active)).to.deep.equal(['ok', undefined, 'it does its work']);
    expect(find(blind).slice(0, 2)).to.deep.equal(['failed', 'metricsunavailable']);
    expect(find(active, full).slice(0, 2)).to.deep.equal(['warning', 'previews-are-late']);
  });
});

describe('what doctor makes of the operator and of the CRD', () => {
  const pod = (name: string, status: 'True' | 'False') => ({
    metadata: { name },
    spec: { containers: [] },
    status: { conditions: [{ type: 'Ready', status, ...(status === 'False' ? { message: 'not ready' } : {}) }] },
  });
  const lease = (holderIdentity: string, seconds: number) => ({ spec: { holderIdentity, renewTime: ago(seconds) } });

  it('tells of one that is not there, and of one that is not ready', () => {
    expect(upFinding([], 'ns').message).to.equal('no operator runs in the namespace ns');
    expect(upFinding([pod('a', 'False')], 'ns').message).to.equal('0 of 1 operators are ready: not ready');
    expect(upFinding([pod('a', 'True'), pod('b', 'False')], 'ns').status).to.equal('ok');
  });

  it('tells of a Lease that nobody holds, that was not renewed, or that a pod of before holds', () => {
    const pods = [pod('a', 'True')];
    expect(leaderFinding(pods, lease('a_1', 5), NOW).status).to.equal('ok');
    expect(leaderFinding(pods, undefined, NOW).status).to.equal('failed');
    expect(leaderFinding(pods, lease('a_1', 600), NOW).message).to.match(/last heard of at 2026-01-01T11:50/);
    expect(leaderFinding(pods, lease('gone_1', 5), NOW).status).to.equal('warning');
  });

  it('looks for the Lease by the name that the operator’s own pods are told, and for none where they are told to act without', () => {
    const told = (...env: { name: string; value: string }[]) =>
      [{ metadata: { name: 'a' }, spec: { containers: [{ env }] } }] as unknown as Parameters<typeof leaseNameOf>[0];
    expect(leaseNameOf(told())).to.equal('preview-worker-operator');
    expect(leaseNameOf(told({ name: 'LEASE_NAME', value: 'previews-preview-worker-operator' }))).to.equal(
      'previews-preview-worker-operator',
    );
    expect([electLeader(told()), electLeader(told({ name: 'LEADER_ELECT', value: 'false' }))]).to.deep.equal([
      true,
      false,
    ]);
  });

  it('tells of a CRD that would drop what this version knows', () => {
    expect(fieldsFinding(POOL_FIELDS, POOL_FIELDS).status).to.equal('ok');
    expect(POOL_FIELDS).to.include.members(['queue.redis.urlFrom.key', 'scaling.auto.targetWaitSeconds']);
    const { status, message } = fieldsFinding(POOL_FIELDS.slice(0, -2), POOL_FIELDS);
    expect([status, message]).to.deep.equal([
      ...[
        'warning',
        `the CRD is older than this program: spec.${POOL_FIELDS.at(-2)} and 1 more would be dropped from pools`,
      ],
    ]);
    const list = {
      properties: { a: { items: { properties: { b: {} } } }, c: { additionalProperties: { properties: { d: {} } } } },
    };
    expect(fieldsOf(list)).to.deep.equal(['a', 'a.b', 'c', 'c.d']);
  });
});

describe('the report of doctor', () => {
  it('ends with 0, 1 or 2', () => {
    const fine = ok('crd', '');
    expect(exitCodeOf([fine])).to.equal(0);
    expect(exitCodeOf([fine, warning('crd', '')])).to.equal(1);
    expect(exitCodeOf([fine, skipped('crd', ''), failed('crd', '')])).to.equal(1);
    expect(exitCodeOf([fine, skipped('crd', '')])).to.equal(2);
    expect(exitCodeOf([failed('api-server', '')])).to.equal(2);
  });

  it('tells a cause once that a condition has told, of the same pool', () => {
    const of = (subject: string, check: string) => ({ ...see(failed(check, ''), 'SecretNotFound'), subject });
    expect(
      eachOnce([of('a', 'conditions'), of('a', 'secrets'), of('b', 'secrets'), of('b', 'secrets')]),
    ).to.have.lengthOf(3);
  });

  it('can not move the cursor of who reads it', () => {
    const text = findingText({ ...see(failed('pods', '\u001b[2Jx\ny', 'a\nb'), 'Refused'), subject: 'p' });
    expect(text).to.equal(
      'FAILED  pods        p:  [2Jx y\n                    to do: a b\n                    see:   docs/troubleshooting.md#refused',
    );
  });

  it('says of a look that does not end that it did not, and of one that fails why', async () => {
    const about = { check: 'pods', right: 'list pods' };
    const [hangs] = await look({ ...about, work: () => new Promise(() => {}) }, 0.05);
    expect(hangs).to.include({ status: 'skipped', message: 'no answer within 0.05 s' });
    const [fails] = await look({ ...about, work: () => Promise.reject(new Error('so')) }, 5);
    expect(fails).to.include({ status: 'skipped', message: 'so' });
  });

  it('leads into the guide, wherever a look of kubectl pwp or of preview-worker has something to tell', () => {
    const guide = readFileSync('docs/troubleshooting.md', 'utf8');
    const folders = ['operator/cli/doctor', 'worker/cli/doctor'];
    const files = folders.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));
    // Reasons and symptoms as they are passed on: no other text has a capital or a hyphen there.
    const passedOn = /(?:entry: |ENTRY = |\),\s+|\? |(?<=') : )'([A-Z]\w+|[a-z]+(?:-\w+)+)'(?=[,;)\s])/g;
    const entries = files.flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(passedOn)].map(([, entry = '']) => entry),
    );
    expect(entries).to.include.members([
      'SecretNotFound',
      'the-operator-does-not-answer',
      'job-sourcenotfound',
      'ScratchUnavailable',
    ]);
    for (const entry of entries) expect(guide, entry).to.contain(`<a id="${entry.toLowerCase()}">`);
    for (const reason of Object.keys(REASONS)) expect(guide).to.contain(`<a id="${reason.toLowerCase()}">`);
  });
});
