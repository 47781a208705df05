import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { Metrics } from '../../operator/metrics.ts';
import type { Pool } from '../../operator/pool/pool.ts';
import { filledPool } from './pool/filled.ts';

const AUTO = { mode: 'Auto', auto: { minReplicas: 1, maxReplicas: 7, targetWaitSeconds: 20 } };

async function exported(...pools: Pool[]): Promise<string[]> {
  const queue = { depth: 0, longestSeconds: 0 };
  const { registry } = new Metrics({ queue, watchSilence: () => 0, pools: () => pools, loadOf: () => undefined });
  const lines = (await registry.metrics()).split('\n');
  return lines.filter((line) => line.startsWith('preview_')).map((line) => line.replace('namespace="ns",', ''));
}

describe('what the operator exports of a pool', () => {
  it('has its promises and its thresholds, so that one set of alerts can serve all pools', async () => {
    const monitoring = { alerts: { thresholds: { notReadyMinutes: 7, failureRatio: 0.5 } } };
    expect(await exported(filledPool({ scaling: AUTO, monitoring }))).to.include.members([
      'preview_pool_target_wait_seconds{pool="pool",lane="interactive"} 20',
      'preview_pool_target_wait_seconds{pool="pool",lane="backfill"} 1800',
      'preview_pool_max_workers{pool="pool"} 7',
      'preview_pool_alerts_enabled{pool="pool"} 1',
      'preview_pool_alert_not_ready_seconds{pool="pool"} 420',
      'preview_pool_alert_queue_never_seen_seconds{pool="pool"} 1800',
      'preview_pool_alert_failure_ratio{pool="pool"} 0.5',
      'preview_pool_alert_failures_minimum{pool="pool"} 20',
      'preview_pool_alert_quarantine_per_hour{pool="pool"} 10',
      'preview_pool_alert_slot_restarts_per_hour{pool="pool"} 20',
    ]);
  });

  it('has no threshold of a pool that wants no alerts, and no target of one that does not follow the waiting time', async () => {
    const byCpu = { mode: 'Auto', auto: { provider: 'CPU', minReplicas: 1, targetCPUUtilizationPercentage: 75 } };
    for (const scaling of [{ mode: 'Fixed', replicas: 2 }, byCpu])
      for (const monitoring of [undefined, {}, { alerts: { enabled: false } }]) {
        const lines = await exported(filledPool({ scaling, ...(monitoring ? { monitoring } : {}) }));
        expect(lines).to.include('preview_pool_alerts_enabled{pool="pool"} 0');
        expect(lines.filter((line) => /^preview_pool_(alert_|target_)/.test(line))).to.deep.equal([]);
      }
  });

  it('tells since when a condition is as it is, and whether an image was rolled back', async () => {
    const status = {
      failedImage: 'two',
      conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: '2026-01-02T03:04:05Z' }],
    };
    expect(await exported({ ...filledPool(), status } as unknown as Pool)).to.include.members([
      'preview_pool_condition{pool="pool",condition="Ready"} 0',
      'preview_pool_condition_since_timestamp_seconds{pool="pool",condition="Ready"} 1767323045',
      'preview_pool_rolled_back{pool="pool"} 1',
    ]);
  });

  it('bears the version of the package', async () => {
    const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
    expect(await exported()).to.include(`preview_operator_info{version="${version}"} 1`);
  });
});
