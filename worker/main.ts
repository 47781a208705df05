#!/usr/bin/env node
/** `preview-worker`: one program for the image's two sides and for people. */
import { Command } from 'commander';
import { buildId } from './build.ts';
import { capabilitiesCommand } from './cli/capabilities.ts';
import { deleteCommand } from './cli/delete.ts';
import { healthCommand } from './cli/health.ts';
import { reindexCommand } from './cli/reindex.ts';
import { renderCommand } from './cli/render.ts';
import { rendererCommand } from './cli/renderer.ts';
import { retryCommand } from './cli/retry.ts';
import { submitCommand } from './cli/submit.ts';
import { sweepCommand } from './cli/sweep.ts';
import { validateCommand } from './cli/validate.ts';
import { watchCommand } from './cli/watch.ts';
import { workCommand } from './cli/work.ts';

const program = new Command('preview-worker')
  .description('Renders previews of files, from a BullMQ queue or from the command line.')
  .option('--version', 'prints the build, as health tells it')
  .on('option:version', () => {
    console.log(buildId());
    process.exit(0);
  })
  .addCommand(workCommand())
  .addCommand(rendererCommand())
  .addCommand(renderCommand())
  .addCommand(submitCommand())
  .addCommand(watchCommand())
  .addCommand(validateCommand())
  .addCommand(healthCommand())
  .addCommand(capabilitiesCommand())
  .addCommand(sweepCommand())
  .addCommand(retryCommand())
  .addCommand(reindexCommand())
  .addCommand(deleteCommand());

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`preview-worker: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
