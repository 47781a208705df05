import { reindexStale } from '../upkeep/reindex.ts';
import { localCapabilities } from './capabilities.ts';
import { say } from './tell.ts';
import { upkeepCommand, withPlace } from './upkeep.ts';

export const reindexCommand = () =>
  upkeepCommand('reindex', 'submits again what another version of its renderer has rendered')
    .requiredOption('--stale', 'only what this image would render otherwise; there is no other choice')
    .option('--dry-run', 'only list it')
    .action(
      async ({ config: path, json = false, dryRun = false }: { config?: string; json?: boolean; dryRun?: boolean }) => {
        const found = await withPlace(path, async ({ catalogue, queue, redis, config }) => {
          const { renderers } = await localCapabilities(config);
          const onRequest = (requestKey: string, renderer: string) =>
            json ? console.log(JSON.stringify({ requestKey, renderer })) : say(`${requestKey}  ${renderer}`);
          return reindexStale({ catalogue, queue, redis, renderers, dryRun, onRequest });
        });
        const { stale, fresh, unreadable } = found;
        if (!json) {
          console.log(
            `${stale} requests ${dryRun ? 'would be' : 'were'} submitted again in the backfill lane, ${fresh} are fresh, ${unreadable} can not be read`,
          );
        }
      },
    );
