/**
 * The two keys of a job. requestKey: what was asked for, known to the producer before anything is read; it is the job's id
 * and the name of its record. contentKey: what will come out, known once the source was read; it names the artifacts, so
 * that any number of executions write the same names.
 */
import { createHash } from 'node:crypto';
import type { PreviewJob } from './job.generated.ts';
import type { Identity, JobLimits, ResolvedOutput } from './renderer/protocol.ts';

/** Of a custom output, what the schema says is assumed when absent. */
export const OUTPUT_DEFAULTS = {
  fit: 'inside',
  format: 'webp',
  quality: 80,
  position: 'centre',
  effort: 2,
  lossless: false,
  sharpen: false,
  animated: false,
  copyright: false,
  page: 1,
  timeSeconds: 0,
} as const;

/**
 * 65 characters: 'r' (BullMQ refuses ids that are digits only, and ':') and a SHA-256. Metadata and force are no part of it.
 * Of the job as JSON, which is what the worker gets: an undefined field is an absent one.
 */
export function requestKeyOf(job: PreviewJob): string {
  const sent = JSON.parse(JSON.stringify(job)) as PreviewJob;
  const { metadata: _metadata, force: _force, dryRun = false, outputs, ...rest } = sent;
  const { page, timeSeconds, ...custom } = OUTPUT_DEFAULTS;
  const moment = { page, timeSeconds };
  const complete = outputs.map((output) =>
    'preset' in output ? { name: output.preset, ...moment, ...output } : { ...custom, ...moment, ...output },
  );
  return `r${hashOf({ ...rest, dryRun, outputs: complete })}`;
}

/** SHA-256 of all that decides on the bytes beside the source: an animation is cut to what the limits allow. */
export function recipeOf(
  outputs: readonly ResolvedOutput[],
  {
    placeholder = [],
    limits,
  }: { placeholder?: PreviewJob['placeholder']; limits: Pick<JobLimits, 'frames' | 'pixels'> },
): string {
  const { frames, pixels } = limits;
  const motion = outputs.some(({ animated }) => animated) ? { frames, pixels } : undefined;
  return hashOf({ outputs, placeholder: placeholder.toSorted(), motion });
}

/** 65 characters: 'c' and a SHA-256. */
export function contentKeyOf(source: { sha256: string }, recipe: string, renderer: Identity['renderer']): string {
  return `c${hashOf([source.sha256, recipe, rendererId(renderer)])}`;
}

export function rendererId({ name, version }: Identity['renderer']): string {
  return `${name}@${version}`;
}

/** SHA-256, hex, of a value as JSON with sorted keys: equal values have equal hashes. */
export function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value, sorted)).digest('hex');
}

function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
