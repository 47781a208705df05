/** One part of a worker's health. */
export interface Part {
  readonly ok: boolean;
  /** What is wrong. */
  readonly reason?: string;
  /** What to do about it, or what happens by itself. */
  readonly remedy?: string;
}

export const WELL: Part = { ok: true };

export const unwell = (reason: string, remedy: string): Part => ({ ok: false, reason, remedy });
