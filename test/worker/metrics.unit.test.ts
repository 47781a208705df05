import { expect } from 'chai';
import { Metrics } from '../../worker/metrics.ts';

const metrics = (waitTargetSeconds?: { interactive?: number; backfill?: number }) =>
  new Metrics({
    slots: () => ({ busy: 0, idle: 1 }),
    lastFetchAt: () => undefined,
    ...(waitTargetSeconds ? { waitTargetSeconds } : {}),
  });
const linesOf = async (of: Metrics, name: string) =>
  (await of.registry.metrics()).split('\n').filter((line) => line.startsWith(name));

describe('the metrics of a worker', () => {
  it('have an edge of the histogram of waits at each target of its pool, in order', async () => {
    const edges = async (of: Metrics) =>
      (await linesOf(of, 'preview_job_wait_seconds_bucket')).map((line) => Number(/le="([^"]+)"/.exec(line)?.[1]));
    const usual = (await edges(metrics())).filter(Number.isFinite);
    expect(usual).to.include.members([30, 1800]);
    const of = metrics({ interactive: 7, backfill: 90 });
    of.started({ lane: 'interactive', waitedSeconds: 1 });
    const own = (await edges(of)).filter(Number.isFinite);
    expect(own).to.deep.equal([...usual, 7, 90].sort((one, other) => one - other));
  });

  it('have each counter that an alert reads at 0 before its first event, which Prometheus would not see else', async () => {
    const of = metrics();
    for (const [name, reason] of [
      ['preview_jobs_total', 'outcome="failed",reason="DecodeFailed",renderer=""'],
      ['preview_quarantine_total', 'reason="OutOfMemory"'],
      ['preview_slot_restarts_total', 'cause="crash"'],
      ['preview_consumption_heals_total', 'connection="main"'],
      ['preview_job_waits_total', 'lane="backfill",target="missed"'],
    ] as const)
      expect(await linesOf(of, name)).to.include(`${name}{${reason}} 0`);
    of.ended({ outcome: 'failed', reason: 'DecodeFailed', seconds: 1, lane: 'interactive' });
    expect(await linesOf(of, 'preview_jobs_total')).to.include(
      'preview_jobs_total{outcome="failed",reason="DecodeFailed",renderer=""} 1',
    );
  });

  it('tell of each lane how many jobs waited no longer than its target, from the first scrape on', async () => {
    const of = metrics({ interactive: 7 });
    const waits = () => linesOf(of, 'preview_job_waits_total{');
    expect(await waits()).to.have.length(4);
    for (const waitedSeconds of [0, 7, 7.1]) of.started({ lane: 'interactive', waitedSeconds });
    for (const waitedSeconds of [1_800, 1_801]) of.started({ lane: 'backfill', waitedSeconds });
    // One that is tried again did not wait.
    of.started({ lane: 'interactive' });
    expect(await waits()).to.have.members([
      'preview_job_waits_total{lane="interactive",target="met"} 2',
      'preview_job_waits_total{lane="interactive",target="missed"} 1',
      'preview_job_waits_total{lane="backfill",target="met"} 1',
      'preview_job_waits_total{lane="backfill",target="missed"} 1',
    ]);
  });
});
