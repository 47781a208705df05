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

export const final = (finding: Finding): Finding => ({ ...finding, isFinal: true });
