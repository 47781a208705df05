/** A job's payload, hostile until it went through here. */
import type { ErrorObject } from 'ajv/dist/2020.js';
import type { WorkerConfig } from './config.generated.ts';
import { PreviewFailure } from './failures.ts';
import type { CustomOutput, PresetOutput, PreviewJob } from './job.generated.ts';
import { validate } from './job.validator.generated.ts';
import { OUTPUT_DEFAULTS } from './keys.ts';
import type { ResolvedOutput } from './renderer/protocol.ts';
import { validator } from './schema.ts';

export const PAYLOAD_VERSION = 1;

const fits = validator<PreviewJob>(validate, ofTheKindMeant);

/**
 * The payload as a PreviewJob. Throws PreviewFailure: InvalidPayload naming the path and what to do, NewerPayload for a
 * version that only newer workers know.
 */
export function validateJob(payload: unknown): PreviewJob {
  const version = (payload as { version?: unknown } | null)?.version;
  if (typeof version === 'number' && Number.isInteger(version) && version > PAYLOAD_VERSION) {
    throw new PreviewFailure('NewerPayload', `version is ${version}, this worker knows ${PAYLOAD_VERSION}`);
  }
  try {
    const job = fits(payload);
    urisParse(job);
    namesDiffer(job.outputs);
    return job;
  } catch (error) {
    if (error instanceof PreviewFailure) throw error;
    throw new PreviewFailure('InvalidPayload', (error as Error).message);
  }
}

/** Whether the payload says which content it means: only then can an answer be given without a look at the source. */
export function isPinned({ source }: PreviewJob): boolean {
  return source.sha256 !== undefined || source.etag !== undefined || source.versionId !== undefined;
}

/** The outputs in full. A preset that this worker does not know may be one that newer workers do: NewerPayload. */
export function resolveOutputs(job: PreviewJob, presets: WorkerConfig['presets']): readonly ResolvedOutput[] {
  const { page, timeSeconds } = OUTPUT_DEFAULTS;
  return job.outputs.map((output, at): ResolvedOutput => {
    if (!('preset' in output)) return { ...OUTPUT_DEFAULTS, ...output };
    const preset = presets.find(({ name }) => name === output.preset);
    if (preset === undefined) {
      const known = presets.map(({ name }) => name).join(', ') || 'none';
      throw new PreviewFailure(
        'NewerPayload',
        `outputs[${at}].preset '${output.preset}' is no preset of this pool; there are: ${known}`,
      );
    }
    return {
      ...OUTPUT_DEFAULTS,
      ...preset,
      name: nameOf(output),
      page: output.page ?? page,
      timeSeconds: output.timeSeconds ?? timeSeconds,
    };
  });
}

/** The schema's patterns see only how a URI begins. */
function urisParse({ source, destination }: PreviewJob): void {
  for (const [path, uri] of Object.entries({ 'source.uri': source.uri, 'destination.uri': destination?.uri })) {
    if (uri === undefined || URL.canParse(uri)) continue;
    throw new PreviewFailure('InvalidPayload', `${path} is no URI that can be parsed: correct it`);
  }
}

function namesDiffer(outputs: PreviewJob['outputs']): void {
  const seen = new Set<string>();
  for (const [at, output] of outputs.entries()) {
    const name = nameOf(output);
    if (seen.has(name)) {
      throw new PreviewFailure(
        'InvalidPayload',
        `outputs[${at}] has the name '${name}' of an earlier output: give it a name of its own`,
      );
    }
    seen.add(name);
  }
}

function nameOf(output: PresetOutput | CustomOutput): string {
  return output.name ?? (output as PresetOutput).preset;
}

/** An output that fits neither kind leaves one problem for each, in the schema's order: the kind that was meant is spoken of. */
function ofTheKindMeant(errors: readonly ErrorObject[], document: unknown): ErrorObject | undefined {
  const both = errors.at(-1);
  if (both?.keyword !== 'anyOf') return errors[0];
  const output = (document as PreviewJob).outputs[Number(both.instancePath.split('/').at(-1))];
  return typeof output === 'object' && output !== null && 'preset' in output ? errors[0] : errors[1];
}
