/**
 * What the trusted worker and the untrusted renderer say to each other over the unix socket: one JSON object a line,
 * paths and small facts, never pixels. Everything the renderer says is read as hostile input by the worker.
 */
import type { WorkerConfig } from '../config.generated.ts';
import type { FailureReason } from '../failures.ts';

/** Limits of one job; the shape of `perJob` in the worker's configuration. */
export type JobLimits = WorkerConfig['perJob'];

/** One output with every default resolved: the part of the recipe that a renderer needs. */
export interface ResolvedOutput {
  readonly name: string;
  /** Pixels, upper bounds; an output is never enlarged. */
  readonly width: number;
  readonly height: number;
  readonly fit: 'cover' | 'contain' | 'inside' | 'fill';
  readonly format: 'jpeg' | 'png' | 'webp' | 'avif';
  /** 1 … 100. */
  readonly quality: number;
  /** Which part stays when cover cuts. */
  readonly position: 'centre' | 'attention' | 'entropy';
  /** #rrggbb; absent: nothing where the format can, else white. */
  readonly background?: string;
  /** 0 … 9. */
  readonly effort: number;
  readonly lossless: boolean;
  readonly sharpen: boolean;
  /** Keep the motion where source and format have it. */
  readonly animated: boolean;
  /** Carry EXIF copyright and artist over. */
  readonly copyright: boolean;
  /** 1-based. */
  readonly page: number;
  readonly timeSeconds: number;
}

export interface RendererInfo {
  readonly name: string;
  /** Changes whenever the pixels may change; part of the contentKey. */
  readonly version: string;
  /** Short format names, as in `jpeg`. */
  readonly formats: readonly string[];
}

export interface Capabilities {
  readonly slots: number;
  readonly renderers: readonly RendererInfo[];
  /** The quick one. */
  readonly selfTest: SelfTest;
}

/** `quick`: a sample of each renderer. `full`: of each format, in each output format, damaged, and under tight limits. */
export type SelfTestLevel = 'quick' | 'full';

export interface SelfTest {
  readonly passed: boolean;
  readonly milliseconds: number;
  /** Of a test that failed: which renderer, and how. */
  readonly reason?: string;
}

export interface Identity {
  readonly mediaType: string;
  readonly renderer: { readonly name: string; readonly version: string };
}

/** `folder` is a direct child of the scratch root; `source` is a file name inside it. */
export interface JobFolder {
  readonly folder: string;
  readonly source: string;
  readonly limits: JobLimits;
}

export interface RenderRequest extends JobFolder {
  readonly outputs: readonly ResolvedOutput[];
  readonly placeholder?: readonly PlaceholderKind[];
}

export type PlaceholderKind = 'thumbhash' | 'blurhash';

export interface RenderedFile {
  readonly name: string;
  /** File name inside the job's folder. */
  readonly file: string;
  readonly mediaType: string;
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
}

export interface RenderResult {
  readonly source: {
    readonly mediaType: string;
    readonly width: number;
    readonly height: number;
    readonly pages?: number;
    readonly frames?: number;
    readonly alpha?: boolean;
    readonly durationSeconds?: number;
  };
  readonly renderer: { readonly name: string; readonly version: string };
  readonly outputs: readonly RenderedFile[];
  readonly placeholder?: { readonly [kind in PlaceholderKind]?: string };
  /** Milliseconds by stage: identify, render, sizes, encode. */
  readonly timings: Readonly<Record<string, number>>;
}

export type WorkerMessage =
  | { readonly type: 'identify'; readonly id: number; readonly request: JobFolder }
  | { readonly type: 'render'; readonly id: number; readonly request: RenderRequest }
  /** For the full self-test: a renderer that fails it says so and ends with exit code 78. */
  | { readonly type: 'self-test'; readonly id: number }
  | { readonly type: 'cancel'; readonly id: number };

/** Why a slot's process is replaced. */
export const SLOT_RESTART_CAUSES = ['crash', 'memory', 'timeout', 'cancel', 'recycle'] as const;

export type RendererMessage =
  | { readonly type: 'ready'; readonly capabilities: Capabilities }
  | { readonly type: 'identified'; readonly id: number; readonly identity: Identity }
  | { readonly type: 'rendered'; readonly id: number; readonly result: RenderResult }
  | { readonly type: 'tested'; readonly id: number; readonly selfTest: SelfTest }
  | { readonly type: 'failed'; readonly id: number; readonly reason: FailureReason; readonly message: string }
  | { readonly type: 'slot-restarted'; readonly cause: (typeof SLOT_RESTART_CAUSES)[number] };
