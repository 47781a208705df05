/** One job from payload to result. What goes wrong is a PreviewFailure, or `signal.reason` when it was told to stop. */
import { randomUUID } from 'node:crypto';
import { mkdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { WorkerConfig } from './config.generated.ts';
import { type FailureReason, PreviewFailure } from './failures.ts';
import type { PreviewJob } from './job.generated.ts';
import { isPinned, resolveOutputs, validateJob } from './job.ts';
import { contentKeyOf, hashOf, recipeOf, rendererId, requestKeyOf } from './keys.ts';
import { limitsOf, loosestLimits } from './limits.ts';
import { removeFolder } from './remove-folder.ts';
import type { RendererConnection } from './renderer/connection.ts';
import type { Identity, JobFolder, JobLimits, RenderResult, ResolvedOutput } from './renderer/protocol.ts';
import type { PreviewResult, RenderedResult } from './result.ts';
import { scratchUnavailable } from './scratch.ts';
import { sharedModes } from './shared-modes.ts';
import { artifactsName, type Catalogue, manifestName } from './storage/catalogue.ts';
import { ConfinementError, createConfined, openConfined } from './storage/confined.ts';
import type { PreviewManifest, PreviewOutput } from './storage/manifest.generated.ts';
import type { Fetched, Source } from './storage/storage.ts';
import { parseUri } from './storage/uri.ts';
import { NO_SPAN, type Span } from './tracing/tracing.ts';

export interface Tools {
  readonly renderer: Pick<RendererConnection, 'identify' | 'render' | 'capabilities'>;
  readonly source: Source;
  readonly catalogue: Catalogue;
  readonly config: Pick<WorkerConfig, 'perJob' | 'renderers' | 'presets'>;
  /** Folder shared with the renderer. */
  readonly scratch: string;
  readonly observe: Observer;
  /** Absent: no traces. */
  readonly span?: Span;
}

/** Told what happens on the way, for metrics. */
export interface Observer {
  stage(name: string, seconds: number): void;
  stored(bytes: number): void;
  quarantined(reason: FailureReason): void;
}

interface Plan {
  readonly job: PreviewJob;
  readonly requestKey: string;
  readonly outputs: readonly ResolvedOutput[];
  readonly recipe: string;
  /** Folder below the sink, '' or ending in '/'. */
  readonly folder: string;
  readonly force: boolean;
}

type Content = Plan & {
  readonly source: Fetched;
  readonly identity: Identity;
  /** Known now that the renderer is. */
  readonly limits: JobLimits;
  readonly contentKey: string;
};

/** Failures that a file causes by itself: the same file would fail in the same way again. */
export const POISONS: ReadonlySet<FailureReason> = new Set<FailureReason>([
  'DecodeFailed',
  'LimitExceeded',
  'OutOfMemory',
  'PasswordProtected',
  'RendererCrashed',
  'TimedOut',
]);

const SOURCE = 'source';

export async function processJob(
  payload: unknown,
  tools: Tools,
  signal: AbortSignal,
  onStage: (stage: string) => void = () => {},
): Promise<PreviewResult> {
  const stages = new Stages(tools, signal, onStage);
  const plan = planOf(payload, tools);
  if (plan.job.dryRun === true) return dryRun(plan, tools);

  const answered = await stages.run('recall', () => recall(plan, tools));
  if (answered !== undefined) return resultOf(plan, answered, { cached: true, stages, tools });

  const { folder, remove } = await jobFolder(tools.scratch);
  try {
    const request: JobFolder = { folder, source: SOURCE, limits: loosestLimits(tools.config, plan.job) };
    const source = await stages.run('fetch', () => fetch(plan, request, tools, signal));
    const identity = await stages.run('identify', () => identify(request, tools, signal));
    const limits = limitsOf(tools.config, identity.renderer.name, plan.job);
    notLarger(source, limits);
    const content: Content = {
      ...plan,
      source,
      identity,
      limits,
      contentKey: contentKeyOf(source, plan.recipe, identity.renderer),
    };

    const known = await stages.run('lookup', () => lookup(content, tools));
    await stages.run('note', () => tools.catalogue.noteSource(plan.job.source.uri, plan.folder, content.contentKey));
    const made = known ?? (await make(content, { ...request, limits }, tools, stages, signal));
    await stages.run('request', () => record(content, tools));
    return resultOf(content, made, { cached: known !== undefined, stages, tools });
  } finally {
    await remove();
  }
}

async function make(
  content: Content,
  request: JobFolder,
  tools: Tools,
  stages: Stages,
  signal: AbortSignal,
): Promise<PreviewManifest> {
  const rendered = await stages.run('render', () => render(content, request, tools, signal));
  const outputs = await stages.run('store', () => store(content, request, rendered, tools, signal));
  return stages.run('manifest', () => writeManifest(content, rendered, outputs, tools));
}

function planOf(payload: unknown, { config, catalogue }: Tools): Plan {
  const job = validateJob(payload);
  const outputs = resolveOutputs(job, config.presets);
  const { etag, versionId, uri } = job.source;
  if ((etag !== undefined || versionId !== undefined) && uri.startsWith('file:')) {
    throw new PreviewFailure('InvalidPayload', 'source.etag and source.versionId mean nothing for a file: use sha256');
  }
  return {
    job,
    requestKey: requestKeyOf(job),
    outputs,
    recipe: recipeOf(outputs, { placeholder: job.placeholder, limits: loosestLimits(config, job) }),
    folder: job.destination === undefined ? '' : catalogue.folderOf(job.destination.uri),
    force: job.force ?? false,
  };
}

function dryRun({ job, requestKey, outputs, folder }: Plan, { catalogue }: Tools): PreviewResult {
  const plan = { source: job.source.uri, destination: catalogue.sink.uriOf(folder), outputs };
  return { requestKey, dryRun: true, plan, ...metadataOf(job) };
}

/** A request that pins its content and was answered by what this worker would make is answered without reading the source. */
async function recall(plan: Plan, { catalogue, renderer }: Tools): Promise<PreviewManifest | undefined> {
  if (plan.force || !isPinned(plan.job)) return undefined;
  const request = await catalogue.request(plan.requestKey);
  const current = renderer.capabilities.renderers.some((one) => rendererId(one) === request?.renderer);
  if (!current || request?.recipe !== plan.recipe) return undefined;
  const { sha256, etag, versionId } = plan.job.source;
  const same =
    (sha256 === undefined || sha256 === request.sourceSha256) &&
    (etag === undefined || etag === request.sourceEtag) &&
    (versionId === undefined || versionId === request.sourceVersionId);
  return same ? catalogue.manifest(request.manifest) : undefined;
}

async function fetch({ job }: Plan, request: JobFolder, tools: Tools, signal: AbortSignal): Promise<Fetched> {
  const { folder, limits } = request;
  const { sourceBytes: maxBytes, timeoutSeconds } = limits;
  const overdue = AbortSignal.timeout(timeoutSeconds * 1000);
  const stop = AbortSignal.any([signal, overdue]);
  await using target = await createConfined(folder, SOURCE).catch(scratchUnavailable);
  const { uri, etag, versionId } = job.source;
  const fetched = await tools.source
    .fetch({ uri: parseUri(uri), target, maxBytes, signal: stop, etag, versionId })
    .catch((error: unknown) => {
      if (error !== overdue.reason) throw error;
      throw new PreviewFailure('SourceUnavailable', `the source was not read within ${timeoutSeconds} s`);
    });
  const { sha256 = fetched.sha256 } = job.source;
  if (sha256 !== fetched.sha256) {
    throw new PreviewFailure('SourceChanged', `the source has the sha256 ${fetched.sha256}, the job names ${sha256}`);
  }
  return fetched;
}

/** The renderer's name is a label of metrics, chooses limits and is part of keys: only one that the image says it has. */
async function identify(request: JobFolder, { renderer }: Tools, signal: AbortSignal): Promise<Identity> {
  const identity = await renderer.identify(request, signal);
  const id = rendererId(identity.renderer);
  if (renderer.capabilities.renderers.some((one) => rendererId(one) === id)) return identity;
  throw new PreviewFailure('RendererCrashed', 'the file was said to be for a renderer that is not there');
}

/** The manifest when this content is done; throws the failure when it has failed for good under the same limits. */
async function lookup(content: Content, { catalogue }: Tools): Promise<PreviewManifest | undefined> {
  if (content.force) return undefined;
  const manifest = await catalogue.manifest(manifestName(content.folder, content.contentKey));
  if (manifest !== undefined) return manifest;
  const quarantine = await catalogue.quarantine(content.contentKey);
  const reason = [...POISONS].find((poison) => poison === quarantine?.reason);
  if (quarantine === undefined || reason === undefined || quarantine.limits !== hashOf(content.limits))
    return undefined;
  throw new PreviewFailure(
    reason,
    `${quarantine.message} (known since ${quarantine.at}; submit with force to try again)`,
  );
}

async function render(content: Content, request: JobFolder, tools: Tools, signal: AbortSignal): Promise<RenderResult> {
  const { renderer, catalogue, observe } = tools;
  const { outputs, job } = content;
  try {
    return await renderer.render({ ...request, outputs, placeholder: job.placeholder ?? [] }, signal);
  } catch (error) {
    if (!signal.aborted && error instanceof PreviewFailure && POISONS.has(error.reason)) {
      const { reason, message } = error;
      const limits = hashOf(content.limits);
      const quarantine = { version: 1, reason, message, limits, at: now() } as const;
      // A sink that takes no record does not make the file better: it would only be tried again for nothing.
      await catalogue.putQuarantine(content.contentKey, quarantine).then(
        () => observe.quarantined(reason),
        () => {},
      );
    }
    throw error;
  }
}

/** What the renderer says it wrote has the names that were asked for; it is taken only if it lies in the job's own folder. */
async function store(
  content: Content,
  { folder, limits }: JobFolder,
  rendered: RenderResult,
  { catalogue, observe }: Tools,
  signal: AbortSignal,
): Promise<PreviewOutput[]> {
  const stored: PreviewOutput[] = [];
  let budget = limits.outputBytes;
  for (const { name, file, mediaType, width, height } of rendered.outputs) {
    signal.throwIfAborted();
    await using preview = await openConfined(join(folder, file), folder).catch((error: unknown) => {
      if (!(error instanceof ConfinementError)) throw error;
      throw new PreviewFailure('RendererCrashed', `output ${name} of the renderer is ${error.problem}`);
    });
    const place = `${artifactsName(content.folder, content.contentKey)}/${file}`;
    const { force } = content;
    const { bytes, sha256 } = await catalogue
      .putPreview(place, preview, { force, signal, maxBytes: budget })
      .catch((error: unknown) => {
        if (!(error instanceof PreviewFailure && error.reason === 'SourceTooLarge')) throw error;
        throw new PreviewFailure('LimitExceeded', `the outputs pass the limit of ${limits.outputBytes} bytes`);
      });
    budget -= bytes;
    observe.stored(bytes);
    stored.push({ name, uri: catalogue.sink.uriOf(place), mediaType, width, height, bytes, sha256 });
  }
  return stored;
}

function writeManifest(content: Content, rendered: RenderResult, outputs: PreviewOutput[], { catalogue }: Tools) {
  const { contentKey, folder, source, identity } = content;
  const { bytes, sha256 } = source;
  return catalogue.putManifest(
    manifestName(folder, contentKey),
    {
      version: 1,
      contentKey,
      source: { ...rendered.source, bytes, sha256 },
      renderer: identity.renderer,
      outputs,
      ...(rendered.placeholder === undefined ? {} : { placeholder: rendered.placeholder }),
      createdAt: now(),
    },
    content,
  );
}

async function record(content: Content, { catalogue }: Tools): Promise<void> {
  const { job, requestKey, contentKey, folder, recipe, source, identity } = content;
  const { force: _force, ...again } = job;
  const { etag, versionId } = job.source;
  await catalogue.putRequest(requestKey, {
    version: 1,
    manifest: manifestName(folder, contentKey),
    recipe,
    renderer: rendererId(identity.renderer),
    sourceSha256: source.sha256,
    ...(etag === undefined ? {} : { sourceEtag: etag }),
    ...(versionId === undefined ? {} : { sourceVersionId: versionId }),
    job: again,
    ...metadataOf(job),
    answeredAt: now(),
  });
}

function resultOf(
  { job, requestKey, folder }: Plan,
  { contentKey, outputs, placeholder, source, renderer }: PreviewManifest,
  { cached, stages, tools }: { cached: boolean; stages: Stages; tools: Tools },
): RenderedResult {
  const manifest = tools.catalogue.sink.uriOf(manifestName(folder, contentKey));
  return {
    ...{ requestKey, manifest, outputs, source, renderer, cached },
    ...(placeholder === undefined ? {} : { placeholder }),
    ...metadataOf(job),
    timings: stages.timings,
  };
}

function metadataOf({ metadata }: PreviewJob) {
  return metadata === undefined ? {} : { metadata };
}

/** The renderer's limit may be tighter than what was fetched under the loosest. */
function notLarger({ bytes }: Fetched, { sourceBytes }: JobLimits): void {
  if (bytes > sourceBytes) {
    throw new PreviewFailure(
      'SourceTooLarge',
      `the source has ${bytes} bytes, the limit sourceBytes is ${sourceBytes}`,
    );
  }
}

/** A folder of the job's own, by its real path; nothing of it is left afterwards. */
async function jobFolder(scratch: string): Promise<{ folder: string; remove: () => Promise<void> }> {
  const folder = join(await realpath(scratch).catch(scratchUnavailable), `${JOB_FOLDER_PREFIX}${randomUUID()}`);
  await mkdir(folder, { mode: sharedModes().folder }).catch(scratchUnavailable);
  return { folder, remove: () => removeFolder(folder) };
}

export const JOB_FOLDER_PREFIX = 'job-';

const now = () => new Date().toISOString();

/** Runs and times the stages; between two of them it looks whether the job was told to stop. */
class Stages {
  readonly timings: Record<string, number> = {};
  readonly #observe: Observer;
  readonly #span: Span;
  readonly #signal: AbortSignal;
  readonly #onStage: (stage: string) => void;

  constructor(
    { observe, span = NO_SPAN }: Pick<Tools, 'observe' | 'span'>,
    signal: AbortSignal,
    onStage: (stage: string) => void,
  ) {
    this.#observe = observe;
    this.#span = span;
    this.#signal = signal;
    this.#onStage = onStage;
  }

  async run<T>(stage: string, work: () => Promise<T>): Promise<T> {
    this.#signal.throwIfAborted();
    this.#onStage(stage);
    const start = performance.now();
    const value = await this.#span(stage, work);
    const milliseconds = performance.now() - start;
    this.timings[stage] = Math.round(milliseconds);
    this.#observe.stage(stage, milliseconds / 1000);
    return value;
  }
}
