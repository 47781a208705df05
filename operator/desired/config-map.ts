import { poolLimits, rendererLimits, shutdownGraceSeconds } from '../pool/job-needs.ts';
import { names } from '../pool/names.ts';
import type { Pool } from '../pool/pool.ts';
import { waitTargets } from '../pool/wait-targets.ts';
import type { WorkerConfig } from '../pool/worker-config.generated.ts';
import { type Builder, child } from './child.ts';
import { redisOf } from './redis.ts';
import { s3Sink, s3Source } from './s3.ts';

const WORKERS_OWN = { interactive: 30, backfill: 1800 };

export function workerConfig(pool: Pool): WorkerConfig {
  const { queue, worker } = pool.spec;
  return {
    version: 1,
    pool: { namespace: pool.metadata.namespace ?? 'default', name: pool.metadata.name },
    queue: { name: queue.name, prefix: queue.prefix },
    redis: redisOf(pool),
    slots: worker.slots,
    perJob: poolLimits(pool),
    ...(worker.renderers ? { renderers: worker.renderers.map(rendererOf) } : {}),
    sources: sourcesOf(pool),
    sink: sinkOf(pool),
    presets: worker.presets ?? [],
    shutdownGraceSeconds: shutdownGraceSeconds(pool),
    ...waitTargetsOf(pool),
    logLevel: worker.logLevel,
  };
}

/** What a worker takes by itself is left out, so that the template of most pools does not know of it. */
function waitTargetsOf(pool: Pool): Pick<WorkerConfig, 'waitTargetSeconds'> {
  const { interactive, backfill } = waitTargets(pool) ?? WORKERS_OWN;
  const waitTargetSeconds = {
    ...(interactive === WORKERS_OWN.interactive ? {} : { interactive }),
    ...(backfill === WORKERS_OWN.backfill ? {} : { backfill }),
  };
  return Object.keys(waitTargetSeconds).length > 0 ? { waitTargetSeconds } : {};
}

function rendererOf(renderer: NonNullable<Pool['spec']['worker']['renderers']>[number]) {
  const { name, perJob } = renderer;
  return perJob ? { name, perJob: rendererLimits(renderer) } : { name };
}

function sourcesOf(pool: Pool): WorkerConfig['sources'] {
  const { file, http } = pool.spec.worker.sources;
  const s3 = s3Source(pool);
  return {
    ...(file ? { file: { roots: file.roots.map(({ path }) => ({ path })) } } : {}),
    ...(http ? { http } : {}),
    ...(s3 ? { s3 } : {}),
  };
}

function sinkOf(pool: Pool): WorkerConfig['sink'] {
  const { file } = pool.spec.worker.sink;
  const s3 = s3Sink(pool);
  return { ...(file ? { file: { path: file.path } } : {}), ...(s3 ? { s3 } : {}) };
}

export const configMap: Builder = (pool) =>
  child(pool, 'v1', 'ConfigMap', names.configMap(pool), {
    data: { 'config.json': JSON.stringify(workerConfig(pool), null, 2) },
  });
