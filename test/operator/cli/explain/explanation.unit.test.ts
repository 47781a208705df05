import { expect } from 'chai';
import { explanationData, explanationText } from '../../../../operator/cli/explain/explanation.ts';
import type { ScalingFacts } from '../../../../operator/cli/explain/facts.ts';
import { whatIfOf } from '../../../../operator/cli/explain/what-if.ts';
import { partOf, type Sharer } from '../../../../operator/scaling/share.ts';
import { BURST } from '../../scaling/observations.ts';
import { answerOf, autoscalerOf, deploymentOf, direct, factsOf, poolOf } from './situations.ts';

const text = (changes: Partial<ScalingFacts> = {}) => explanationText(factsOf(changes));
/** The lines of one section, without its title. */
const section = (title: string, of: string) =>
  (of.split('\n\n').find((one) => one.startsWith(title)) ?? '')
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.trim());
const why = (changes: Partial<ScalingFacts> = {}) => section('Why', text(changes));
const decides = (changes: Partial<ScalingFacts>) => section('Who decides', text(changes)).join(' ');
const formula = (observation: object) =>
  section('What comes of it', text({ answer: answerOf({ ...BURST, ...observation }) })).map((line) =>
    line.replaceAll(/ {2,}/g, ' | '),
  );
const byMetric = direct({ provider: 'ExternalMetrics' });
const wanted = (workers: number, changes: object = {}) => answerOf(BURST, { wanted: workers, ...changes });

describe('the explanation of a number of workers', () => {
  it('tells who decides, what comes next, each input with its source, and the formula with its numbers', () => {
    const step = { next: 2, heldBy: null, windowSeconds: 0 };
    expect(text({ answer: wanted(2, { step }) })).to.equal(`previews/photos: 1 worker, 1 ready; 2 wanted by its queue

Who decides
  mode Auto, provider Direct, from 0 to 30: the operator itself, through /scale

Why this many, now
  the operator writes 2 at its next look, within 5 s
  the number was last written by preview-worker-operator-activator through /scale

What the queue says (read 3 s ago by operator-1, which leads)
  arrivals            12/s                         interactive jobs, by counts in Redis over the last minute
  a job takes         0.2 s                        of a slot, by the same counts
  waiting             300 interactive, 0 backfill  jobs that could run now: the queue
  running             4 jobs                       the queue
  oldest waits        6 s                          of the interactive jobs: the queue
  paused              no                           the queue
  global concurrency  no limit                     the queue
  rate limit          no limit                     the queue; 0 while it is used up for long
  workers             1, 1 ready                   the Deployment
  a start takes       10 s                         pods seen so far; 10 s before the first
  slots of a worker   4                            spec.worker.slots
  may wait            30 s, backfill 1800 s        targetWaitSeconds, backfillTargetWaitSeconds
  busy share          0.8                          of the slots at steady load: fixed
  bounds              0 to 30                      minReplicas, maxReplicas

What comes of it
  keep up                12/s × 0.2 s / 0.8                 = 3 slots
  catch up, interactive  300 × 0.2 s / 15 s (half of 30 s)  = 4 slots
  catch up, backfill     none waits                         = 0 slots
  in all                 3 + 4 + 0                          = 7 slots
  workers                7 / 4 slots, rounded up            = 2 workers
  wanted                 within 0 to 30                     = 2 workers
`);
  });

  describe('fills in the formula', () => {
    it('where slots are busy beyond the need, and where one job wakes', () => {
      expect(formula({ active: 9 })).to.include('in all | 7, but 9 are busy | = 9 slots');
      expect(formula({ lambda: 0, serviceSeconds: 0, active: 0, waiting: [1, 0] })).to.include(
        'workers | at least 1 while 1 job may run | = 1 worker',
      );
    });
    it('where the queue is paused', () =>
      expect(formula({ paused: true })).to.include.members([
        'paused | nothing is asked for but what runs | = 4 slots',
        'workers | 4 / 4 slots, rounded up | = 1 worker',
      ]));
    it('where a start takes longer than half of the target, and a job longer than that', () => {
      expect(formula({ startupSeconds: 60 })).to.include(
        'catch up, interactive | 300 × 0.2 s / 60 s (what a start takes) | = 1 slot',
      );
      expect(formula({ serviceSeconds: 40, waiting: [2, 0] })).to.include(
        'catch up, interactive | 40 s a job is over 15 s: one slot for each | = 2 slots',
      );
    });
    it('where the target is missed, with a quarter more or the reason for none', () => {
      const missed = { oldestSeconds: 40, replicas: 4, ready: 4, active: 16 };
      expect(formula(missed)).to.include('overdue | 40 s is over 30 s: 1.25 × 4, at least | = 5 workers');
      expect(formula({ ...missed, ready: 3 })).to.include(
        'overdue | 40 s is over 30 s, but not all are ready yet: no more for that',
      );
      expect(formula({ ...missed, active: 2 })).to.include(
        'overdue | 40 s is over 30 s, but not all slots are busy: no more for that',
      );
    });
    for (const [limit, last] of [
      [{ max: 1 }, 'wanted | maxReplicas | = 1 worker'],
      [{ min: 3 }, 'wanted | minReplicas | = 3 workers'],
      [{ rateLimitPerSecond: 4 }, 'wanted | the rate limit feeds no more than | = 1 worker'],
      [{ globalConcurrency: 4 }, 'wanted | global concurrency 4 can use no more than | = 1 worker'],
    ] as const)
      it(`where ${JSON.stringify(limit)} bounds it`, () => expect(formula(limit).at(-1)).to.equal(last));
    it('where the rate limit feeds fewer slots', () => {
      const fed = (observation: object) => formula(observation).at(-2);
      expect(fed({ rateLimitPerSecond: 8, active: 0 })).to.equal(
        'rate limit | feeds 8/s × 0.2 s / 0.8 = 2 slots | = 1 worker',
      );
      expect(fed({ rateLimitPerSecond: 0, active: 5, waiting: [3_000, 0] })).to.equal(
        'rate limit | feeds 0/s × 0.2 s / 0.8 = 0 slots, but 5 are busy | = 2 workers',
      );
      expect(formula({ rateLimitPerSecond: 90 }).join()).not.to.contain('rate limit');
    });
    it('up to what is not known', () =>
      expect(formula({ lambda: undefined })).to.deep.equal(['no number, for lambda is not known yet']));
  });

  describe('of a queue that is shared', () => {
    const others: readonly Sharer[] = [
      { slots: 4, live: 1, ready: 1, goesBefore: true, bounds: { min: 0, max: 30 } },
      { slots: 2, live: 1, ready: 1, goesBefore: true },
    ];
    const sharedBy = (observation: object) => {
      const observed = { ...BURST, ...observation };
      const part = partOf(observed, others);
      if (part === undefined) throw new Error('no part');
      return answerOf(observed, {
        ...{ wanted: part.workers, sharing: { with: ['b', 'c'], others, part } },
        ...{ idleSeconds: part.workers === 0 ? 40 : 0, sleepsInSeconds: part.workers === 0 ? 260 : null },
      });
    };
    it('tells what it would be alone, what is there anyway, and the part of this pool', () => {
      const told = text({ answer: sharedBy({ waiting: [1_500, 0] }) });
      expect(told).to.match(/^previews\/photos: 1 worker, 1 ready; 3 wanted by its queue/);
      expect(
        section('What comes', told)
          .slice(-3)
          .map((line) => line.replaceAll(/ {2,}/g, ' | ')),
      ).to.deep.equal([
        'alone | within 0 to 30 | = 6 workers',
        'shared with b, c | 23 slots for all of it, 2 are there anyway | = 21 slots',
        'wanted | its 50 % of them, within 0 to 30 | = 3 workers',
      ]);
    });
    it('says that the others are enough', () => {
      const answer = sharedBy({ waiting: [1, 0], lambda: 0 });
      expect(why({ answer })).to.include(
        'others on its queue were enough for 40 s: to 0 in 260 s (scaleToZeroAfterSeconds), if nothing comes',
      );
      expect(why({ answer, deployment: deploymentOf(0) })[0]).to.equal(
        'asleep: the workers of others on its queue are enough',
      );
    });
    it('says what its part would be', () => {
      const asked = { text: 'waiting=3000', change: whatIfOf('waiting=3000') };
      expect(explanationText(factsOf({ answer: sharedBy({}) }), asked)).to.match(
        /its part of the shared queue +1 +5\n/,
      );
      expect(explanationData(factsOf({ answer: sharedBy({}) }), asked)).to.have.nested.property(
        'whatIf.part.workers',
        5,
      );
    });
  });

  it('says in one line who decides where it is not the queue', () => {
    const fixed = { pool: poolOf({ mode: 'Fixed', replicas: 2 } as never), answer: undefined };
    expect(decides(fixed)).to.equal('mode Fixed: spec.scaling.replicas, 2; the operator takes back any other number');
    expect(why(fixed)[0]).to.equal('the operator will write 2');
    expect(why({ ...fixed, deployment: deploymentOf(2) })[0]).to.equal('as many as spec.scaling.replicas says');
    const external = { pool: poolOf({ mode: 'External' } as never), answer: undefined };
    expect(decides(external)).to.equal('mode External: whoever writes the Deployment’s replicas');
    expect(why(external)).to.deep.equal([
      'whoever scales the Deployment decides; the operator leaves the number alone',
      'the number was last written by preview-worker-operator-activator through /scale',
    ]);
  });

  it('names what Auto came to, and says when it came to nothing yet', () => {
    expect(
      decides({ pool: direct({ provider: 'Auto' }, { status: { provider: 'ExternalMetrics' } as never }) }),
    ).to.match(
      /^mode Auto, provider ExternalMetrics \(which Auto came to\), from 0 to 30: the HorizontalPodAutoscaler by/,
    );
    expect(decides({ pool: direct({ provider: 'Auto' }) })).to.match(/not decided yet$/);
    expect(why({ pool: direct({ provider: 'Auto' }) })[0]).to.match(/^the operator has not decided yet/);
  });

  it('says why a pool has no worker', () => {
    const none = (changes: Parameters<typeof answerOf>[1], pool = direct()) =>
      why({ pool, deployment: deploymentOf(0), answer: answerOf({ ...BURST, replicas: 0 }, changes) })[0];
    expect(why({ pool: direct({}, { suspend: true }) })[0]).to.equal(
      'suspended: no worker until spec.suspend is false',
    );
    expect(why({ deployment: undefined })[0]).to.match(/^it has no Deployment yet/);
    expect(none({ idleSeconds: 9, wanted: 0 })).to.equal('asleep: the next job wakes it at once');
    expect(none({ idleSeconds: 0, wanted: 2 })).to.equal('jobs may run: the operator starts 2 workers');
    expect(none({ idleSeconds: 0, wanted: 2, provider: 'KEDA' }, direct({ provider: 'KEDA' }))).to.match(
      /^jobs may run: KEDA/,
    );
    expect(none({ idleSeconds: 9, wanted: 3 }, direct({ minReplicas: 3 }))).to.match(/starts minReplicas, 3 workers$/);
    const later = { idleSeconds: 9, wanted: 0, delayed: 2, nextDueSeconds: 40 };
    expect(why({ deployment: deploymentOf(0), answer: wanted(0, later) })[1]).to.equal(
      'of 2 delayed jobs the next is due in 40 s',
    );
  });

  it('says how long a pool that has nothing to do stays up', () =>
    expect(why({ answer: wanted(0, { idleSeconds: 88, sleepsInSeconds: 212 }) })).to.include(
      'nothing has waited, run or been due for 88 s: to 0 in 212 s (scaleToZeroAfterSeconds), if nothing comes',
    ));

  it('says what holds a Direct pool’s next step back', () => {
    const stepped = (step: object) => why({ deployment: deploymentOf(5), answer: wanted(2, { step }) })[0];
    expect(stepped({ next: 5, heldBy: 'window', windowSeconds: 45 })).to.equal(
      '2 wanted, but it stays: within the window more were, which is over in 45 s if no more of it comes (scaleDownWindowSeconds)',
    );
    expect(stepped({ next: 4, heldBy: 'policies', windowSeconds: 0 })).to.equal(
      '2 wanted, but 4 come first: a period allows no more (behavior.scaleDown)',
    );
    expect(
      why({ deployment: deploymentOf(2), answer: wanted(2, { step: { next: 2, heldBy: null, windowSeconds: 0 } }) })[0],
    ).to.equal('as many as are wanted: nothing to do');
  });

  it('says what a HorizontalPodAutoscaler waits for, and what it says of itself', () => {
    const asked = (workers: number, live: number, status: object = {}) =>
      why({
        pool: byMetric,
        deployment: deploymentOf(live),
        answer: wanted(workers, { provider: 'ExternalMetrics' }),
        autoscaler: autoscalerOf({ currentReplicas: live, desiredReplicas: live, ...status }),
      });
    const able = (reason: string, status = 'True') => [
      { type: 'AbleToScale', status, reason, message: 'so it is' },
      { type: 'ScalingActive', status: 'True', reason: 'ValidMetricFound', message: '' },
    ];
    expect(asked(2, 2)[0]).to.equal('as many as are wanted: nothing to do');
    expect(asked(9, 2)[0]).to.equal('9 wanted, 2 there: it follows at its next look');
    expect(asked(11, 10)[0]).to.match(/leaves a difference of a tenth and less alone/);
    expect(asked(2, 9, { conditions: able('ScaleDownStabilized') })[0]).to.equal(
      '2 wanted, 9 there: it goes down when 120 s have wanted no other (ScaleDownStabilized)',
    );
    expect(asked(2, 9, { conditions: able('FailedGetScale', 'False') })[0]).to.equal(
      'the HorizontalPodAutoscaler does not scale: FailedGetScale: so it is',
    );
    const external = { metric: { name: 'preview-workers-wanted' }, current: { averageValue: '1500m' } };
    expect(asked(3, 2, { currentMetrics: [{ type: 'External', external }] })).to.include.members([
      'HorizontalPodAutoscaler preview-photos: had 2, wants 2',
      'it was last told 3 (preview-workers-wanted), 1500m for each of 2 workers',
      'AbleToScale True, ReadyForNewScale: ready',
    ]);
    const containerResource = { name: 'cpu', container: 'renderer', current: { averageUtilization: 91 } };
    const byCpu = { desiredReplicas: 5, currentMetrics: [{ type: 'ContainerResource', containerResource }] };
    expect(asked(2, 5, byCpu)[0]).to.equal(
      '2 wanted by the queue, but the CPU of the renderers asks for more: the higher number counts',
    );
    expect(asked(2, 5, { ...byCpu, conditions: able('ScaleDownStabilized') })[0]).to.match(
      /^2 wanted, 5 there: it goes down/,
    );
    const cold = wanted(9, { provider: 'ExternalMetrics', coldSeconds: 9 });
    expect(why({ pool: byMetric, answer: cold, autoscaler: autoscalerOf({}) })[0]).to.match(
      /tells no number for 9 s more$/,
    );
    expect(why({ pool: byMetric, answer: wanted(2, { provider: 'ExternalMetrics' }) })[0]).to.equal(
      'its HorizontalPodAutoscaler is not there: nothing is scaled',
    );
  });

  it('tells of provider CPU what the autoscaler tells', () => {
    const containerResource = { name: 'cpu', container: 'renderer', current: { averageUtilization: 91 } };
    const told = why({
      pool: direct({ provider: 'CPU', minReplicas: 2 }),
      answer: undefined,
      autoscaler: autoscalerOf({
        ...{ currentReplicas: 1, desiredReplicas: 2 },
        currentMetrics: [{ type: 'ContainerResource', containerResource }],
      }),
    });
    expect(told).to.include.members([
      '2 wanted, 1 there: it follows at its next look',
      'it last saw 91 % of the requested cpu used by renderer',
    ]);
  });

  it('says that workers stay where there is no number, and why', () => {
    const verdict = { status: 'False', reason: 'LoadUnknown', message: 'the key bull:x:wait is no list' } as const;
    const told = text({ answer: answerOf(null, { verdict }) });
    expect(section('Why', told)[0]).to.equal('there is no number, so the workers stay: the key bull:x:wait is no list');
    expect(told).not.to.contain('What comes of it');
  });

  it('says that no more are asked for while none becomes ready', () => {
    const verdict = { status: 'False', reason: 'WorkersNeverReady', message: 'none becomes ready' } as const;
    expect(why({ answer: wanted(1, { verdict }) })[0]).to.equal('held at 1, with 2 wanted: none becomes ready');
  });

  it('tells the rest where the operator could not be asked', () => {
    const told = text({ answer: undefined, problem: 'no operator runs in the namespace x' });
    expect(section('Why', told)[0]).to.equal(
      'what the operator knows is missing here: no operator runs in the namespace x',
    );
    expect(told).to.match(/^previews\/photos: 1 worker, 1 ready\n/);
  });

  it('lets nothing that a cluster says steer the terminal', () => {
    const verdict = { status: 'False', reason: 'LoadUnknown', message: 'a\u001b[2Jb\r\nc\u009bd' } as const;
    expect(why({ answer: answerOf(null, { verdict }) })[0]).to.match(/a \[2Jb c d$/);
  });

  it('says when command and operator have two laws', () => {
    const answer = answerOf();
    const other = { ...answer, decision: { ...answer.decision!, desired: 7 } };
    expect(text({ answer: other })).to.contain('the law of this command says 2: it is of another version');
  });

  it('sets what would be beside what is', () => {
    const whatIf = { text: 'wait=10,rate=40', change: whatIfOf('wait=10,rate=40') };
    expect(section('What if', explanationText(factsOf(), whatIf))).to.deep.equal([
      'now                    what if',
      'arrivals                     12/s                   40/s',
      'may wait                     30 s, backfill 1800 s  10 s, backfill 1800 s',
      'keep up, slots               3                      10',
      'catch up interactive, slots  4                      6',
      'catch up backfill, slots     0                      0',
      'in all, slots                7                      16',
      'workers                      2                      4',
      'for what is overdue          0                      0',
      'wanted                       2                      4',
      'limited by                   nothing                nothing',
    ]);
  });

  it('tells the rest where there is nothing to set it beside', () => {
    const whatIf = { text: 'max=1', change: whatIfOf('max=1') };
    const fixed = factsOf({ pool: poolOf({ mode: 'Fixed', replicas: 2 } as never), answer: undefined });
    expect(section('What if', explanationText(fixed, whatIf))).to.deep.equal([
      'no number without a look at the queue: previews/photos is not scaled by its queue now; pwp law takes an observation of yours',
    ]);
  });

  it('is the same for programs', () => {
    const whatIf = { text: 'max=1', change: whatIfOf('max=1') };
    const data = JSON.parse(JSON.stringify(explanationData(factsOf(), whatIf)));
    expect(data).to.include({ name: 'photos', mode: 'Auto', provider: 'Direct', live: 1, ready: 1, problem: null });
    expect(data.operator.decision.desired).to.equal(2);
    expect(data.whatIf.decision).to.include({ desired: 1, limitedBy: 'max' });
  });
});
