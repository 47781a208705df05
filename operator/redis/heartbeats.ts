/**
 * What workers tell of themselves. Anybody who may write to the queue can write it, so it is read as a stranger's words: of the
 * pool's own pods only, bounded, held against its schema.
 */
import { Ajv2020 } from 'ajv/dist/2020.js';
import schema from '../../schemas/worker-heartbeat.schema.json' with { type: 'json' };
import { podIndexKey, poolOfPod } from '../pool/names.ts';
import type { Pool } from '../pool/pool.ts';
import type { WorkerHeartbeat } from '../pool/worker-heartbeat.generated.ts';
import type { WorkerPod } from '../pool/worker-pod.ts';
import type { RedisClient } from './connections.ts';

const LONGEST_BYTES = 2_048;
/** The first by name: they tell of the sink and of the renderers for all. */
const PODS_READ = 100;
/** Workers tell each 5 s; the bound is theirs, beyond which they sweep one another. Clocks of a Cluster's nodes differ less. */
const STALE_MILLISECONDS = 60_000;

const fits = new Ajv2020({ strict: true }).compile<WorkerHeartbeat>(schema);

/** Fresh ones, in the order of the pods' names. */
export async function readHeartbeats(
  redis: RedisClient,
  pool: Pool,
  pods: readonly WorkerPod[],
): Promise<WorkerHeartbeat[]> {
  const { prefix, name } = pool.spec.queue;
  const key = `${prefix}:${name}:preview-workers`;
  const names = pods
    .filter((pod) => poolOfPod(pod) === podIndexKey(pool) && pod.metadata.deletionTimestamp === undefined)
    .map(({ metadata }) => metadata.name)
    .sort()
    .slice(0, PODS_READ);
  const lengths = await Promise.all(names.map((pod) => redis.hstrlen(key, pod)));
  const told = names.filter((_, at) => isLength(lengths[at] ?? 0));
  if (told.length === 0) return [];
  const [values, [seconds]] = await Promise.all([redis.hmget(key, ...told), redis.time()]);
  const owner = `${pool.metadata.namespace}/${pool.metadata.name}`;
  return told.flatMap((pod, at) => {
    const beat = parse(values[at] ?? '');
    const isOwn = beat?.pod === pod && beat.pool === owner;
    return beat && isOwn && Math.abs(Number(seconds) * 1000 - beat.at) <= STALE_MILLISECONDS ? [beat] : [];
  });
}

const isLength = (bytes: number): boolean => bytes > 0 && bytes <= LONGEST_BYTES;

function parse(text: string): WorkerHeartbeat | undefined {
  // It may have grown since its length was asked for.
  if (!isLength(Buffer.byteLength(text))) return undefined;
  try {
    const beat: unknown = JSON.parse(text);
    return fits(beat) ? beat : undefined;
  } catch {
    return undefined;
  }
}
