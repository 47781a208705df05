import type { JobLimits } from '../renderer/protocol.ts';

/** Pixels, upright. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** 8-bit sRGB samples, row by row, upright. */
export interface Raster extends Size {
  readonly data: Buffer;
  readonly channels: 1 | 2 | 3 | 4;
  /** Present for several frames: they lie below one another in `data`, each of the raster's size. */
  readonly motion?: Motion;
}

export interface Motion {
  /** Milliseconds that each frame is shown; as many as there are frames. */
  readonly delays: readonly number[];
  /** 0 is for ever. */
  readonly loop: number;
}

/** What EXIF says of rights; empty where it says nothing. */
export interface Rights {
  readonly Copyright?: string;
  readonly Artist?: string;
}

/** What of the source an output shows. */
export interface Moment {
  /** 1-based. */
  readonly page: number;
  readonly timeSeconds: number;
}

export interface SourceFile {
  readonly path: string;
  readonly mediaType: string;
  readonly limits: JobLimits;
}

/** A source whose header was read and whose limits hold: nothing large was decoded yet. */
export interface OpenSource extends Size {
  readonly pages?: number;
  readonly durationSeconds?: number;
  /** Of an animation. */
  readonly frames?: number;
  readonly alpha?: boolean;
  readonly rights?: Rights;
  /** For sources whose pages differ in size; without it every page is as large as the source. Throws as `raster` does. */
  sizeAt?(moment: Moment): Promise<Size>;
  /** Decodes once, straight to `size`, which is never larger than the page. Throws PreviewFailure. */
  raster(moment: Moment, size: Size): Promise<Raster>;
  /** As `raster`, with as many of an animation's frames as the limits allow. Absent where nothing moves. */
  animation?(size: Size): Promise<Raster>;
}

/**
 * One renderer, the default export of one file, imported only inside a slot. It is held to the conformance suite.
 * Everything it throws that is no PreviewFailure becomes DecodeFailed.
 */
export interface Renderer {
  readonly name: string;
  /** Changes whenever the pixels may change: own revision and the decoder's version. */
  readonly version: string;
  /**
   * The formats that it claims to read, each with a tiny file that the self-test renders. Short names for people, as in
   * `jpeg`; the first one is rendered at every start.
   */
  readonly samples: Readonly<Record<string, () => Promise<Buffer>>>;
  readonly mediaTypes: readonly string[];
  /** Own magic bytes, asked before the library's: the media type, or undefined. */
  recognise?(head: Uint8Array): string | undefined;
  /** For kinds without magic bytes: asked last, when neither a renderer's own nor the library's were found. */
  guess?(head: Uint8Array): string | undefined;
  /** Throws PreviewFailure: LimitExceeded, UnsupportedMedia, DecodeFailed, PasswordProtected, InvalidPayload. */
  open(source: SourceFile): Promise<OpenSource>;
}
