/** What a look at a deployment found, one line for people and one object for programs. */
export const CHECKS = [
  'rollout',
  'health',
  'redis',
  'consumption',
  'metrics',
  'alerts',
  'queue',
  'autoscaling',
] as const;

export interface Finding {
  readonly check: (typeof CHECKS)[number];
  /** Only `failed` counts against the deployment; `skipped` is what could not be looked at or was not asked for. */
  readonly status: 'ok' | 'warning' | 'failed' | 'skipped';
  readonly message: string;
  readonly remedy?: string;
  /** Waiting changes nothing. */
  readonly isFinal?: true;
}

export type Check = Finding['check'];

export const ok = (check: Check, message: string): Finding => ({ check, status: 'ok', message });

export const skipped = (check: Check, message: string, remedy?: string): Finding => ({
  ...{ check, status: 'skipped', message },
  ...(remedy === undefined ? {} : { remedy }),
});

export const warning = (check: Check, message: string, remedy?: string): Finding => ({
  ...skipped(check, message, remedy),
  status: 'warning',
});

export const failed = (check: Check, message: string, remedy?: string): Finding => ({
  ...skipped(check, message, remedy),
  status: 'failed',
});

export const final = (finding: Finding): Finding => ({ ...finding, isFinal: true });

const MARKS = { ok: 'ok     ', warning: 'WARNING', failed: 'FAILED ', skipped: 'skipped' } as const;

export const findingText = ({ check, status, message, remedy }: Finding): string =>
  `${MARKS[status]} ${check.padEnd(11)} ${message}${remedy === undefined ? '' : `\n${' '.repeat(20)}to do: ${remedy}`}`;
