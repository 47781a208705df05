/**
 * Child processes of a test cluster: their log goes to a file, they end with this process however it ends, and an
 * unexpected exit carries the end of the log in its error.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ProcessOptions {
  readonly name: string;
  readonly command: readonly string[];
  readonly logFile: string;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** The kernel ends the child when the thread that made it goes, even on SIGKILL; where that is not to be had, nothing is put before it. */
const TIED_TO_PARENT = existsSync('/usr/bin/setpriv') ? ['/usr/bin/setpriv', '--pdeathsig', 'KILL'] : [];

export class ManagedProcess {
  readonly name: string;
  readonly #child: ChildProcess;
  readonly #logFile: string;
  readonly #exited: Promise<string>;
  #ended: string | undefined;

  constructor({ name, command, logFile, cwd, env }: ProcessOptions) {
    this.name = name;
    this.#logFile = logFile;
    const log = openSync(logFile, 'a', 0o600);
    const [program = '', ...args] = [...TIED_TO_PARENT, ...command];
    this.#child = spawn(program, args, {
      stdio: ['ignore', log, log],
      // A group of its own: Ctrl-C is for who started it, which ends its children in order.
      detached: true,
      ...(cwd ? { cwd } : {}),
      ...(env ? { env } : {}),
    });
    closeSync(log);
    this.#exited = new Promise((resolve) => {
      const end = (how: string) => {
        this.#ended = how;
        resolve(how);
      };
      this.#child.once('error', (error) => end(error.message));
      this.#child.once('exit', (code, signal) => end(signal ? `signal ${signal}` : `code ${code}`));
    });
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error(`${this.name} could not be started: ${this.#ended}`);
    return this.#child.pid;
  }

  get exited(): Promise<string> {
    return this.#exited;
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  logTail(lines = 20): string {
    return readFileSync(this.#logFile, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
  }

  /** Polls `probe` until it holds. Rejects when the process ends first or the deadline passes, with the log's end. */
  async ready(probe: () => Promise<boolean>, seconds: number): Promise<void> {
    const until = Date.now() + seconds * 1000;
    for (;;) {
      if (this.#ended !== undefined)
        throw new Error(`${this.name} ended with ${this.#ended} before it was ready:\n${this.logTail()}`);
      if (await probe().catch(() => false)) return;
      if (Date.now() > until) throw new Error(`${this.name} was not ready after ${seconds} s:\n${this.logTail()}`);
      await sleep(50);
    }
  }

  /** SIGTERM, then SIGKILL after `seconds`; resolves when the process is gone. */
  async stop(seconds = 10): Promise<void> {
    if (this.#ended !== undefined) return;
    this.#child.kill('SIGTERM');
    const overdue = setTimeout(() => this.#child.kill('SIGKILL'), seconds * 1000);
    await this.#exited;
    clearTimeout(overdue);
  }
}
