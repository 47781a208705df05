/** OpenTelemetry's SDK, sending OTLP over HTTP. The exporter reads the rest of its settings (`OTEL_EXPORTER_OTLP_…`) itself. */
import { setTimeout as delay } from 'node:timers/promises';
import { context, propagation, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { setGlobalErrorHandler, W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { PreviewFailure } from '../failures.ts';
import type { TracingSettings } from '../settings.ts';
import { queueTelemetry } from './queue-telemetry.ts';
import type { Span, TracedProcess, Tracing } from './tracing.ts';

const NAME = 'preview-worker';
/** At the end of a process: a collector that is away must not hold up a pod that is drained. */
const FLUSH_MILLISECONDS = 2_000;
/** A collector that stays away is told of once a minute. */
const TELL_AGAIN_MILLISECONDS = 60_000;

const SAMPLERS: Readonly<Record<TracingSettings['sampler'], (ratio: number) => Sampler>> = {
  always_on: () => new AlwaysOnSampler(),
  always_off: () => new AlwaysOffSampler(),
  traceidratio: (ratio) => new TraceIdRatioBasedSampler(ratio),
  parentbased_always_on: () => new ParentBasedSampler({ root: new AlwaysOnSampler() }),
  parentbased_always_off: () => new ParentBasedSampler({ root: new AlwaysOffSampler() }),
  parentbased_traceidratio: (ratio) => new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
};

/** Once a process: what is made here is global to OpenTelemetry. */
export function startTracing(
  { sampler, ratio }: TracingSettings,
  { service, instance, onProblem }: TracedProcess,
): Tracing {
  // No baggage: whoever adds a job could have it carried to wherever the worker asks.
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  setGlobalErrorHandler(seldom(onProblem));
  const provider = new TracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes({ 'service.name': service, ...(instance && { 'service.instance.id': instance }) }))
      .merge(detectResources({ detectors: [envDetector] })),
    sampler: SAMPLERS[sampler](ratio),
    spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter() })],
  });
  trace.setGlobalTracerProvider(provider);
  const tracer = provider.getTracer(NAME);

  const span: Span = (name, work) =>
    tracer.startActiveSpan(name, async (started) => {
      try {
        return await work();
      } catch (error) {
        // Work that was told to stop is thrown why, as text: it is given back, and has not failed.
        if (typeof error !== 'string') {
          // The reason and no more: a message may hold the URL of a source.
          started.setAttribute('error.type', error instanceof PreviewFailure ? error.reason : 'Internal');
          started.setStatus({ code: SpanStatusCode.ERROR });
        }
        throw error;
      } finally {
        started.end();
      }
    });

  const stop = async () => {
    const over = new AbortController();
    const late = delay(FLUSH_MILLISECONDS, false, { signal: over.signal }).catch(() => false);
    const sent = provider.shutdown().then(
      () => true,
      () => false,
    );
    return Promise.race([sent, late]).finally(() => over.abort());
  };
  return { telemetry: queueTelemetry(NAME), span, stop };
}

/** No more than what kind of problem: the exporter's message may repeat what the collector answered. */
function seldom(tell: (problem: string) => void): (error: unknown) => void {
  let toldAt = Number.NEGATIVE_INFINITY;
  return (error) => {
    if (performance.now() - toldAt < TELL_AGAIN_MILLISECONDS) return;
    toldAt = performance.now();
    const { code, name } = error as { code?: unknown; name?: unknown };
    tell(`spans were not sent, and are lost: ${code ?? name ?? 'unknown'}`);
  };
}
