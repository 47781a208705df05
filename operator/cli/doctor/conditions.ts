/** What the operator says of a pool, as findings. Pure. */
import { REASONS, type Reason, remedyOf, withoutRemedy } from '../../pool/conditions.ts';
import { type Condition, conditionOf, type Pool } from '../../pool/pool.ts';
import { failed, ok, see, warning } from './finding.ts';
import type { Finding } from './report.generated.ts';

/** In the order in which they matter; each with what is wrong where it is not so. */
const GOOD: Readonly<Record<string, 'True' | 'False'>> = {
  ReconcileDisabled: 'False',
  Ready: 'True',
  Degraded: 'False',
  Stalled: 'False',
  Suspended: 'False',
  RedisReady: 'True',
  SinkReady: 'True',
  QueueSeen: 'True',
  QueueShared: 'False',
  AutoscalingActive: 'True',
  MonitoringConfigured: 'True',
};
/** The pool does not do its work, and nothing is under way that would change it. */
const SEVERE = ['Degraded', 'Stalled', 'RedisReady', 'SinkReady'];
/** Said of a condition that is as it should be, and worth a word. */
const NOTABLE: readonly string[] = ['ConnectedWithWarnings', 'UpgradeWaits'] satisfies Reason[];

export function conditionFindings(pool: Pool, selector: string): Finding[] {
  const { metadata, status } = pool;
  // What is left alone is not looked at, and says so.
  const isFrozen = conditionOf(pool, 'ReconcileDisabled')?.status === 'True';
  if (!isFrozen && (status?.observedGeneration ?? -1) < (metadata.generation ?? 0))
    return [
      see(
        failed(
          'conditions',
          status?.observedGeneration === undefined || status.observedGeneration < 0
            ? 'the operator has never looked at the pool'
            : 'the operator has not looked at the pool since it was changed',
          'see whether it runs and leads; docs/operator.md says what it needs',
        ),
        'the-operator-does-not-answer',
      ),
    ];
  const { namespace } = metadata;
  const severe = SEVERE.flatMap((type) => {
    const condition = conditionOf(pool, type);
    return condition && isUnwell(condition) && condition.status !== 'Unknown' ? [condition.reason] : [];
  });
  const found = [...Object.keys(GOOD), 'Progressing'].flatMap((type) => {
    const condition = conditionOf(pool, type);
    if (condition === undefined || !(isUnwell(condition) || NOTABLE.includes(condition.reason))) return [];
    const { reason, message } = condition;
    const remedy = Object.hasOwn(REASONS, reason) ? remedyOf(reason as Reason, { namespace, selector }) : undefined;
    const tell = severe.includes(reason) ? failed : warning;
    return [see(tell('conditions', `${reason}: ${withoutRemedy(message, remedy)}`, remedy), reason)];
  });
  const ready = conditionOf(pool, 'Ready');
  return found.length > 0 ? found : [ok('conditions', `${ready?.reason}: ${ready?.message}`)];
}

/** Unknown counts where it lasts: of Redis it means that a queue may not be safe in it. */
function isUnwell({ type, status }: Condition): boolean {
  const good = GOOD[type];
  if (good === undefined) return false;
  return status === 'Unknown' ? type === 'Ready' || type === 'RedisReady' : status !== good;
}
