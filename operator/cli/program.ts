import { Command } from 'commander';
import { COMPLETE, complete, completionCommand } from './completion.ts';
import { doctorCommand } from './doctor/command.ts';
import { explainCommand } from './explain/command.ts';
import { jobsCommand } from './jobs.ts';
import { lawCommand } from './law.ts';
import { restartCommand } from './restart.ts';
import { retryCommand } from './retry.ts';
import { statusCommand } from './status.ts';
import { resumeCommand, suspendCommand } from './suspend.ts';
import { topCommand } from './top.ts';

/** `name`: as it was called, for its help. */
export function pwpProgram(name: string): Command {
  const program = new Command(name)
    .description('Shows pools of preview workers and their jobs, and why they have as many workers as they have.')
    .addCommand(statusCommand())
    .addCommand(topCommand())
    .addCommand(explainCommand())
    .addCommand(doctorCommand())
    .addCommand(jobsCommand())
    .addCommand(retryCommand())
    .addCommand(suspendCommand())
    .addCommand(resumeCommand())
    .addCommand(restartCommand())
    .addCommand(lawCommand())
    .addCommand(completionCommand());
  for (const command of program.commands) command.showHelpAfterError(`(${name} ${command.name()} --help says how)`);
  return program;
}

/** A failure is one line that says what to do. */
export async function runProgram(name: string, words: readonly string[]): Promise<void> {
  const program = pwpProgram(name);
  try {
    // Not a command like others: flags that follow are the words of another one.
    if (words[0] === COMPLETE) await complete(program, words.slice(1));
    else await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    process.stderr.write(`pwp: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
