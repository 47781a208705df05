#!/usr/bin/env node
/** `preview-worker`: one program for the image's two sides and for people. */
import { Command } from 'commander';
import { renderCommand } from './cli/render.ts';
import { rendererCommand } from './cli/renderer.ts';
import { submitCommand } from './cli/submit.ts';
import { validateCommand } from './cli/validate.ts';
import { workCommand } from './cli/work.ts';

const program = new Command('preview-worker')
  .description('Renders previews of files, from a BullMQ queue or from the command line.')
  .addCommand(workCommand())
  .addCommand(rendererCommand())
  .addCommand(renderCommand())
  .addCommand(submitCommand())
  .addCommand(validateCommand());

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`preview-worker: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
