import { InvalidArgumentError } from 'commander';
import { FAILURES, type FailureReason } from '../failures.ts';
import { retryFailed } from '../upkeep/retry.ts';
import { say } from './tell.ts';
import { upkeepCommand, withPlace } from './upkeep.ts';

interface Options {
  readonly config?: string;
  readonly json?: boolean;
  readonly reason: ReadonlySet<FailureReason>;
  readonly force?: boolean;
  readonly dryRun?: boolean;
}

export const retryCommand = () =>
  upkeepCommand('retry', 'gives failed jobs back to the queue, with all their attempts')
    .requiredOption(
      '--reason <names>',
      `jobs that failed for these reasons: ${Object.keys(FAILURES).join(', ')}`,
      reasons,
    )
    .option('--force', 'render them although their content is in quarantine')
    .option('--dry-run', 'only list them')
    .action(async ({ config, json = false, reason, force = false, dryRun = false }: Options) => {
      const onJob = (id: string, failedReason: string) =>
        json ? console.log(JSON.stringify({ id, failedReason })) : say(`${id}  ${failedReason}`);
      const found = await withPlace(config, ({ queue, redis }) =>
        retryFailed({ queue, redis, reasons: reason, force, dryRun, onJob }),
      );
      if (!json) console.log(`${found} jobs ${dryRun ? 'would go' : 'went'} back to the queue`);
    });

function reasons(text: string): ReadonlySet<FailureReason> {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.filter((name) => !Object.hasOwn(FAILURES, name));
  if (unknown.length > 0) {
    throw new InvalidArgumentError(
      `no reason is called ${unknown.join(', ')}; there are: ${Object.keys(FAILURES).join(', ')}`,
    );
  }
  return new Set(names as FailureReason[]);
}
