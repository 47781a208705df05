/** What is wrong with PromQL, read by Prometheus' own grammar and held against what is exported. */
import { parser } from '@prometheus-io/lezer-promql';
import { isAlert, type RecordingRule, type Rule } from '../../../operator/desired/rule.ts';
import { type ExportedMetric, operatorMetrics, workerMetrics } from '../../../scripts/metrics-reference.ts';

/** What Prometheus adds to each series: the target's labels, and to a worker's the pool from the ServiceMonitor. */
const TARGET = ['namespace', 'pool', 'pod', 'instance', 'job', 'container', 'endpoint', 'service'];

/** Labels by name of series. */
export type Series = ReadonlyMap<string, ReadonlySet<string>>;

/** A histogram is three. */
export const seriesOf = (metrics: readonly ExportedMetric[]): Series =>
  new Map(
    metrics.flatMap(({ name, type, labelNames }) => {
      const labels = [...labelNames, ...TARGET];
      return type === 'histogram'
        ? (['_bucket', '_sum', '_count'] as const).map(
            (suffix) => [name + suffix, new Set(suffix === '_bucket' ? [...labels, 'le'] : labels)] as const,
          )
        : [[name, new Set(labels)] as const];
    }),
  );

export const EXPORTED: Series = new Map([...seriesOf(operatorMetrics()), ...seriesOf(workerMetrics())]);

/** The series that recording rules make: their name begins with their labels. */
export const recordedBy = (rules: readonly Rule[]): Series =>
  new Map(
    rules
      .filter((rule): rule is RecordingRule => !isAlert(rule))
      .map(({ record }) => [record, new Set(record.split(':')[0]?.split('_'))]),
  );

/** Names in `expr` of the series that it reads. */
export function selectorsIn(expr: string): { readonly series: string; readonly text: string }[] {
  const found: { series: string; text: string }[] = [];
  parser.parse(expr).iterate({
    enter: ({ type, from, to }) => {
      if (type.name !== 'VectorSelector') return;
      const text = expr.slice(from, to);
      found.push({ text, series: /^[a-z0-9_:]+/.exec(text)?.[0] ?? '' });
    },
  });
  return found;
}

/** Syntax, series and labels that nobody exports, and a selector without `mine`. */
export function complaints(query: string, { series = EXPORTED, mine = '' }: { series?: Series; mine?: string } = {}) {
  // Grafana fills in its interval before Prometheus parses.
  const expr = query.replaceAll('$__rate_interval', '5m');
  const found: string[] = [];
  parser.parse(expr).iterate({
    enter: ({ type, node, from, to }) => {
      if (type.isError) found.push(`a syntax error at ${from}: ${expr}`);
      if (type.name !== 'GroupingLabels' || node.parent?.type.name === 'MatchingModifierClause') return;
      const { parent } = node.parent ?? {};
      const within = selectorsIn(parent ? expr.slice(parent.from, parent.to) : '');
      for (const label of expr.slice(from, to).match(/[a-z_]+/g) ?? [])
        if (!within.some((one) => series.get(one.series)?.has(label)))
          found.push(`no series of ${expr.slice(from, to)} has ${label}`);
    },
  });
  for (const { series: name, text } of selectorsIn(expr)) {
    const labels = series.get(name);
    if (!labels) found.push(`nobody exports ${name}`);
    if (!text.includes(mine)) found.push(`${text} takes all pools`);
    for (const [, label = ''] of text.slice(name.length).matchAll(/([a-z_]+)\s*(?:=~|!=|!~|=)/g))
      if (labels && !labels.has(label)) found.push(`${name} has no label ${label}`);
  }
  return found;
}
