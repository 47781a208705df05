import type { TracingSettings } from '../settings.ts';
import type { TracedProcess, Tracing } from './tracing.ts';

/** Undefined where no traces are asked for: then nothing of OpenTelemetry is loaded. */
export async function openTracing(
  settings: TracingSettings | undefined,
  process: TracedProcess,
): Promise<Tracing | undefined> {
  if (settings === undefined) return undefined;
  const { startTracing } = await import('./open-telemetry.ts');
  return startTracing(settings, process);
}
