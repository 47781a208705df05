import { Command } from 'commander';
import { readConfig } from '../config.ts';
import { chosenRenderers, loosestLimits } from '../limits.ts';
import { createLog } from '../log.ts';
import { runRenderer } from '../renderer/main.ts';
import { ENVIRONMENT_HELP, readSettings } from '../settings.ts';

export const rendererCommand = () =>
  new Command('renderer')
    .description('the side that decodes: serves one worker over the socket PREVIEW_SOCKET and ends when that hangs up')
    .option('--config <file>', 'configuration, as schemas/worker-config.schema.json (or PREVIEW_CONFIG)')
    .addHelpText('after', ENVIRONMENT_HELP)
    .action(async ({ config: path }: { config?: string }) => {
      const { config: mounted, scratch, socket } = readSettings();
      if (socket === undefined)
        throw new Error('PREVIEW_SOCKET is not set: the path of the socket shared with the worker');
      if (scratch === undefined)
        throw new Error('PREVIEW_SCRATCH is not set: the folder for jobs that is shared with the worker');
      const config = readConfig(path ?? mounted);
      const log = createLog('renderer', config.logLevel);
      const { slots } = config;
      const bounds = { perJob: loosestLimits(config), renderers: chosenRenderers(config) };
      process.exitCode = await runRenderer({ socketPath: socket, scratch, slots, ...bounds, log });
    });
