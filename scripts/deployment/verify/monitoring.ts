/** Whether Prometheus scrapes the workers and has their alerts. Pure. */

import { failed, ok, skipped } from '../../../operator/cli/doctor/finding.ts';
import { type Facts, wantedWorkers } from './facts.ts';
import type { Finding } from './finding.ts';

/** As scripts/manifests names it. */
const SHARED_GROUP = 'preview-pools';
const LABELS = 'compare its labels with what Prometheus selects by (docs/alerts.md), and the network policy';

export function monitoringFindings(facts: Facts): Finding[] {
  return [...scrapeFindings(facts), alertsFinding(facts)];
}

function scrapeFindings(facts: Facts): Finding[] {
  const { prometheus, answers } = facts;
  if (prometheus === undefined || prometheus.problem !== undefined || wantedWorkers(facts) === 0) return [];
  const missing = answers.filter(({ pod }) => !prometheus.scraped.includes(pod));
  const [first] = missing;
  if (first === undefined) return [ok('metrics', `Prometheus scrapes ${answers.length} of ${answers.length} workers`)];
  return [
    failed(
      'metrics',
      `Prometheus has no series of ${first.pod}${missing.length > 1 ? ` and ${missing.length - 1} more` : ''}`,
      facts.monitoring.serviceMonitor ? `the ServiceMonitor is there: ${LABELS}` : howToHave(facts, 'ServiceMonitor'),
    ),
  ];
}

function alertsFinding(facts: Facts): Finding {
  const { monitoring, prometheus } = facts;
  const { rule } = monitoring;
  // Asked for by name, it is to be there.
  const absent = prometheus === undefined ? skipped : failed;
  if (rule === undefined && facts.pool?.spec.monitoring?.alerts?.enabled) return sharedFinding(facts);
  if (rule === undefined) return absent('alerts', 'there is no PrometheusRule', howToHave(facts, 'PrometheusRule'));
  const expected = (rule.spec?.groups ?? []).flatMap(({ name, rules = [] }) =>
    rules.flatMap(({ alert }) => (alert === undefined ? [] : [{ group: name, alert }])),
  );
  const what = `PrometheusRule ${rule.metadata.name} with ${expected.length} alerts`;
  if (prometheus === undefined)
    return skipped('alerts', `${what} is there`, 'name Prometheus by --prometheus to see that it has loaded them');
  if (prometheus.problem !== undefined) return notAsked(prometheus.problem);
  const loaded = (wanted: { group: string; alert: string }) =>
    prometheus.rules.find(({ group, alert }) => group === wanted.group && alert === wanted.alert);
  const missing = expected.filter((one) => loaded(one) === undefined);
  if (missing.length > 0)
    return failed(
      'alerts',
      `Prometheus has not loaded ${missing.length} of ${expected.length} alerts of ${rule.metadata.name}`,
      `the PrometheusRule is there: ${LABELS}`,
    );
  const broken = expected.flatMap((one) => loaded(one) ?? []).find(({ health }) => health === 'err');
  if (broken)
    return failed(
      'alerts',
      `${broken.alert} can not be evaluated: ${broken.error}`,
      'Prometheus may be older than the rule',
    );
  return ok('alerts', `Prometheus has loaded all ${expected.length} alerts`);
}

/** Of a pool that wants alerts and has no rule of its own: an operator that is told `--alerting Shared` makes none. */
function sharedFinding({ prometheus }: Facts): Finding {
  const what = 'the pool wants alerts and has no PrometheusRule of its own';
  const remedy = 'with --alerting Shared one set serves all pools, which chart and config have (docs/alerts.md)';
  if (prometheus === undefined)
    return skipped('alerts', what, `${remedy}: name Prometheus by --prometheus to see that it has loaded them`);
  if (prometheus.problem !== undefined) return notAsked(prometheus.problem);
  const loaded = prometheus.rules.filter(({ group }) => group === SHARED_GROUP);
  if (loaded.length === 0)
    return failed('alerts', `${what}, and Prometheus has loaded none that serve all pools`, remedy);
  const broken = loaded.find(({ health }) => health === 'err');
  return broken
    ? failed('alerts', `${broken.alert} can not be evaluated: ${broken.error}`, 'Prometheus may be older than the rule')
    : ok('alerts', `Prometheus has loaded ${loaded.length} alerts that serve all pools`);
}

const notAsked = (problem: string): Finding =>
  failed('alerts', `Prometheus could not be asked: ${problem}`, 'see what --prometheus says it takes');

function howToHave({ target, monitoring }: Facts, kind: string): string {
  if (!monitoring.kinds.includes(kind))
    return 'the API server does not serve the kind: install the CRDs of the Prometheus Operator';
  const member = kind === 'PrometheusRule' ? 'alerts' : 'serviceMonitor';
  return target.kind === 'pool'
    ? `set spec.monitoring.${member}: {} on the pool`
    : 'kubectl apply --server-side -k config/preview-worker/monitoring makes one';
}
