import type { PreviewJob } from './job.generated.ts';
import type { ResolvedOutput } from './renderer/protocol.ts';
import type { PreviewManifest, PreviewOutput } from './storage/manifest.generated.ts';

/** A job's return value, kept small: BullMQ copies it into its event stream. */
export interface RenderedResult {
  readonly requestKey: string;
  /** Absolute URI. */
  readonly manifest: string;
  readonly outputs: readonly PreviewOutput[];
  readonly placeholder?: NonNullable<PreviewManifest['placeholder']>;
  readonly source: PreviewManifest['source'];
  readonly renderer: PreviewManifest['renderer'];
  /** True when nothing had to be rendered. */
  readonly cached: boolean;
  readonly metadata?: NonNullable<PreviewJob['metadata']>;
  /** Milliseconds by stage. */
  readonly timings: Readonly<Record<string, number>>;
}

/** What a job would do: nothing was read, rendered or written. */
export interface DryRunResult {
  readonly requestKey: string;
  readonly dryRun: true;
  readonly plan: {
    readonly source: string;
    /** Absolute URI of the folder that the previews would go to. */
    readonly destination: string;
    readonly outputs: readonly ResolvedOutput[];
  };
  readonly metadata?: NonNullable<PreviewJob['metadata']>;
}

export type PreviewResult = RenderedResult | DryRunResult;
