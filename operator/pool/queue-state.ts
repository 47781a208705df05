/** What is said of a pool's queue. */
import type { Reason } from './conditions.ts';
import { type Condition, conditionOf, type Pool } from './pool.ts';
import type { WorkerHeartbeat } from './worker-heartbeat.generated.ts';

export interface QueueFacts {
  /** Its keys are there now. */
  readonly isThere: boolean;
  /** Fresh ones of the pool's own pods. */
  readonly heartbeats: readonly WorkerHeartbeat[];
}

interface Told {
  readonly status: Condition['status'];
  readonly reason: Reason;
  readonly message: string;
}

/** Once seen it stays so for this spec: Redis may forget, but the names were right. */
export function queueSeen(pool: Pool, queue: QueueFacts | undefined): Told {
  const before = conditionOf(pool, 'QueueSeen');
  const wasSeen = before?.status === 'True';
  const isSameSpec = before?.observedGeneration === pool.metadata.generation;
  if (queue?.isThere || (wasSeen && (queue === undefined || isSameSpec)))
    return { status: 'True', reason: 'QueueFound', message: '' };
  if (queue === undefined && before?.status !== 'False')
    return { status: 'Unknown', reason: 'NotChecked', message: 'Redis could not be asked yet' };
  const { prefix, name } = pool.spec.queue;
  return { status: 'False', reason: 'QueueNotFound', message: `Redis has no queue ${name} with the prefix ${prefix}` };
}

/** `others`: as namespace/name. What goes on in another namespace is not told by name. */
export function neighbourNames(
  { metadata: { namespace } }: Pick<Pool, 'metadata'>,
  others: readonly string[],
): string[] {
  const own = others
    .filter((pool) => pool.startsWith(`${namespace}/`))
    .map((pool) => pool.slice(pool.indexOf('/') + 1))
    .toSorted();
  return [...own, ...(own.length < others.length ? ['a pool of another namespace'] : [])].slice(0, 5);
}

export function queueShared(pool: Pool, others: readonly string[]): Told {
  return {
    status: 'True',
    reason: 'QueueShared',
    message: `the same queue is served by ${neighbourNames(pool, others).join(', ')}`,
  };
}
