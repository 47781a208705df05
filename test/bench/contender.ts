/** Somebody who makes previews, in processes of its own. */
export interface Contender {
  /** As in a table's heading. */
  readonly name: string;
  /** Itself and what it encodes with. */
  readonly version: string;
  /** Root of its process tree. */
  readonly pid: number;
  /** Makes what is ordered, as many files at once as it was started for. Rejects when something is missing. */
  make(order: Order): Promise<void>;
  /** Forgets what it made: the next order finds nothing done. */
  forget(): Promise<void>;
  stop(): Promise<void>;
}

export interface Order {
  /** Names below the inbox, each with content of its own. */
  readonly files: readonly string[];
  /** Side of the square that each preview lies inside of. */
  readonly sizes: readonly number[];
  readonly format: Format;
  /** `equal`: all encode with the effort that sharp has by default. `own`: each as it does when nothing is said. */
  readonly settings: 'equal' | 'own';
}

export const FORMATS = ['jpeg', 'webp', 'avif'] as const;
export type Format = (typeof FORMATS)[number];

export const QUALITY = 80;
/** sharp's default for WebP and AVIF, and Pillow's for WebP. */
export const EQUAL_EFFORT = 4;

/** Folders that all contenders read from and write to. */
export interface Ground {
  readonly inbox: string;
  /** For the previews: in memory where that can be had. */
  readonly sinks: string;
  /** On a disk: scratch, logs, configuration. */
  readonly disk: string;
  readonly redisUrl: string;
}
