/** Jobs of one photo in the inbox, each a job of its own, and what they have to come to. */
import { expect } from 'chai';
import type { PreviewClient, RenderedResult } from '../../worker/client.ts';

let turn = 0;

/** The job's id, once it is in the queue. `photo.jpg` has to lie in the inbox of the pool. */
export async function submitPhoto(client: PreviewClient): Promise<string> {
  turn += 1;
  const source = { uri: 'file:///inbox/photo.jpg' };
  const metadata = { turn: String(turn) };
  return (await client.submit({ version: 1, source, outputs: [{ preset: 'grid' }], force: true, metadata })).id;
}

/** Each becomes one preview. */
export async function allRendered(client: PreviewClient, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    const { outputs } = (await client.result(id, { timeoutSeconds: 60 })) as RenderedResult;
    expect(outputs).to.have.length(1);
  }
}
