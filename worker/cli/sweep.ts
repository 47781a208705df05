import { sweep } from '../upkeep/sweep.ts';
import { seconds } from './seconds.ts';
import { upkeepCommand, withPlace } from './upkeep.ts';

export const sweepCommand = () =>
  upkeepCommand(
    'sweep',
    'adds jobs again that Redis lost (client option outbox), and removes previews without a manifest',
  )
    .option('--outbox-seconds <n>', 'how old an accepted job must be before it counts as lost', seconds, 60)
    .option('--orphan-seconds <n>', 'how old previews without a manifest must be', seconds, 86_400)
    .action(async (options: { config?: string; json?: boolean; outboxSeconds: number; orphanSeconds: number }) => {
      const { config, json, outboxSeconds, orphanSeconds } = options;
      const swept = await withPlace(config, (place) =>
        sweep({ ...place, outboxSeconds, orphanSeconds, now: Date.now }),
      );
      const { added, answered, pending, orphans } = swept;
      console.log(
        json
          ? JSON.stringify(swept)
          : `${added} jobs added again, ${answered} answered, ${pending} pending; ${orphans} orphaned files removed`,
      );
    });
