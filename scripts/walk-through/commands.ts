/** Helm and kubectl as a person calls them, told as they are called, for one cluster. */
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

export interface ClusterOfCommands {
  readonly helm: string;
  readonly kubectl: string;
  readonly kubeconfig?: string | undefined;
  readonly context?: string | undefined;
  readonly signal: AbortSignal;
}

export interface Call {
  /** How a person types it. */
  readonly shown: readonly string[];
  /** How it is run here, where that differs. */
  readonly as?: readonly string[];
  readonly seconds?: number | undefined;
}

export class Commands {
  readonly #cluster: ClusterOfCommands;
  readonly #tell: (line: string) => void;

  constructor(cluster: ClusterOfCommands, tell: (line: string) => void) {
    this.#cluster = cluster;
    this.#tell = tell;
  }

  helm({ shown, as = shown, seconds }: Call): Promise<string> {
    this.#tell(`helm ${shown.join(' ')}`);
    const { helm, context } = this.#cluster;
    return this.#run(helm, [...as, ...(context ? ['--kube-context', context] : [])], seconds);
  }

  kubectl({ shown, as = shown, seconds }: Call): Promise<string> {
    this.#tell(`kubectl ${shown.join(' ')}`);
    return this.look(as, seconds);
  }

  /** kubectl, untold: what only looks. */
  look(args: readonly string[], seconds?: number): Promise<string> {
    const { kubectl, context } = this.#cluster;
    return this.#run(kubectl, [...args, ...(context ? ['--context', context] : [])], seconds);
  }

  async #run(program: string, args: readonly string[], seconds = 60): Promise<string> {
    const { kubeconfig, signal } = this.#cluster;
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...(kubeconfig ? { KUBECONFIG: kubeconfig } : {}) },
      signal: AbortSignal.any([signal, AbortSignal.timeout(seconds * 1000)]),
    });
    const ended = new Promise<number>((resolve, reject) => {
      child.once('error', reject).once('close', (code) => resolve(code ?? -1));
    });
    const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]).catch(
      (error: Error) => {
        if (signal.aborted) throw signal.reason;
        throw new Error(
          error.name === 'AbortError' || error.name === 'TimeoutError'
            ? `${program} ${args[0]} did not end within ${seconds} s`
            : error.message,
        );
      },
    );
    if (code !== 0) throw new Error(stderr.trim() || stdout.trim() || `${program} ${args[0]} ended with ${code}`);
    return stdout;
  }
}
