/**
 * `npm run generate`: writes every generated file from its one source of truth; `--check` writes nothing and
 * fails when a file on disk differs.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { compile, type JSONSchema } from 'json-schema-to-typescript';
import { parse } from 'yaml';
import { fieldsOf } from '../operator/cli/doctor/schema-fields.ts';
import { REASONS, type Reason, type ReasonText } from '../operator/pool/conditions.ts';
import { meaningOf, SITUATIONS } from '../operator/pool/situations.ts';
import { FAILURES } from '../worker/failures.ts';
import { apiReference } from './api-reference.ts';
import { crdTemplate, ruleFiles, rulesTemplate } from './chart/templates.ts';
import { valuesFile, valuesReference } from './chart/values.ts';
import { argoCdSettings, CUSTOMIZATIONS } from './manifests/argo-cd.ts';
import { dashboardFiles } from './manifests/dashboards.ts';
import { specSchemaOf } from './manifests/defaults.ts';
import { configFiles } from './manifests/folders.ts';
import { markdownTable } from './markdown-table.ts';
import { metricsReference } from './metrics-reference.ts';
import { operatorReference } from './operator-reference.ts';
import { schemaValidator } from './schema-validator.ts';
import { alertNames, troubleshootingGuide } from './troubleshooting/guide.ts';

interface Generated {
  /** A file, or the name of several that `render` reads itself. */
  readonly source: string;
  readonly target: string;
  readonly render: (source: string) => Promise<string>;
}

const banner = (source: string) => `// Generated from ${source} by \`npm run generate\`. Do not edit.`;

/** Types of a JSON Schema document; `name` is the root interface. */
function schemaTypes(source: string, target: string, name: string): Generated {
  return {
    source,
    target,
    render: (text) => {
      const schema = JSON.parse(text) as JSONSchema;
      return compile(schema, name, {
        bannerComment: banner(source),
        additionalProperties: false,
        ignoreMinAndMaxItems: true,
        style: { singleQuote: true },
      });
    },
  };
}

/** The program that checks documents against a JSON Schema. */
function validator(source: string, target: string): Generated {
  return { source, target, render: async (text) => schemaValidator(JSON.parse(text), banner(source)) };
}

/** What the API server fills in is never absent for a reader. */
function defaultedAreRequired<T>(node: T): T {
  if (Array.isArray(node)) return node.map(defaultedAreRequired) as T;
  if (typeof node !== 'object' || node === null) return node;
  const copy = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, defaultedAreRequired(value)]));
  const { properties, required = [] } = copy as JSONSchema;
  if (properties && typeof properties === 'object') {
    const defaulted = Object.keys(properties).filter((name) => properties[name] && 'default' in properties[name]);
    copy['required'] = [...new Set([...(required as string[]), ...defaulted])];
  }
  return copy as T;
}

/** Types of the pool's spec and status, from the structural schema inside the CRD. */
const poolTypes: Generated = {
  source: 'crds/previewworkerpools.yaml',
  target: 'operator/pool/spec.generated.ts',
  render: (text) => {
    const crd = parse(text) as { spec: { versions: [{ schema: { openAPIV3Schema: JSONSchema } }] } };
    const schema = crd.spec.versions[0].schema.openAPIV3Schema;
    const { spec, status } = defaultedAreRequired(schema).properties ?? {};
    return compile(
      {
        type: 'object',
        required: ['spec'],
        properties: { spec: { ...spec, title: 'PoolSpec' }, status: { ...status, title: 'PoolStatus' } },
      } as JSONSchema,
      'PreviewWorkerPoolFields',
      {
        bannerComment: banner('crds/previewworkerpools.yaml'),
        additionalProperties: false,
        ignoreMinAndMaxItems: true,
        style: { singleQuote: true },
      },
    );
  },
};

/** Every field of a pool's spec, for who holds another CRD against it. */
const poolFields: Generated = {
  source: 'crds/previewworkerpools.yaml',
  target: 'operator/cli/doctor/pool-fields.generated.ts',
  render: async (text) =>
    `${banner('crds/previewworkerpools.yaml')}\nexport const POOL_FIELDS: readonly string[] = ${JSON.stringify(fieldsOf(specSchemaOf(text)), null, 2)};\n`,
};

/** Every reason a job can fail for, as people meet it. */
const failureTable: Generated = {
  source: 'worker/failures.ts',
  target: 'docs/failures.md',
  render: async () => {
    const rows = Object.entries(FAILURES).map(([reason, { permanent, remedy }]) => [
      `\`${reason}\``,
      permanent ? 'no' : 'yes',
      remedy,
    ]);
    const table = markdownTable([['reason', 'tried again', 'what to do'], ...rows]);
    return `<!-- Generated from worker/failures.ts by \`npm run generate\`. Do not edit. -->

# Why a job fails

A failed job's \`failedReason\` reads \`Reason: what happened; what to do\`. The client throws it as a \`PreviewFailure\` with
\`reason\` and \`remedy\`; metrics and logs carry the reason. What is tried again is tried as often as the job's \`attempts\`
say (the client's jobs: 5, with back-off); \`NewerPayload\` and \`RendererUnavailable\` burn no attempt. A job with a
preset that no worker knows (a mistyped one, too) is \`NewerPayload\`: it waits until one does, and so does \`submit --wait\`.

${table}
`;
  },
};

/** What a pool says, and what to do about it. */
const conditionTables: Generated = {
  source: 'operator/pool/conditions.ts and situations.ts',
  target: 'docs/conditions.md',
  render: async () => {
    const situations = SITUATIONS.map(({ situation, isReady, reason, also }) => [
      situation,
      `${isReady ? 'True' : 'False'} \`${reason}\``,
      also.join(', '),
    ]);
    const reasons = Object.entries<ReasonText>(REASONS).map(([reason, { remedy }]) => [
      `\`${reason}\``,
      meaningOf(reason as Reason),
      remedy ?? '',
    ]);
    return `<!-- Generated from operator/pool/conditions.ts and situations.ts by \`npm run generate\`. Do not edit. -->

# Conditions of a pool

The first situation that holds decides on Ready; \`test/operator/pool/status.unit.test.ts\` has a case for each.

${markdownTable([['situation', 'Ready', 'also True'], ...situations])}

Always there: Ready, Available, Progressing, Degraded, RedisReady, QueueSeen, SinkReady. Only while True: Reconciling, Stalled,
Suspended, QueueShared, ReconcileDisabled (annotation \`previews.mobius.dev/reconcile: disabled\`; everything else is then as last seen).
In mode Auto there is AutoscalingActive, which says nothing about Ready: [scaling.md](scaling.md). MonitoringConfigured is
there when \`spec.monitoring\` wants a ServiceMonitor or alerts: False \`CRDNotInstalled\` while the API server does not serve
them, False \`Refused\` when it takes none, False \`NameConflict\` when another's has the name, else True; Ready does not depend on it either.
RedisReady is Unknown while Redis answers and does not tell whether a queue is safe in it: [redis.md](redis.md). QueueSeen turns
True when a producer has used the queue once; QueueShared and a RedisReady with warnings leave Ready alone. SinkReady is what
workers tell: False as soon as one can not write, Unknown while there is none.
Roll-backs and upgrades: [rollouts.md](rollouts.md).

## Reasons

A message ends with what to do; NAMESPACE and SELECTOR are the pool's own there.

${markdownTable([['reason', 'what it means', 'what to do'], ...reasons])}
`;
  },
};

/** How to run the operator. */
const operatorFlags: Generated = {
  source: 'operator/settings.ts',
  target: 'docs/operator.md',
  render: async () => operatorReference(),
};

/** What operator and worker export. */
const metricsTable: Generated = {
  source: 'operator/metrics.ts and worker/metrics.ts',
  target: 'docs/metrics.md',
  render: async () => metricsReference(),
};

/** The manifests of the operator itself, and of a worker without one. */
const manifests: readonly Generated[] = Object.entries(
  configFiles({
    crd: readFileSync('crds/previewworkerpools.yaml', 'utf8'),
    sample: readFileSync('examples/pool.yaml', 'utf8'),
  }),
).map(([target, text]) => ({ source: 'scripts/manifests/folders.ts', target, render: async () => text }));

/** Health and actions of pools for Argo CD. */
const argoCd: Generated = {
  source: `${CUSTOMIZATIONS} (health.lua, actions)`,
  target: 'config/argocd/argocd-cm.yaml',
  render: async () => argoCdSettings((path) => readFileSync(`${CUSTOMIZATIONS}/${path}`, 'utf8')),
};

const CHART = 'charts/preview-worker-operator';
const CHART_VALUES = `${CHART}/values.schema.json`;

/** What of the chart has its source elsewhere, and its values. */
const chart: readonly Generated[] = [
  {
    source: 'crds/previewworkerpools.yaml',
    target: `${CHART}/templates/crd.yaml`,
    render: async (crd) => crdTemplate(crd),
  },
  {
    source: 'scripts/manifests/rules.ts',
    target: `${CHART}/templates/_rules.tpl`,
    render: async () => rulesTemplate(),
  },
  ...Object.entries(ruleFiles()).map(([name, text]) => ({
    source: 'scripts/manifests/operator-alerts.ts and operator/desired/alerts.ts',
    target: `${CHART}/files/${name}`,
    render: async () => text,
  })),
  ...Object.entries(dashboardFiles()).map(([name, text]) => ({
    source: 'scripts/manifests/dashboards.ts',
    target: `${CHART}/files/${name}`,
    render: async () => text,
  })),
  { source: CHART_VALUES, target: `${CHART}/values.yaml`, render: async (text) => valuesFile(text) },
  { source: CHART_VALUES, target: 'docs/chart-values.md', render: async (text) => valuesReference(text) },
];

const GENERATED: readonly Generated[] = [
  argoCd,
  conditionTables,
  failureTable,
  operatorFlags,
  metricsTable,
  poolTypes,
  ...manifests,
  ...chart,
  {
    source: 'crds/previewworkerpools.yaml',
    target: 'docs/api.md',
    render: async (text) => apiReference(text),
  },
  {
    source: 'crds/previewworkerpools.yaml',
    target: 'docs/troubleshooting.md',
    render: async (text) => troubleshootingGuide(alertNames(text)),
  },
  schemaTypes('schemas/worker-config.schema.json', 'worker/config.generated.ts', 'WorkerConfig'),
  schemaTypes('schemas/worker-config.schema.json', 'operator/pool/worker-config.generated.ts', 'WorkerConfig'),
  schemaTypes('schemas/preview-job.schema.json', 'worker/job.generated.ts', 'PreviewJob'),
  schemaTypes('schemas/preview-manifest.schema.json', 'worker/storage/manifest.generated.ts', 'PreviewManifest'),
  schemaTypes('schemas/preview-request.schema.json', 'worker/storage/request.generated.ts', 'PreviewRequest'),
  schemaTypes('schemas/preview-outbox.schema.json', 'worker/storage/outbox.generated.ts', 'PreviewOutbox'),
  schemaTypes('schemas/preview-quarantine.schema.json', 'worker/storage/quarantine.generated.ts', 'PreviewQuarantine'),
  schemaTypes('schemas/worker-heartbeat.schema.json', 'worker/heartbeat.generated.ts', 'WorkerHeartbeat'),
  schemaTypes('schemas/worker-heartbeat.schema.json', 'operator/pool/worker-heartbeat.generated.ts', 'WorkerHeartbeat'),
  schemaTypes('schemas/doctor-report.schema.json', 'operator/cli/doctor/report.generated.ts', 'DoctorReport'),
  schemaTypes('schemas/doctor-report.schema.json', 'worker/cli/doctor/report.generated.ts', 'DoctorReport'),
  poolFields,
  validator('schemas/worker-config.schema.json', 'worker/config.validator.generated.ts'),
  validator('schemas/preview-job.schema.json', 'worker/job.validator.generated.ts'),
  validator('schemas/preview-manifest.schema.json', 'worker/storage/manifest.validator.generated.ts'),
  validator('schemas/preview-request.schema.json', 'worker/storage/request.validator.generated.ts'),
  validator('schemas/preview-outbox.schema.json', 'worker/storage/outbox.validator.generated.ts'),
  validator('schemas/preview-quarantine.schema.json', 'worker/storage/quarantine.validator.generated.ts'),
];

const checkOnly = process.argv.includes('--check');
let stale = 0;
for (const { source, target, render } of GENERATED) {
  const text = await render(existsSync(source) ? readFileSync(source, 'utf8') : '');
  const current = existsSync(target) ? readFileSync(target, 'utf8') : undefined;
  if (text === current) continue;
  if (checkOnly) {
    console.error(`${target} is not what ${source} gives; run npm run generate`);
    stale += 1;
  } else {
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
    console.log(`wrote ${target}`);
  }
}
process.exitCode = stale > 0 ? 1 : 0;
