/**
 * A worker without the operator, as plain data: what `config/preview-worker` holds. The builders of a pool's children make it,
 * of the pool in examples/pool.yaml; left out is what only the operator reads.
 */
import { parse } from 'yaml';
import { type Thresholds, withoutOperator } from '../../operator/desired/alert-scope.ts';
import { jobAlerts } from '../../operator/desired/alerts.ts';
import { autoscaler } from '../../operator/desired/autoscaler.ts';
import type { Builder } from '../../operator/desired/child.ts';
import { workerConfig } from '../../operator/desired/config-map.ts';
import { deployment } from '../../operator/desired/deployment.ts';
import { disruptionBudget } from '../../operator/desired/disruption-budget.ts';
import { rulesAsChild } from '../../operator/desired/prometheus-rule.ts';
import { redisSecrets } from '../../operator/desired/redis.ts';
import { alertRule, type Rule } from '../../operator/desired/rule.ts';
import { service } from '../../operator/desired/service.ts';
import { serviceAccount } from '../../operator/desired/service-account.ts';
import { serviceMonitor } from '../../operator/desired/service-monitor.ts';
import { names, selectorLabels } from '../../operator/pool/names.ts';
import { GROUP, type Pool } from '../../operator/pool/pool.ts';
import { specSchemaOf, withDefaults } from './defaults.ts';
import type { Manifest } from './operator.ts';

export const WORKER = 'preview-worker';
const IMAGE = 'mobius-preview-worker:0.1.0';
/** Not a pool's: an operator beside it must take neither its pods nor its Service for its own. */
const SELECTOR = { 'app.kubernetes.io/name': WORKER, 'app.kubernetes.io/instance': WORKER };
const MANAGED_BY = 'app.kubernetes.io/managed-by';

/** By file name; `config` and `configMap` are for the kustomization, whose generator gives each configuration a name of its own. */
export interface WorkerFolder {
  readonly files: Readonly<Record<string, readonly Manifest[]>>;
  readonly monitoring: Readonly<Record<string, readonly Manifest[]>>;
  readonly secret: Manifest;
  readonly config: object;
  readonly configMap: { readonly name: string; readonly labels: object };
}

/** `crd` and `sample` are texts: of the CRD, and of the pool that it is made of. */
export function previewWorker(crd: string, sample: string): WorkerFolder {
  const pool = poolOf(crd, sample);
  const built = (build: Builder): Manifest[] => [build(pool) ?? {}].map((child) => ownerless(child, pool) as Manifest);
  const labels = { ...SELECTOR, 'app.kubernetes.io/component': 'worker', 'app.kubernetes.io/part-of': WORKER };
  const namespace = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: WORKER, labels: { ...labels, 'pod-security.kubernetes.io/enforce': 'restricted' } },
  };
  return {
    files: {
      'namespace.yaml': [namespace],
      'service-account.yaml': built(serviceAccount),
      'service.yaml': built(service),
      'disruption-budget.yaml': built(disruptionBudget),
      'deployment.yaml': built(deployment),
      'autoscaler.yaml': built((one) => autoscaler(one, true)),
    },
    monitoring: {
      'service-monitor.yaml': built(serviceMonitor),
      'alert-rules.yaml': built((one) => rulesAsChild(one, (alerts) => alertsWithoutOperator(one, alerts))),
    },
    secret: externalSecret(pool),
    config: workerConfig(pool),
    configMap: { name: names.configMap(pool), labels },
  };
}

/** The sample, under a name by which its children are called `preview-worker`, scaled by what needs no operator. */
function poolOf(crd: string, sample: string): Pool {
  const { spec } = parse(sample) as { spec: object };
  const given = {
    ...spec,
    image: IMAGE,
    scaling: {
      mode: 'Auto',
      auto: { provider: 'CPU', minReplicas: 2, maxReplicas: 10, targetCPUUtilizationPercentage: 75 },
    },
    monitoring: { serviceMonitor: {}, alerts: {} },
  };
  return {
    metadata: { name: 'worker', namespace: WORKER },
    spec: withDefaults(given, specSchemaOf(crd)),
  } as Pool;
}

/** Without owner, without annotations that only the operator reads, and with labels that are no pool's. */
function ownerless(value: unknown, pool: Pool): unknown {
  if (Array.isArray(value)) return value.map((item) => ownerless(item, pool));
  if (typeof value !== 'object' || value === null) return value;
  const ofPool = Object.keys(selectorLabels(pool));
  const entries = Object.entries(value).flatMap(([key, inner]): [string, unknown][] => {
    if (key === 'ownerReferences' || key === MANAGED_BY || key.startsWith(`${GROUP}/`)) return [];
    const kept = ownerless(inner, pool);
    return key === 'annotations' && Object.keys(kept as object).length === 0 ? [] : [[key, kept]];
  });
  return Object.fromEntries(ofPool.every((key) => key in value) ? [...Object.entries(SELECTOR), ...entries] : entries);
}

const NONE_SCRAPED = {
  summary: 'Preview worker: none is scraped',
  description: `No worker runs, or Prometheus does not reach them, and no other alert of theirs can fire. Look at the Deployment ${WORKER}, then at the ServiceMonitor and its labels.`,
};

/**
 * Of what workers export alone. The namespace is the series' own, so that one rule is right in whatever namespace an overlay puts
 * the workers.
 */
function alertsWithoutOperator({ metadata: { name } }: Pool, { thresholds }: { thresholds: Thresholds }): Rule[] {
  return jobAlerts(withoutOperator(name, thresholds)).map((alert) => {
    const rule = alertRule(alert, 'Preview worker in {{ $labels.namespace }}');
    // A pool's fires while the operator knows of ready workers; here nobody knows, and workers are always to be there.
    return alert.name === 'PreviewWorkersUnobserved' ? { ...rule, annotations: NONE_SCRAPED } : rule;
  });
}

/** An example, in no kustomization: each site has its own store. */
function externalSecret(pool: Pool): Manifest {
  const keys = redisSecrets(pool).map(({ key }) => key);
  const [{ name } = { name: '' }] = keys;
  return {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: { name, namespace: WORKER },
    spec: {
      refreshInterval: '1h',
      secretStoreRef: { kind: 'ClusterSecretStore', name: 'your-store' },
      target: { name },
      data: keys.map(({ key }) => ({
        secretKey: key,
        remoteRef: { key: `${WORKER}/${name}`, property: key },
      })),
    },
  };
}
