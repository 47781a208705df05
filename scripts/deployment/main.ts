/**
 * What scripts/*.sh and scripts/*.ps1 run, which only pass on what they are given. It is no part of `pwp` or `preview-worker`: it
 * works on files of a repository, and checks payloads with the worker's code and clusters with the operator's, which share nothing.
 */
import { Command } from 'commander';
import { validateCommand } from '../../worker/cli/validate.ts';
import { updateImageCommand } from './update-image.ts';
import { verifyCommand } from './verify/command.ts';

const program = new Command('deployment')
  .description('Looks after deployments of preview workers.')
  .addCommand(updateImageCommand())
  .addCommand(verifyCommand())
  .addCommand(validateCommand().name('validate-payload'));

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
