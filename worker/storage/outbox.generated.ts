// Generated from schemas/preview-outbox.schema.json by `npm run generate`. Do not edit.

/**
 * outbox/<job id>.json in the sink: a job that a producer has accepted, kept until it is answered, because Redis may lose it.
 */
export interface PreviewOutbox {
  version: 1;
  /**
   * The job's id in the queue.
   */
  id: string;
  requestKey: string;
  lane: 'urgent' | 'interactive' | 'backfill';
  job: {};
  /**
   * RFC 3339, UTC.
   */
  submittedAt: string;
}
