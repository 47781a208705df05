// Generated from schemas/preview-job.schema.json by `npm run generate`. Do not edit.

/**
 * Page of a document, counted from 1.
 */
export type Page = number;
/**
 * Moment of a video, in seconds from its start.
 */
export type TimeSeconds = number;

/**
 * The data of one BullMQ job: a source file and the previews wanted of it. Readers accept this version and the one before; a newer one is put off until a newer worker takes it.
 */
export interface PreviewJob {
  version: 1;
  source: {
    /**
     * Where the file is. file:///…, http and https are honoured where the pool allows them; s3 is reserved.
     */
    uri: string;
    /**
     * The file must have this content; with it a known preview is answered without a download.
     */
    sha256?: string;
    etag?: string;
    versionId?: string;
    /**
     * A hint, never trusted.
     */
    mediaType?: string;
  };
  /**
   * @minItems 1
   * @maxItems 32
   */
  outputs: (PresetOutput | CustomOutput)[];
  /**
   * A folder under the pool's sink; the sink itself when absent.
   */
  destination?: {
    uri: string;
  };
  /**
   * Validate, plan and record; render nothing and write nothing.
   */
  dryRun?: boolean;
  /**
   * Render again, although the previews exist or the file is in quarantine.
   */
  force?: boolean;
  /**
   * Who the job is for.
   */
  tenant?: string;
  /**
   * Echoed in the result and in the record of the request; no part of the job's identity.
   */
  metadata?: {
    [k: string]: string;
  };
}
/**
 * An output that the pool's configuration names; its name is the preset's unless given.
 */
export interface PresetOutput {
  preset: string;
  name?: string;
  page?: Page;
  timeSeconds?: TimeSeconds;
}
/**
 * An output described in full. It is never larger than the source.
 */
export interface CustomOutput {
  name: string;
  /**
   * Pixels.
   */
  width: number;
  /**
   * Pixels.
   */
  height: number;
  fit?: 'cover' | 'contain' | 'inside' | 'fill';
  format?: 'jpeg' | 'png' | 'webp' | 'avif';
  quality?: number;
  page?: Page;
  timeSeconds?: TimeSeconds;
}
