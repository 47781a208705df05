/** Looks at Redis and at the queue in it, over one connection. */
import { setTimeout as delay } from 'node:timers/promises';
import { Cluster } from 'ioredis';
import type { WorkerConfig } from '../../config.generated.ts';
import { workersKey } from '../../heartbeat.ts';
import type { RedisClient } from '../../redis.ts';
import type { RedisCondition } from '../../redis-condition.ts';
import { failed, isWell, ofPart, ok, warning } from './finding.ts';
import type { Finding } from './report.generated.ts';

const PATIENCE_MS = 5_000;
const AGAIN_MS = 100;
const OLDEST = [6, 2] as const;
/** What producers and BullMQ's tools write into `meta`: workers alone make it too, for the length of its stream of events. */
const OF_PRODUCERS = ['paused', 'version', 'concurrency', 'max'] as const;
/** Beyond what a network and a busy machine do. */
const SKEW_SECONDS = 5;

/** It may take a moment to connect. */
export async function reachedFinding(condition: RedisCondition): Promise<Finding> {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    const part = await condition.look();
    if (part.ok || performance.now() > until) return ofPart('redis', part, 'RedisUnreachable');
    await delay(AGAIN_MS);
  }
}

/** Of a Redis that answers: whether a queue is safe in it, of a Cluster in each primary. */
export async function safetyFinding(redis: RedisClient): Promise<Finding> {
  const servers = redis instanceof Cluster ? redis.nodes('master') : [redis];
  const infos = await Promise.all(servers.map((server) => server.info()));
  const found = infos.map(safetyOf);
  return (
    found.find(({ status }) => status === 'failed') ??
    found.find((one) => !isWell(one)) ??
    found[0] ??
    ok('redis', 'ok')
  );
}

/** From what INFO says; whether snapshots are taken takes a right that workers need not have. */
export function safetyOf(info: string): Finding {
  const field = (name: string) => new RegExp(`^${name}:([\\w.-]{1,32})\\r?$`, 'm').exec(info)?.[1];
  const version = field('redis_version') ?? 'of an unknown version';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]))
    return failed('redis', {
      message: `Redis ${version} is older than ${OLDEST.join('.')}`,
      ...{ remedy: 'let the configuration name a newer one', entry: 'RedisTooOld' },
    });
  const warnings = [
    ...(['noeviction', undefined].includes(field('maxmemory_policy'))
      ? []
      : [`maxmemory-policy is ${field('maxmemory_policy')}: Redis may drop jobs`]),
    ...(field('aof_enabled') === '0' ? ['there is no append-only file: a restart may lose the last jobs'] : []),
  ];
  return warnings.length === 0
    ? ok('redis', `Redis ${version} answers, and a queue is safe in it`)
    : warning('redis', {
        message: warnings.join('; '),
        remedy: 'set maxmemory-policy noeviction and appendonly yes, or let producers keep an outbox',
        entry: 'ConnectedWithWarnings',
      });
}

export async function queueFinding(redis: RedisClient, queue: WorkerConfig['queue']): Promise<Finding> {
  const { name, prefix } = queue;
  const key = (of: string) => `${prefix}:${name}:${of}`;
  const [added, meta, waiting, prioritized, delayed, active, workers] = await Promise.all([
    redis.exists(key('id')),
    redis.hmget(key('meta'), ...OF_PRODUCERS),
    redis.llen(key('wait')),
    redis.zcard(key('prioritized')),
    redis.zcard(key('delayed')),
    redis.llen(key('active')),
    redis.hlen(workersKey(queue)),
  ]);
  const [paused] = meta;
  if (added === 0 && meta.every((field) => field === null))
    return warning('queue', {
      message: `Redis has no queue ${name} with the prefix ${prefix}`,
      remedy: 'nothing before the first job; after it compare queue and redis with what the producers use',
      entry: 'QueueNotFound',
    });
  const words = `${waiting + prioritized} wait, ${delayed} are delayed, ${active} run; ${workers} workers tell of themselves`;
  return paused == null
    ? ok('queue', words)
    : warning('queue', {
        message: `the queue is paused: ${words}`,
        ...{ remedy: 'resume it, by the program that paused it', entry: 'nothing-is-rendered' },
      });
}

/** Held against the middle of the question. */
export async function clockFinding(redis: RedisClient): Promise<Finding> {
  const asked = Date.now();
  const [seconds, microseconds] = (await redis.time()).map(Number) as [number, number];
  const skew = (asked + Date.now()) / 2000 - (seconds + microseconds / 1e6);
  return skewFinding(skew);
}

export function skewFinding(seconds: number): Finding {
  const words = `the clock of this machine is ${Math.abs(seconds).toFixed(1)} s ${seconds < 0 ? 'behind' : 'ahead of'} that of Redis`;
  return Math.abs(seconds) <= SKEW_SECONDS
    ? ok('clock', words)
    : warning('clock', {
        message: words,
        remedy: 'set the clock by NTP: object stores refuse requests of another time, and ages are wrong',
        entry: 'jobs-fail',
      });
}
