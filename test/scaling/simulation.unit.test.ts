/** The simulator itself: it may not serve what a cluster could not, nor scale as a HorizontalPodAutoscaler does not. */
import { expect } from 'chai';
import { AUTOSCALERS, type AutoscalerName } from './autoscalers.ts';
import { EventQueue } from './event-queue.ts';
import { HorizontalPodAutoscaler } from './horizontal-pod-autoscaler.ts';
import { Random } from './random.ts';
import { loadOf, type ScenarioName } from './scenarios.ts';
import { type Run, simulate } from './simulation.ts';

const run = (scenario: ScenarioName, name: AutoscalerName = 'law', seed = 1): Run =>
  simulate(loadOf(scenario, seed), AUTOSCALERS[name](), seed);

/** The most jobs that ran at once, each from its start to its end. */
function mostAtOnce({ served }: Run): number {
  const steps = served
    .flatMap(({ job, startedAt }) => [
      { at: startedAt, by: 1 },
      { at: startedAt + job.serviceSeconds, by: -1 },
    ])
    .sort((one, other) => one.at - other.at || one.by - other.by);
  let [active, most] = [0, 0];
  for (const { by } of steps) {
    active += by;
    most = Math.max(most, active);
  }
  return most;
}

describe('the simulated cluster', function () {
  this.timeout(60_000);

  it('is the same for the same seed, and another for another', () => {
    expect(run('burst5k')).to.deep.equal(run('burst5k'));
    expect(run('burst5k', 'law', 2).podSeconds).not.to.equal(run('burst5k', 'law', 1).podSeconds);
    const first = (seed: number) => new Random(seed, 'a').uniform();
    expect(new Set(Array.from({ length: 1_000 }, (_, seed) => first(seed))).size).to.equal(1_000);
  });

  it('offers the load that a scenario says', () => {
    const { jobs, seconds } = loadOf('steady8', 1);
    expect(jobs.length / seconds).to.be.closeTo(47, 0.5);
    expect(jobs.reduce((sum, { serviceSeconds }) => sum + serviceSeconds, 0) / jobs.length).to.be.closeTo(0.17, 0.01);
    expect(loadOf('lanes', 1).jobs.filter(({ lane }) => lane === 1)).to.have.length(20_000);
    expect(loadOf('tenants', 1).jobs.length / 21_600).to.be.closeTo(12, 0.5);
  });

  it('serves each job once, none before it came, and in a lane the first first', () => {
    for (const scenario of ['burst5k', 'lanes', 'paused', 'gcap8'] as const) {
      const { served } = run(scenario);
      expect(new Set(served.map(({ job }) => job)).size).to.equal(loadOf(scenario, 1).jobs.length);
      for (const lane of [0, 1]) {
        const times = served.filter(({ job }) => job.lane === lane).map(({ job }) => job.arrivesAt);
        expect(times).to.deep.equal(times.toSorted((one, other) => one - other));
      }
      expect(served.every(({ job, startedAt }) => startedAt >= job.arrivesAt)).to.equal(true);
    }
  });

  it('runs no more jobs than its pods have slots, or the queue allows, and none of a paused queue', () => {
    const burst = run('burst5k');
    expect(mostAtOnce(burst)).to.equal(4 * burst.mostPods);
    expect(mostAtOnce(run('gcap8', 'KEDA, backlog'))).to.equal(8);
    const pause = run('paused').served.filter(({ startedAt }) => startedAt >= 1_200 && startedAt < 1_800);
    expect(pause).to.deep.equal([]);
  });

  it('has pods for as many seconds as one pod lives', () => {
    const [{ podSeconds, mostPods }, seconds] = [run('onoff', 'CPU 75 %'), loadOf('onoff', 1).seconds];
    expect({ podSeconds, mostPods }).to.deep.equal({ podSeconds: seconds, mostPods: 1 });
  });

  it('takes what happens first, and at one time what was put in first', () => {
    const queue = new EventQueue<number>();
    const random = new Random(1, 'times');
    const times = Array.from({ length: 500 }, () => Math.floor(random.uniform() * 50));
    for (const [index, time] of times.entries()) queue.add(time, index);
    const order = times.map(() => queue.take());
    const expected = [...times.keys()].toSorted((a, b) => (times[a] ?? 0) - (times[b] ?? 0) || a - b);
    expect(order).to.deep.equal(expected);
    expect(queue.take()).to.equal(undefined);
    expect(queue.next).to.equal(Number.POSITIVE_INFINITY);
  });

  it('scales as a HorizontalPodAutoscaler does: up at once by ten or to twice, down to the most of the window', () => {
    const behaviour = { min: 0, max: 30, tolerance: 0, podsUp: 10, downWindowSeconds: 120 };
    const hpa = new HorizontalPodAutoscaler(behaviour);
    expect(hpa.replicas(0, 0, 30)).to.equal(0);
    expect(hpa.replicas(0, 1, undefined)).to.equal(1);
    expect(hpa.replicas(0, 1, 25)).to.equal(11);
    expect(hpa.replicas(15, 11, 25)).to.equal(22);
    expect(hpa.replicas(30, 22, 99)).to.equal(30);
    expect(hpa.replicas(60, 30, 2.1)).to.equal(30);
    expect(hpa.replicas(149, 30, 0)).to.equal(30);
    expect(hpa.replicas(151, 30, 0)).to.equal(3);
    expect(hpa.replicas(400, 3, 0)).to.equal(1);
    expect(new HorizontalPodAutoscaler({ ...behaviour, tolerance: 0.1 }).replicas(0, 10, 10.9)).to.equal(10);
  });
});
