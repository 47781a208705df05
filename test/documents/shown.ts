/** Commands as a page shows them, for the test that its marks name (`<!-- run by: … -->`). */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { commandsIn, fencesIn } from '../../scripts/documents/fences.ts';
import { TIED_TO_PARENT } from '../cluster/process.ts';

export interface Shown {
  /** Of those not taken yet, the first that matches: it is to be run. */
  take(pattern: RegExp): string;
  /** All that are left: each is to be run. */
  rest(): string[];
}

/** In a `describe`, which fails at its end when a command is left that names the file of `test`. */
export function shownIn(page: string, test: string): Shown {
  const file = relative('.', fileURLToPath(test));
  const left = fencesIn(readFileSync(page, 'utf8'))
    .filter(({ mark }) => mark?.kind === 'run by' && mark.text === file)
    .flatMap(commandsIn);
  if (left.length === 0) throw new Error(`${page} has no command whose mark names ${file}`);
  after(function () {
    let isWhole = true;
    this.test?.parent?.eachTest(({ state }) => {
      isWhole &&= state === 'passed';
    });
    // Some were not chosen, or failed: then nothing is to be said of what is left.
    if (isWhole) expect(left, `commands of ${page} that were not run`).to.deep.equal([]);
  });
  return {
    take: (pattern) => {
      const index = left.findIndex((command) => pattern.test(command));
      const [command] = index < 0 ? [] : left.splice(index, 1);
      if (command === undefined) throw new Error(`${page} has no (further) command like ${pattern}`);
      return command;
    },
    rest: () => left.splice(0),
  };
}

export interface ShellOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** What stands for something of the reader's, and what is put there. */
  readonly with?: Readonly<Record<string, string>>;
  readonly seconds?: number;
}

/** Types it into a shell. Resolves to what it printed, rejects with all that it said. */
export function inShell(command: string, options: ShellOptions = {}): Promise<string> {
  let typed = command;
  for (const [placeholder, value] of Object.entries(options.with ?? {})) typed = typed.replaceAll(placeholder, value);
  const { env = {}, cwd = '.', seconds = 60 } = options;
  const settings = { cwd, env: { ...process.env, ...env }, timeout: seconds * 1000, maxBuffer: 1 << 24 };
  return new Promise((resolve, reject) => {
    const [program = '', ...words] = [...TIED_TO_PARENT, 'bash', '-e', '-o', 'pipefail', '-c', typed];
    execFile(program, words, settings, (error, stdout, stderr) =>
      error ? reject(new Error(`${typed}: ${stdout}${stderr}${error.message}`)) : resolve(stdout),
    );
  });
}
