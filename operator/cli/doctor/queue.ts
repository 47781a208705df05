/** Whether what waits in a pool's queue is taken in time, and whether its autoscaler can follow. Pure. */
import { autoscalingVerdict } from '../../pool/autoscaler-state.ts';
import { remedyOf } from '../../pool/conditions.ts';
import type { Pool } from '../../pool/pool.ts';
import type { PoolLoadView } from '../../queue-api/pool-load.ts';
import type { Autoscaler } from '../explain/facts.ts';
import { counted } from '../explain/figures.ts';
import { age } from '../table.ts';
import { failed, ok, see, warning } from './finding.ts';
import type { Finding } from './report.generated.ts';

/** A job that waits so much longer than it should is not just one that came a moment ago. */
const LATE = 2;
/** Where no target is set: as the schema of `scaling.auto` has it. */
const TARGET_SECONDS = 30;

export function loadFinding(pool: Pool, view: PoolLoadView | undefined): Finding {
  const { namespace, name } = pool.metadata;
  if (!view?.load)
    return see(
      failed(
        'load',
        'the operator can not read the load of the queue',
        remedyOf('LoadUnknown', { namespace, selector: '' }),
      ),
      'LoadUnknown',
    );
  const { waiting, backfill, active, oldestSeconds, paused } = view.load;
  const words = `${counted(waiting + backfill, 'job')} wait, ${active} run, ${view.ready} workers are ready`;
  if (waiting + backfill > 0 && paused)
    return see(
      warning('load', `the queue is paused: ${words}`, 'resume it, by the program that paused it'),
      'nothing-is-rendered',
    );
  if (waiting + backfill > 0 && view.ready === 0)
    return see(
      failed('load', words, `kubectl pwp explain ${name} -n ${namespace} says why there is none`),
      'nothing-is-rendered',
    );
  const target = pool.spec.scaling.auto?.targetWaitSeconds ?? TARGET_SECONDS;
  if (waiting > 0 && oldestSeconds > LATE * target)
    return see(
      warning(
        'load',
        `${words}; the oldest for ${age(oldestSeconds)}, where ${target} s are the target`,
        `kubectl pwp explain ${name} -n ${namespace} says what limits the workers`,
      ),
      'previews-are-late',
    );
  return ok('load', words);
}

/** `autoscaler`: the pool's own, of a provider that has one. */
export function autoscalerFinding(pool: Pool, autoscaler: Autoscaler | undefined, selector: string): Finding {
  const { namespace } = pool.metadata;
  const { status, reason, message } = autoscalingVerdict(autoscaler);
  if (status === 'False') return see(failed('autoscaler', message, remedyOf(reason, { namespace, selector })), reason);
  const limited = autoscaler?.status?.conditions?.find(({ type }) => type === 'ScalingLimited');
  if (limited?.status === 'True' && limited.reason === 'TooManyReplicas')
    return see(
      warning(
        'autoscaler',
        `it wants more than the ${autoscaler?.spec?.maxReplicas} workers that maxReplicas allows`,
        'raise spec.scaling.auto.maxReplicas, or let jobs wait longer (targetWaitSeconds)',
      ),
      'previews-are-late',
    );
  return ok('autoscaler', status === 'True' ? 'it does its work' : message);
}
