/**
 * bullmq-otel, held to what a trace may tell. BullMQ itself would put a job's whole result, and the text of its failure, into events;
 * and it believes what a job says of its trace, which is anybody's to write.
 */
import { type Context, context, ROOT_CONTEXT } from '@opentelemetry/api';
import { BullMQOtel } from 'bullmq-otel';
import { FAILURES } from '../failures.ts';
import type { Tracing } from './tracing.ts';

type Telemetry = Tracing['telemetry'];
type QueueSpan = ReturnType<Telemetry['tracer']['startSpan']>;
type Attributes = Parameters<QueueSpan['setAttributes']>[0];

/** The work that a trace is about. Asking for a job that is not there would be a trace each few seconds. */
const OPERATIONS = /^(add|addBulk|process)( |$)/;
const TOLD: ReadonlySet<string> = new Set([
  'bullmq.job.attempt_finished_timestamp',
  'bullmq.job.attempts.made',
  'bullmq.job.bulk.count',
  'bullmq.job.id',
  'bullmq.job.name',
  'bullmq.job.processed.timestamp',
  'bullmq.queue.name',
  'bullmq.queue.operation',
  'bullmq.worker.id',
  'bullmq.worker.name',
]);

const NOT_TRACED: QueueSpan = {
  setSpanOnContext: (parent: Context) => parent,
  setAttribute: () => {},
  setAttributes: () => {},
  addEvent: () => {},
  recordException: () => {},
  end: () => {},
};

export function queueTelemetry(tracerName: string): Telemetry {
  const { tracer, contextManager } = new BullMQOtel({ tracerName });
  return {
    tracer: {
      startSpan: (name, options, parent) =>
        OPERATIONS.test(name) ? quiet(tracer.startSpan(name, options as never, parent as Context)) : NOT_TRACED,
    },
    contextManager: {
      with: (given, work) => contextManager.with(given as Context, work),
      active: () => contextManager.active(),
      root: () => ROOT_CONTEXT,
      getMetadata: (given) => contextManager.getMetadata(given as Context),
      fromMetadata: (active, metadata) => {
        try {
          return contextManager.fromMetadata(active as Context, metadata);
        } catch {
          return context.active();
        }
      },
    },
  };
}

function quiet(span: QueueSpan): QueueSpan {
  const told = (attributes: Attributes): Attributes =>
    Object.fromEntries(Object.entries(attributes).filter(([name]) => TOLD.has(name)));
  return {
    setSpanOnContext: (parent) => span.setSpanOnContext(parent),
    setAttribute: (name, value) => {
      if (TOLD.has(name)) span.setAttribute(name, value);
    },
    setAttributes: (attributes) => span.setAttributes(told(attributes)),
    addEvent: (name, attributes = {}) => {
      const reason = reasonIn(attributes['bullmq.job.failed.reason']);
      span.addEvent(name, {});
      if (reason !== undefined) span.setAttribute('error.type', reason);
    },
    recordException: (exception) => {
      const reason = reasonIn(typeof exception === 'string' ? exception : exception.message);
      span.setAttribute('error.type', reason ?? 'Internal');
    },
    end: () => span.end(),
  };
}

/** A worker's failure reads `Reason: message`. */
function reasonIn(message: unknown): string | undefined {
  const [, reason = ''] = /^(\w+): /.exec(String(message)) ?? [];
  return Object.hasOwn(FAILURES, reason) ? reason : undefined;
}
