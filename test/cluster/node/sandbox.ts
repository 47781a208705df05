/** What a container needs of the machine, and what a started one offers; there are two ways to give it (namespaces.ts, plain.ts). */

export interface Mount {
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}

export interface User {
  readonly uid: number;
  readonly gid: number;
  /** Supplementary groups. */
  readonly groups: readonly number[];
}

export interface SandboxOptions {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Absent: the application's folder, or `/`. */
  readonly workingDir?: string | undefined;
  readonly appFolder?: string | undefined;
  /** Parents before what lies in them. */
  readonly mounts: readonly Mount[];
  readonly user: User;
  readonly readOnlyRoot: boolean;
  readonly hostname: string;
  /** stdout and stderr are appended to it. */
  readonly logFile: string;
  /** An empty folder of this container's own. */
  readonly folder: string;
}

export interface Exit {
  /** 128 + n when signal n ended it. */
  readonly code: number;
}

export interface Sandbox {
  readonly exited: Promise<Exit>;
  signal(signal: 'SIGTERM' | 'SIGKILL'): void;
  /** Runs a command beside the container's own, as an exec probe does. Resolves to its exit code; -1 when it was cut off. */
  exec(command: readonly string[], timeoutSeconds: number): Promise<number>;
  /** Process ids as the host sees them. */
  pids(): Promise<number[]>;
}

/** Rejects when the container could not be brought to run its command at all. */
export type StartSandbox = (options: SandboxOptions) => Promise<Sandbox>;

/** Where an image's files lie in every container, as `WORKDIR` would say. */
export const APP = '/app';
