/** A pool under a load, event by event, with whoever scales it. */
import type { Autoscaler } from './autoscalers.ts';
import { EventQueue } from './event-queue.ts';
import { SYNC_SECONDS } from './horizontal-pod-autoscaler.ts';
import { type Pod, Pods } from './pods.ts';
import { Random } from './random.ts';
import type { Job, Load } from './scenarios.ts';
import { SimulatedQueue } from './simulated-queue.ts';

export interface Served {
  readonly job: Job;
  readonly startedAt: number;
}

export interface Run {
  /** By start. Every job was served: a run goes on after the load until nothing waits. */
  readonly served: readonly Served[];
  /** While the load lasts. */
  readonly podSeconds: number;
  readonly mostPods: number;
  /** How often the number went down after it had gone up. */
  readonly changesOfDirection: number;
}

/** A load that is not served so long after its end never will be. */
const PATIENCE_SECONDS = 86_400;

export function simulate(load: Load, scaler: Autoscaler, seed: number): Run {
  const random = new Random(seed, 'pods');
  const pods = new Pods(random);
  const queue = new SimulatedQueue(load);
  const pool = { queue, pods };
  const events = new EventQueue<(now: number) => void>();
  const served: Served[] = [];
  let [wentUp, changesOfDirection] = [false, 0];
  let podSeconds = 0;
  let neededAt = 0;
  let isWaking = false;

  function serve(now: number): void {
    for (let pod = pods.free(); pod !== undefined; pod = pods.free()) {
      const job = queue.take(now);
      if (job === undefined) return;
      served.push({ job, startedAt: now });
      work(pod, now, 1);
      const by = pod;
      events.add(now + job.serviceSeconds, (end) => {
        queue.finish(job, end);
        work(by, end, -1);
        pods.endIfIdle(by, end);
        serve(end);
      });
    }
  }

  function scale(to: number, now: number): void {
    const by = to - pods.live.length;
    if (by === 0) return;
    if (wentUp && by < 0) changesOfDirection += 1;
    wentUp = by > 0;
    if (by < 0) pods.remove(-by, now, scaler.removesIdleFirst);
    for (let added = 0; added < by; added += 1) {
      const pod = pods.create(now);
      events.add(pod.readyAt, (ready) => {
        if (pod.state !== 'starting') return;
        pod.state = 'ready';
        scaler.started?.(ready - pod.createdAt);
        serve(ready);
      });
    }
  }

  function wake(now: number): void {
    isWaking = false;
    if (pods.live.length > 0 || !scaler.zero?.isNeeded(pool)) return;
    neededAt = now;
    scale(scaler.zero.firstPods(pool, now), now);
  }

  /** Repeated for ever, with a phase of its own. */
  function each(seconds: number, act: (now: number) => void): void {
    const again = (now: number) => {
      act(now);
      events.add(now + seconds, again);
    };
    events.add(random.uniform() * seconds, again);
  }

  const { zero } = scaler;
  if (zero === undefined) scale(scaler.min, 0);
  else {
    each(zero.looksEachSeconds, wake);
    each(zero.hears ? 1 : zero.looksEachSeconds, (now) => {
      if (zero.isNeeded(pool)) neededAt = now;
      else if (pods.live.length > 0 && now - neededAt >= zero.cooldownSeconds) scale(0, now);
    });
  }
  if (scaler.measure)
    each(SYNC_SECONDS, (now) => {
      for (const pod of pods.live) work(pod, now, 0);
      scaler.measure?.(pool, now);
    });
  each(scaler.asksEachSeconds, (now) => {
    const live = pods.live.length;
    if (live > 0) scale(scaler.steps.replicas(now, live, scaler.desired(pool, now)), now);
  });
  if (load.paused) events.add(load.paused.to, serve);
  events.add(load.seconds, (now) => {
    podSeconds = pods.spent(now);
  });

  let arrived = 0;
  for (;;) {
    const job = load.jobs[arrived];
    const isJob = job !== undefined && job.arrivesAt <= events.next;
    const now = isJob ? job.arrivesAt : events.next;
    if (now > load.seconds && served.length === load.jobs.length) break;
    if (now > load.seconds + PATIENCE_SECONDS)
      throw new Error(`${load.jobs.length - served.length} jobs were never served`);
    if (!isJob) {
      events.take()?.(now);
      continue;
    }
    arrived += 1;
    queue.add(job);
    serve(now);
    if (zero?.hears && pods.live.length === 0 && !isWaking) {
      isWaking = true;
      events.add(now + zero.hears.afterSeconds, wake);
    }
  }
  return { served, podSeconds, mostPods: pods.most, changesOfDirection };
}

/** Counts what the pod has done, before its number of jobs changes. */
function work(pod: Pod, now: number, by: 1 | 0 | -1): void {
  pod.busySeconds += pod.busy * Math.max(0, now - pod.countedAt);
  pod.countedAt = Math.max(pod.countedAt, now);
  pod.busy += by;
}
