import { once } from 'node:events';
import { Command } from 'commander';
import { desiredWorkers, type Observed, unusableInputs } from '../scaling/law.ts';
import { type Line, linesOf } from './lines.ts';

/** An observation has some 300. */
const BYTES_PER_LINE = 65_536;

const EXAMPLE = {
  lambda: 12,
  serviceSeconds: 0.2,
  waiting: [300, 0],
  active: 4,
  oldestSeconds: 6,
  startupSeconds: 10,
  replicas: 1,
  ready: 1,
  paused: false,
  globalConcurrency: null,
  slots: 4,
  targetSeconds: [30, 1800],
  rho: 0.8,
  min: 0,
  max: 30,
} satisfies Observed;

export const lawCommand = () =>
  new Command('law')
    .description(
      'reads an observation of a pool and its queue a line, as JSON, and prints the number of workers it asks for, a line each; null where an input is missing',
    )
    .option('--terms', 'print every term of the formula, as JSON')
    .addHelpText('after', `\nExample:\n  echo '${JSON.stringify(EXAMPLE)}' | pwp law`)
    .action(answerLines);

/** A line that is no observation is answered too, with null, so that answers and lines stay side by side. */
async function answerLines({ terms = false }: { readonly terms?: boolean }): Promise<void> {
  endWithTheReader();
  for await (const line of linesOf(process.stdin, BYTES_PER_LINE)) {
    const decision = decisionOf(line);
    const answer = terms ? decision : decision?.desired;
    if (!process.stdout.write(`${JSON.stringify(answer ?? null)}\n`)) await once(process.stdout, 'drain');
  }
}

function decisionOf({ number, text }: Line) {
  const given = text === undefined ? undefined : parsed(text);
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    const what = text === undefined ? `longer than ${BYTES_PER_LINE} bytes` : 'no JSON object';
    process.stderr.write(`pwp law: line ${number} is ${what}; give one observation a line, as in: pwp law --help\n`);
    process.exitCode = 1;
    return undefined;
  }
  const unusable = unusableInputs(given);
  if (unusable.length > 0)
    process.stderr.write(
      `pwp law: line ${number} has no usable ${unusable.join(', ')}: no number; see pwp law --help\n`,
    );
  return desiredWorkers(given);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A reader that has seen enough, as `head` does, is no failure. */
function endWithTheReader(): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      process.exit();
    });
}
