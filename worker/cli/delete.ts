import { eraseSource } from '../upkeep/erase.ts';
import { sourceUri } from './source-uri.ts';
import { upkeepCommand, withPlace } from './upkeep.ts';

interface Options {
  readonly config?: string;
  readonly json?: boolean;
  readonly source: string;
  readonly dryRun?: boolean;
}

export const deleteCommand = () =>
  upkeepCommand('delete', 'removes all previews and records of a source, as when its owner asks for it')
    .requiredOption('--source <uri>', 'source.uri of the jobs, exactly as it was submitted, or a path')
    .option('--dry-run', 'only tell what there is')
    .action(async ({ config, json, source: named, dryRun = false }: Options) => {
      const source = sourceUri(named);
      const erased = await withPlace(config, ({ catalogue }) => eraseSource(catalogue, source, { dryRun }));
      const { artifacts, shared, requests, pending } = erased;
      if (json) return console.log(JSON.stringify({ source, ...erased }));
      if (artifacts + shared + requests + pending === 0) {
        return console.log(`nothing is known of ${source}: name it exactly as it was submitted`);
      }
      const done = dryRun ? 'would be ' : '';
      console.log(
        `${artifacts} sets of previews, ${requests} records and ${pending} pending jobs of the outbox ${done}removed; ${shared} ${done}kept, another source has the same content`,
      );
    });
