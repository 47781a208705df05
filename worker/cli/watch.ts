import { Command } from 'commander';
import type { PreviewClient } from '../client.ts';
import { openClient, type QueueOptions, withQueueOptions } from './queue-options.ts';
import { seconds } from './seconds.ts';
import { progressOf, say, tellDelay, tellFailure, tellResult } from './tell.ts';

interface Options extends QueueOptions {
  readonly timeoutSeconds: number;
  readonly json?: boolean;
}

export const watchCommand = () =>
  withQueueOptions(new Command('watch'))
    .description('follows jobs to their end: the stages they come to, then the answer; exit 1 if one fails')
    .argument('<id...>', 'ids that submit has told')
    .option('--timeout-seconds <n>', 'how long to wait for each', seconds, 300)
    .option(
      '--json',
      'one line for each stage {id, stage}, each delay {id, why} and each answer {id, result} or {id, error}',
    )
    .action(async (ids: readonly string[], options: Options) => {
      const client = openClient(options);
      const bar = progressOf(ids.length, { json: options.json ?? false });
      try {
        await Promise.all(ids.map((id) => follow(client, id, options).finally(() => bar?.increment())));
      } finally {
        bar?.stop();
        await client.close();
      }
    });

async function follow(client: PreviewClient, id: string, { timeoutSeconds, json = false }: Options): Promise<void> {
  const tell = (why: string) => (json ? console.log(JSON.stringify({ id, why })) : tellDelay(id, why));
  const stop = client.onProgress(id, (stage) =>
    json ? console.log(JSON.stringify({ id, stage })) : say(`${id}  ${stage}`),
  );
  try {
    const result = await client.result(id, { timeoutSeconds, onDelay: tell });
    if (json) console.log(JSON.stringify({ id, result }));
    else tellResult(id, result);
  } catch (error) {
    tellFailure(error, { json, id });
  } finally {
    stop();
  }
}
