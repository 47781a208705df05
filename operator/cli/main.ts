#!/usr/bin/env node
/** `pwp`: what people ask about pools and why they have as many workers as they have. */
import { Command } from 'commander';
import { explainCommand } from './explain/command.ts';
import { lawCommand } from './law.ts';

const program = new Command('pwp')
  .description('Tells why pools of preview workers have as many workers as they have.')
  .addCommand(explainCommand())
  .addCommand(lawCommand());

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`pwp: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
