/** Rules as Prometheus has them. */

export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: { readonly severity: 'critical' | 'warning' | 'info' };
  readonly annotations: Readonly<Record<string, string>>;
}

export interface RecordingRule {
  /** `level:metric:operations`. */
  readonly record: string;
  readonly expr: string;
}

export type Rule = AlertRule | RecordingRule;

export const isAlert = (rule: Rule): rule is AlertRule => 'alert' in rule;

export interface Alert {
  readonly name: string;
  readonly severity: AlertRule['labels']['severity'];
  /** Absent: the expression itself says for how long. */
  readonly minutes?: number;
  readonly expr: string;
  /** Completes what `addressed` begins. */
  readonly summary: string;
  readonly description: string;
}

/** What people are led to; a template of Prometheus may be in it. */
export interface Addresses {
  readonly runbookBaseURL?: string | undefined;
  readonly dashboardURL?: string | undefined;
}

export const alertRule = (
  { name, severity, minutes, expr, summary, description }: Alert,
  addressed: string,
  { runbookBaseURL, dashboardURL }: Addresses = {},
): AlertRule => ({
  alert: name,
  expr,
  ...(minutes === undefined ? {} : { for: `${minutes}m` }),
  labels: { severity },
  annotations: {
    summary: `${addressed}: ${summary}`,
    description,
    ...(runbookBaseURL ? { runbook_url: runbookBaseURL + name.toLowerCase() } : {}),
    ...(dashboardURL ? { dashboard_url: dashboardURL } : {}),
  },
});
