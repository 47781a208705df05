// Generated from schemas/preview-manifest.schema.json by `npm run generate`. Do not edit.

/**
 * artifacts/<contentKey>/manifest.json in the sink: written last, its presence says that every preview it names is there in full.
 */
export interface PreviewManifest {
  version: 1;
  contentKey: string;
  source: {
    /**
     * By the file's own bytes.
     */
    mediaType: string;
    bytes: number;
    sha256: string;
    /**
     * Pixels, upright.
     */
    width: number;
    /**
     * Pixels, upright.
     */
    height: number;
    pages?: number;
    durationSeconds?: number;
    /**
     * Of an animation.
     */
    frames?: number;
    /**
     * Whether it has transparency.
     */
    alpha?: boolean;
  };
  renderer: {
    name: string;
    version: string;
  };
  /**
   * @minItems 1
   * @maxItems 32
   */
  outputs: PreviewOutput[];
  placeholder?: Placeholders;
  /**
   * RFC 3339, UTC.
   */
  createdAt: string;
}
export interface PreviewOutput {
  name: string;
  uri: string;
  mediaType: string;
  /**
   * Pixels.
   */
  width: number;
  /**
   * Pixels.
   */
  height: number;
  bytes: number;
  sha256: string;
}
/**
 * Stand-ins for the first output while it loads.
 */
export interface Placeholders {
  /**
   * Base64 of at most 25 bytes.
   */
  thumbhash?: string;
  /**
   * 4 × 3 components.
   */
  blurhash?: string;
}
