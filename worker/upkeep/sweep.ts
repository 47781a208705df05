/**
 * Puts right what crashes leave: jobs that Redis lost are added again from the outbox, and previews that never got their
 * manifest are taken away. Both only after an age, so that nobody's work under way is touched.
 */
import type { Queue } from 'bullmq';
import { addJob } from '../queue.ts';
import type { RedisClient } from '../redis.ts';
import type { Catalogue } from '../storage/catalogue.ts';
import type { PreviewOutbox } from '../storage/outbox.generated.ts';

export interface SweepOptions {
  readonly catalogue: Catalogue;
  readonly queue: Queue;
  /** The queue's. */
  readonly redis: RedisClient;
  /** Entries of the outbox younger than this are left alone: their producer may be adding them now. */
  readonly outboxSeconds: number;
  readonly orphanSeconds: number;
  readonly now: () => number;
}

export interface Swept {
  /** Jobs that Redis had lost. */
  readonly added: number;
  /** Entries of the outbox that are answered, and gone now. */
  readonly answered: number;
  /** Entries whose job still waits or runs. */
  readonly pending: number;
  /** Files of previews that never got a manifest, or their name. */
  readonly orphans: number;
}

export async function sweep(options: SweepOptions): Promise<Swept> {
  const counts = { added: 0, answered: 0, pending: 0 };
  for await (const { name, entry } of options.catalogue.outbox()) {
    const state = await stateOf(entry, options);
    counts[state] += 1;
    if (state === 'answered') await options.catalogue.sink.remove(name);
    if (state === 'added') await addJob(options, entry);
  }
  return { ...counts, orphans: await removeOrphans(options) };
}

async function stateOf(entry: PreviewOutbox, options: SweepOptions): Promise<'added' | 'answered' | 'pending'> {
  const { catalogue, queue, outboxSeconds, now } = options;
  const submittedAt = Date.parse(entry.submittedAt);
  const record = await catalogue.request(entry.requestKey);
  if (record !== undefined && Date.parse(record.answeredAt) >= submittedAt) return 'answered';
  const job = await queue.getJob(entry.id);
  if (job?.finishedOn !== undefined) return 'answered';
  if (job !== undefined || now() - submittedAt < outboxSeconds * 1000) return 'pending';
  return 'added';
}

/** Files come in the order of their names, so that a folder is whole when the next begins. */
async function removeOrphans({ catalogue, orphanSeconds, now }: SweepOptions): Promise<number> {
  const { sink } = catalogue;
  let removed = 0;
  let folder = '';
  let files: { name: string; modifiedAt: Date }[] = [];
  const close = async () => {
    const whole = files.some(({ name }) => name.endsWith('/manifest.json'));
    const youngest = Math.max(...files.map(({ modifiedAt }) => modifiedAt.getTime()));
    if (whole || files.length === 0 || now() - youngest < orphanSeconds * 1000) return;
    for (const { name } of files) await sink.remove(name);
    removed += files.length;
  };
  for await (const { name, modifiedAt } of catalogue.all('')) {
    const [, place] = /^((?:[^/]+\/)*artifacts\/c[0-9a-f]{64}\/)[^/]+$/.exec(name) ?? [];
    if (place === undefined) continue;
    if (place !== folder) {
      await close();
      folder = place;
      files = [];
    }
    files.push({ name, modifiedAt });
  }
  await close();
  for await (const { name, modifiedAt } of sink.unfinished('')) {
    if (now() - modifiedAt.getTime() < orphanSeconds * 1000) continue;
    await sink.remove(name);
    removed += 1;
  }
  return removed;
}
