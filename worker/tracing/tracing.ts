/** Spans of what becomes of a job. */
import type { QueueBaseOptions } from 'bullmq';

/** Runs `work` in a span of that name, below the one in which it is called. */
export type Span = <T>(name: string, work: () => Promise<T>) => Promise<T>;

export interface Tracing {
  /** For BullMQ's queues and workers: it hands a trace on from who adds a job to who does it. */
  readonly telemetry: NonNullable<QueueBaseOptions['telemetry']>;
  readonly span: Span;
  /** Sends what was not sent yet, for a moment at most; resolves to false when that was not done. */
  stop(): Promise<boolean>;
}

export interface TracedProcess {
  /** `service.name`, unless OTEL_SERVICE_NAME names another. */
  readonly service: string;
  /** `service.instance.id`. */
  readonly instance?: string;
  readonly onProblem: (problem: string) => void;
}

/** Of a process without traces. */
export const NO_SPAN: Span = (_name, work) => work();
