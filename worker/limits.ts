/** What one job may take: the pool's limits, those of its renderer in their place, and the job's own where they are tighter. */
import type { WorkerConfig } from './config.generated.ts';
import type { PreviewJob } from './job.generated.ts';
import type { JobLimits } from './renderer/protocol.ts';

type Configured = Pick<WorkerConfig, 'perJob' | 'renderers'>;

/** Of a job whose file's renderer is known. */
export function limitsOf({ perJob, renderers = [] }: Configured, renderer: string, job: PreviewJob): JobLimits {
  const own = renderers.find(({ name }) => name === renderer)?.perJob;
  return tightened({ ...perJob, ...own }, job.limits);
}

/** Until a file's renderer is known, and the most that any job gets: field by field the loosest. */
export function loosestLimits({ perJob, renderers = [] }: Configured, job?: PreviewJob): JobLimits {
  const all = renderers.length === 0 ? [perJob] : renderers.map((renderer) => ({ ...perJob, ...renderer.perJob }));
  const names = Object.keys(perJob) as (keyof JobLimits)[];
  const loosest = names.map((name) => [name, Math.max(...all.map((limits) => limits[name]))]);
  return tightened(Object.fromEntries(loosest) as JobLimits, job?.limits);
}

/** Names of the renderers to load; absent: all. */
export function chosenRenderers({ renderers }: Configured): { only?: readonly string[] } {
  return renderers === undefined ? {} : { only: renderers.map(({ name }) => name) };
}

/** Never looser than `limits`, whatever is asked for. */
export function tightened(limits: JobLimits, asked: Partial<JobLimits> = {}): JobLimits {
  const names = Object.keys(limits) as (keyof JobLimits)[];
  const tighter = names.map((name) => [name, Math.min(limits[name], asked[name] ?? limits[name])]);
  return Object.fromEntries(tighter) as JobLimits;
}
