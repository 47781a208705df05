import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { readConfig } from '../config.ts';
import { createLog } from '../log.ts';
import { ENVIRONMENT_HELP, readSettings } from '../settings.ts';
import { work } from '../work.ts';
import { endSignal } from './end-signal.ts';

/** Beyond the jobs' grace and the closing: a process that still lives then is stuck. */
const STUCK_SECONDS = 14;

export const workCommand = () =>
  new Command('work')
    .description('takes jobs from the queue until SIGTERM; then running jobs get their grace and the rest goes back')
    .option('--config <file>', 'configuration, as schemas/worker-config.schema.json (or PREVIEW_CONFIG)')
    .addHelpText('after', ENVIRONMENT_HELP)
    .action(async ({ config: path }: { config?: string }) => {
      const settings = readSettings();
      if (settings.socket !== undefined && settings.scratch === undefined) {
        throw new Error('PREVIEW_SCRATCH is not set: the folder for jobs, shared with the renderer at PREVIEW_SOCKET');
      }
      const config = readConfig(path ?? settings.config);
      const log = createLog('worker', config.logLevel);
      const signal = endSignal();
      signal.addEventListener('abort', () => {
        const seconds = config.shutdownGraceSeconds + STUCK_SECONDS;
        setTimeout(() => {
          log.fatal({ seconds }, 'not ended in time');
          process.exit(1);
        }, seconds * 1000).unref();
      });
      const scratch = settings.scratch ?? (await mkdtemp(join(tmpdir(), 'preview-worker-')));
      const tidy = async () => {
        if (settings.scratch === undefined) await rm(scratch, { recursive: true, force: true });
      };
      await work({ config, settings, scratch, log, signal }).then(tidy, async (error: Error) => {
        log.fatal({ error: error.message }, 'ended with an error');
        await tidy().catch(() => {});
        // What could not be closed would keep the process alive.
        process.exit(1);
      });
      // Spans that no collector takes are tried again for seconds that a pod has not.
      if (settings.tracing !== undefined) process.exit();
    });
