#!/usr/bin/env node
/** `preview-worker`: one program for the image's two sides and for people. */
import { Command } from 'commander';
import { buildId } from './build.ts';

/** Each is loaded when it is named, so that a pod's two sides do not wait for what people need; the help loads all. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  work: async () => (await import('./cli/work.ts')).workCommand(),
  renderer: async () => (await import('./cli/renderer.ts')).rendererCommand(),
  render: async () => (await import('./cli/render.ts')).renderCommand(),
  submit: async () => (await import('./cli/submit.ts')).submitCommand(),
  watch: async () => (await import('./cli/watch.ts')).watchCommand(),
  validate: async () => (await import('./cli/validate.ts')).validateCommand(),
  health: async () => (await import('./cli/health.ts')).healthCommand(),
  doctor: async () => (await import('./cli/doctor/command.ts')).doctorCommand(),
  capabilities: async () => (await import('./cli/capabilities.ts')).capabilitiesCommand(),
  sweep: async () => (await import('./cli/sweep.ts')).sweepCommand(),
  retry: async () => (await import('./cli/retry.ts')).retryCommand(),
  reindex: async () => (await import('./cli/reindex.ts')).reindexCommand(),
  delete: async () => (await import('./cli/delete.ts')).deleteCommand(),
};

const program = new Command('preview-worker')
  .description('Renders previews of files, from a BullMQ queue or from the command line.')
  .option('--version', 'prints the build, as health tells it')
  .on('option:version', () => {
    console.log(buildId());
    process.exit(0);
  });

const [named = ''] = process.argv.slice(2);
const loads = Object.hasOwn(COMMANDS, named) ? [COMMANDS[named]] : Object.values(COMMANDS);
for (const command of await Promise.all(loads.map((load) => load?.())))
  if (command !== undefined) program.addCommand(command);

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`preview-worker: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
