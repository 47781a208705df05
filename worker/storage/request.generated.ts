// Generated from schemas/preview-request.schema.json by `npm run generate`. Do not edit.

/**
 * requests/<requestKey>.json in the sink: leads from what a producer asked for to the manifest, also after the queue has dropped the job.
 */
export interface PreviewRequest {
  version: 1;
  /**
   * Name of the manifest below the sink.
   */
  manifest: string;
  /**
   * SHA-256 of the outputs with presets and defaults resolved: a changed preset is no hit.
   */
  recipe: string;
  /**
   * name@version.
   */
  renderer: string;
  sourceSha256: string;
  /**
   * As the job pinned it and the source proved it.
   */
  sourceEtag?: string;
  /**
   * As sourceEtag.
   */
  sourceVersionId?: string;
  /**
   * The payload without force: what renders it again when the renderer has changed.
   */
  job: {};
  metadata?: {
    [k: string]: string;
  };
  /**
   * RFC 3339, UTC.
   */
  answeredAt: string;
}
