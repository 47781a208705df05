import { eraseSource } from '../upkeep/erase.ts';
import { upkeepCommand, withPlace } from './upkeep.ts';

export const deleteCommand = () =>
  upkeepCommand('delete', 'removes all previews and records of a source, as when its owner asks for it')
    .requiredOption('--source <uri>', 'source.uri of the jobs, exactly as it was submitted')
    .action(async ({ config, json, source }: { config?: string; json?: boolean; source: string }) => {
      const erased = await withPlace(config, ({ catalogue }) => eraseSource(catalogue, source));
      const { artifacts, shared, requests } = erased;
      console.log(
        json
          ? JSON.stringify({ source, ...erased })
          : `${artifacts} sets of previews and ${requests} records removed; ${shared} kept, another source has the same content`,
      );
    });
