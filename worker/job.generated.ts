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
     * Where the file is, as far as the pool allows it: file:///…, s3://bucket/key with the key percent-encoded, http or https.
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
   * Tiny stand-ins for the first output, in the manifest and the result.
   *
   * @maxItems 2
   */
  placeholder?: ('thumbhash' | 'blurhash')[];
  /**
   * Tighter limits than the pool's; what is looser than the pool's counts for nothing.
   */
  limits?: {
    timeoutSeconds?: number;
    memoryBytes?: number;
    sourceBytes?: number;
    pixels?: number;
    pages?: number;
    frames?: number;
    outputBytes?: number;
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
  /**
   * Which part stays when cover cuts: the middle, where people look first, or where most detail is. Animations are cut in the middle.
   */
  position?: 'centre' | 'attention' | 'entropy';
  /**
   * Behind transparency and around contain; absent: nothing where the format can, else white.
   */
  background?: string;
  /**
   * CPU spent on fewer bytes; formats that know less take their most.
   */
  effort?: number;
  /**
   * webp and avif without loss; quality then matters little.
   */
  lossless?: boolean;
  /**
   * Gently, after the picture was shrunk.
   */
  sharpen?: boolean;
  /**
   * Keep the motion of an animation where the format can (webp); else the page asked for is shown.
   */
  animated?: boolean;
  /**
   * Carry the source's EXIF copyright and artist over; everything else of EXIF is left behind.
   */
  copyright?: boolean;
  page?: Page;
  timeSeconds?: TimeSeconds;
}
