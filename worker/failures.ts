/**
 * Why a job could not be done, as a closed list: label values, log fields and the error a producer reads.
 * `permanent` failures are never retried; `remedy` tells the person who submitted the job what to change.
 */
export const FAILURES = {
  InvalidPayload: {
    permanent: true,
    remedy: 'correct the payload at the path named; `preview-worker validate FILE` checks it without a queue',
  },
  UnsupportedMedia: {
    permanent: true,
    remedy: 'send a format that the worker renders: its health lists them under renderers',
  },
  SourceNotFound: { permanent: true, remedy: 'check source.uri: the source must exist when the job runs' },
  SourceForbidden: {
    permanent: true,
    remedy:
      'name what the pool’s worker.sources allow: a file that the worker’s user may read and no link leads out of, or a bucket or host that is allowed, with credentials that may read it',
  },
  SourceChanged: {
    permanent: true,
    remedy: 'submit again: the source no longer has the sha256, etag or versionId that the job names',
  },
  SourceTooLarge: { permanent: true, remedy: 'raise worker.perJob.sourceBytes or send a smaller file' },
  LimitExceeded: { permanent: true, remedy: 'raise the limit named (worker.perJob) or send a smaller source' },
  TimedOut: { permanent: true, remedy: 'raise worker.perJob.timeoutSeconds or send a simpler source' },
  OutOfMemory: { permanent: true, remedy: 'raise worker.perJob.memory or send a smaller source' },
  DecodeFailed: {
    permanent: true,
    remedy: 'the file is damaged or not what it says it is; send it again from its origin',
  },
  PasswordProtected: { permanent: true, remedy: 'remove the password from the file' },
  RendererCrashed: { permanent: true, remedy: 'the decoder died on this file; it will not be tried again' },
  DestinationForbidden: { permanent: true, remedy: 'leave destination out, or keep it under the pool’s sink' },
  ShutdownTooShort: {
    permanent: true,
    remedy: 'raise worker.shutdownGraceSeconds: more than five shutdowns interrupted this job',
  },
  NewerPayload: { permanent: false, remedy: 'roll out workers that know this payload version or preset' },
  SinkUnavailable: {
    permanent: false,
    remedy: 'check that the sink is mounted or answers, takes what is written, and is not full',
  },
  ScratchUnavailable: {
    permanent: false,
    remedy:
      'check that the worker’s scratch folder is writable and not full: its node needs room for worker.slots sources and their previews at once',
  },
  SourceUnavailable: { permanent: false, remedy: 'the source did not answer; the job is tried again' },
  RendererUnavailable: { permanent: false, remedy: 'the renderer restarted; the job is given back and tried again' },
  Internal: { permanent: false, remedy: 'look into the worker’s log at this job id' },
} as const satisfies Record<string, { permanent: boolean; remedy: string }>;

export type FailureReason = keyof typeof FAILURES;

/** A typed failure of one job. `message` says what and where; it never holds a credential or a URL's query. */
export class PreviewFailure extends Error {
  readonly reason: FailureReason;

  constructor(reason: FailureReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PreviewFailure';
    this.reason = reason;
  }

  get permanent(): boolean {
    return FAILURES[this.reason].permanent;
  }

  get remedy(): string {
    return FAILURES[this.reason].remedy;
  }
}
