/** The full self-test, which a queue remembers: workers of one build run it once, and a pool at zero does not forget it. */
import type { WorkerConfig } from './config.generated.ts';
import { rendererId } from './keys.ts';
import type { RedisClient } from './redis.ts';
import type { RendererConnection } from './renderer/connection.ts';
import type { SelfTest } from './renderer/protocol.ts';
import { statsKey } from './stats.ts';

export interface ProofOptions {
  readonly redis: RedisClient;
  readonly queue: WorkerConfig['queue'];
  readonly build: string;
  readonly renderer: Pick<RendererConnection, 'capabilities' | 'selfTest' | 'closed'>;
  /** Ends the wait for Redis and the test. */
  readonly signal: AbortSignal;
  readonly onProblem: (error: Error) => void;
}

/**
 * Tests the renderer in full, unless this build's field in the queue's statistics says that all its renderers have passed.
 * Waits for a Redis that is away. Resolves with the test, or undefined where there was none to run. Rejects with the
 * signal's reason, or RendererUnavailable.
 */
export async function prove({ redis, queue, build, renderer, signal, onProblem }: ProofOptions) {
  const key = statsKey(queue);
  // The same build has other decoders on another kind of processor.
  const field = `full:${build}:${process.arch}`;
  const present = renderer.capabilities.renderers.map(rendererId);

  const noted = redis.hget(key, field).catch((error: Error) => {
    onProblem(error);
    return null;
  });
  const passed = new Set((await orEnded(noted, renderer.closed, signal))?.split(' '));
  if (present.every((id) => passed.has(id))) return undefined;

  const selfTest: SelfTest = await renderer.selfTest(signal);
  // Not waited for: a Redis that takes no more writes costs the next worker a test, and this one nothing.
  if (selfTest.passed) void redis.hset(key, field, [...new Set([...passed, ...present])].join(' ')).catch(onProblem);
  return selfTest;
}

async function orEnded<T>(work: Promise<T>, closed: Promise<void>, signal: AbortSignal): Promise<T | undefined> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work, closed.then(() => undefined), aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
