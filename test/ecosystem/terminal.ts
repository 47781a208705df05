/** A program that believes to be at a terminal. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { eventually } from '../cluster/eventually.ts';
import { TIED_TO_PARENT } from '../cluster/process.ts';

export class Terminal {
  readonly #child: ChildProcessWithoutNullStreams;
  #screen = '';

  constructor(command: string, env: NodeJS.ProcessEnv) {
    const [program = '', ...args] = [
      ...TIED_TO_PARENT,
      'script',
      '--quiet',
      '--flush',
      '--command',
      command,
      '/dev/null',
    ];
    this.#child = spawn(program, args, { env: { ...process.env, ...env, TERM: 'xterm', LC_ALL: 'C.UTF-8' } });
    this.#child.stdin.on('error', () => {});
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream.on('data', (text: Buffer) => {
        this.#screen += text.toString();
      });
  }

  type(keys: string): void {
    this.#child.stdin.write(keys);
  }

  /** Until what was printed since the last time matches. */
  async shows(pattern: RegExp): Promise<void> {
    await eventually(`the terminal shows ${pattern}`, () => pattern.test(this.#screen), { seconds: 30 }).catch(
      (error: Error) => {
        throw new Error(`${error.message}; it shows ${JSON.stringify(this.#screen.slice(-2_000))}`);
      },
    );
    this.#screen = '';
  }

  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'close');
    this.#child.kill('SIGKILL');
    await ended;
  }
}
