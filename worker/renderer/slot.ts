/** The program of a slot's child: one task at a time, read from file descriptor 3, answered on it. It ends with its supervisor. */
import { Socket } from 'node:net';
import { argv } from 'node:process';
import { PreviewFailure } from '../failures.ts';
import { loadRenderers, type RendererChoice } from '../renderers/registry.ts';
import { readLines, writeLine } from './lines.ts';
import { recognise, runPipeline } from './pipeline.ts';
import { selfTest } from './self-test.ts';
import type { SlotReply, SlotTask } from './slot-protocol.ts';

const supervisor = new Socket({ fd: 3 });
supervisor.on('close', () => process.exit(0));
supervisor.on('error', () => process.exit(0));

const renderers = await loadRenderers(JSON.parse(argv[2] ?? '{}') as RendererChoice);

readLines(supervisor, async (task) => {
  writeLine(supervisor, { type: 'started' } satisfies SlotReply);
  writeLine(supervisor, await answer(task as SlotTask));
});
writeLine(supervisor, { type: 'ready' } satisfies SlotReply);

async function answer(task: SlotTask): Promise<SlotReply> {
  try {
    return { type: 'done', value: await work(task) };
  } catch (error) {
    if (error instanceof PreviewFailure) return { type: 'failed', reason: error.reason, message: error.message };
    return { type: 'failed', reason: 'Internal', message: String((error as Error).message ?? error) };
  }
}

async function work(task: SlotTask): Promise<unknown> {
  if (task.type === 'self-test') return selfTest(renderers, task.folder, task.level);
  if (task.type === 'render') return runPipeline(task.request, renderers);
  const { mediaType, renderer } = await recognise(task.request, renderers);
  return { mediaType, renderer };
}
