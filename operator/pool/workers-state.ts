/** What a pool's own workers tell, in words that do not change while nothing does: no counts, no names of pods. */
import type { PoolStatus } from './spec.generated.ts';
import type { WorkerHeartbeat } from './worker-heartbeat.generated.ts';

export interface SinkState {
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: 'SinkWritable' | 'SinkNotWritable' | 'NoWorkerTells';
  readonly message: string;
  /** No worker can write it. */
  readonly isOver: boolean;
}

export function sinkStateOf(heartbeats: readonly WorkerHeartbeat[]): SinkState {
  const failing = heartbeats.filter(({ sink }) => !sink.writable);
  const isOver = failing.length > 0 && failing.length === heartbeats.length;
  if (failing.length > 0) {
    const why = failing.map(({ sink }) => plain(sink.reason ?? '')).sort()[0] || 'it does not say why';
    const who = isOver ? 'no worker' : 'not every worker';
    return { status: 'False', reason: 'SinkNotWritable', message: `${who} can write to the sink: ${why}`, isOver };
  }
  return heartbeats.length > 0
    ? { status: 'True', reason: 'SinkWritable', message: '', isOver }
    : {
        status: 'Unknown',
        reason: 'NoWorkerTells',
        message: 'no worker has told of its sink in the last minute',
        isOver,
      };
}

/** One line of printable ASCII: a stranger may have written it. */
const plain = (text: string): string => text.replace(/[^\x20-\x7e]+/g, ' ').trim();

type Renderers = NonNullable<PoolStatus['renderers']>;

const WORD = /^[a-z0-9][a-z0-9.+-]*$/;
const MOST_RENDERERS = 16;
const MOST_FORMATS = 32;

/** What those who passed their self-test can render, together; undefined when nobody tells. */
export function provenRenderers(heartbeats: readonly WorkerHeartbeat[]): Renderers | undefined {
  const formats = new Map<string, Set<string>>();
  for (const { selfTest, renderers } of heartbeats) {
    if (selfTest !== 'passed') continue;
    for (const renderer of renderers) {
      if (!WORD.test(renderer.name)) continue;
      const known = formats.get(renderer.name) ?? new Set();
      for (const format of renderer.formats) if (WORD.test(format)) known.add(format);
      formats.set(renderer.name, known);
    }
  }
  if (formats.size === 0) return undefined;
  return [...formats]
    .map(([name, known]) => ({ name, formats: [...known].sort().slice(0, MOST_FORMATS) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .slice(0, MOST_RENDERERS);
}
