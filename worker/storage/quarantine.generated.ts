// Generated from schemas/preview-quarantine.schema.json by `npm run generate`. Do not edit.

/**
 * quarantine/<contentKey>.json in the sink: this content has failed for good with this recipe, renderer and limits, and is answered at once unless the job says force.
 */
export interface PreviewQuarantine {
  version: 1;
  reason: string;
  message: string;
  /**
   * SHA-256 of the limits it failed under: with others it is tried again.
   */
  limits: string;
  /**
   * RFC 3339, UTC.
   */
  at: string;
}
