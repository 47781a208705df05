/** One accepted and at least one refused case for every rule of the CRD; a refused one names the path and words of its message. */
type Json = Record<string, unknown>;

export interface RuleCase {
  readonly rule: string;
  readonly accepted: Json;
  readonly refused: readonly { readonly spec: Json; readonly at: string; readonly saying: string }[];
}

export const secret = { name: 'redis', key: 'value' };
const nodes = [
  { host: 'redis-0', port: 7000 },
  { host: 'fd00::1', port: 7000 },
];
export const folder = (path: string) => ({ path, claimName: 'claim' });
const redis = (fields: Json) => ({ queue: { name: 'previews', redis: fields } });
export const worker = (fields: Json) => ({
  worker: { sources: { file: { roots: [folder('/inbox')] } }, sink: { file: folder('/previews') }, ...fields },
});

const auto = (fields: Json) => ({
  scaling: { mode: 'Auto', auto: { provider: 'CPU', minReplicas: 1, targetCPUUtilizationPercentage: 75, ...fields } },
});

/** The smallest pool; a case replaces whole top-level fields of it. */
export const MINIMAL: Json = { ...redis({ url: 'redis://redis:6379' }), ...worker({}) };

export const RULES: readonly RuleCase[] = [
  {
    rule: 'a rollout that can go on',
    accepted: { rollout: { maxSurge: 0, maxUnavailable: '10%' } },
    refused: [
      { spec: { rollout: { maxSurge: '0%' } }, at: 'spec.rollout', saying: 'must not both be 0' },
      { spec: { rollout: { maxSurge: -1 } }, at: 'spec.rollout.maxSurge', saying: 'greater than or equal to 0' },
      { spec: { rollout: { maxUnavailable: '110%' } }, at: 'spec.rollout.maxUnavailable', saying: 'should match' },
    ],
  },
  {
    rule: 'External and suspend exclude each other',
    accepted: { suspend: true, scaling: { mode: 'Fixed', replicas: 3 } },
    refused: [
      {
        spec: { suspend: true, scaling: { mode: 'External' } },
        at: 'spec.suspend',
        saying: 'another controller owns the replicas',
      },
    ],
  },
  {
    rule: 'replicas exactly when Fixed',
    accepted: { scaling: { mode: 'External' } },
    refused: [
      { spec: { scaling: { mode: 'Fixed' } }, at: 'spec.scaling.replicas', saying: 'must be set when mode is Fixed' },
      {
        spec: { scaling: { mode: 'External', replicas: 1 } },
        at: 'spec.scaling.replicas',
        saying: 'must be absent otherwise',
      },
    ],
  },
  {
    rule: 'auto exactly when Auto',
    accepted: auto({}),
    refused: [
      { spec: { scaling: { mode: 'Auto' } }, at: 'spec.scaling.auto', saying: 'must be set when mode is Auto' },
      {
        spec: { scaling: { mode: 'External', auto: { targetCPUUtilizationPercentage: 75 } } },
        at: 'spec.scaling.auto',
        saying: 'must be absent otherwise',
      },
    ],
  },
  {
    rule: 'minReplicas not above maxReplicas',
    accepted: { suspend: true, ...auto({ minReplicas: 3, maxReplicas: 3 }) },
    refused: [
      {
        spec: auto({ minReplicas: 11 }),
        at: 'spec.scaling.auto.minReplicas',
        saying: 'must not be above maxReplicas',
      },
      { spec: auto({ minReplicas: -1 }), at: 'spec.scaling.auto.minReplicas', saying: 'greater than or equal to 0' },
    ],
  },
  {
    rule: 'no workers only where the queue is looked at',
    accepted: { scaling: { mode: 'Auto', auto: { scaleToZeroAfterSeconds: 0 } } },
    refused: [
      { spec: auto({ minReplicas: 0 }), at: 'spec.scaling.auto.minReplicas', saying: 'can not wake a pool' },
      {
        spec: auto({ provider: 'CPU', minReplicas: 0, targetCPUUtilizationPercentage: 50 }),
        at: 'spec.scaling.auto.minReplicas',
        saying: 'set minReplicas to 1 or more',
      },
    ],
  },
  ...['ExternalMetrics', 'Auto'].map(
    (provider): RuleCase => ({
      rule: `CPU beside the queue, where a HorizontalPodAutoscaler may look at both: ${provider}`,
      accepted: auto({ provider, minReplicas: 0 }),
      refused: ['KEDA', 'Direct'].map((other) => ({
        spec: auto({ provider: other }),
        at: 'spec.scaling.auto.targetCPUUtilizationPercentage',
        saying: 'providers KEDA and Direct do not look at CPU',
      })),
    }),
  ),
  {
    rule: 'a waiting time that can be promised',
    accepted: { scaling: { mode: 'Auto', auto: { provider: 'Direct', targetWaitSeconds: 5 } } },
    refused: ['targetWaitSeconds', 'backfillTargetWaitSeconds'].map((field) => ({
      spec: { scaling: { mode: 'Auto', auto: { provider: 'Direct', [field]: 0 } } },
      at: `spec.scaling.auto.${field}`,
      saying: 'greater than or equal to 1',
    })),
  },
  {
    rule: 'provider CPU needs its target',
    accepted: auto({ provider: 'CPU', targetCPUUtilizationPercentage: 1 }),
    refused: [
      {
        spec: { scaling: { mode: 'Auto', auto: { provider: 'CPU', minReplicas: 1 } } },
        at: 'spec.scaling.auto.targetCPUUtilizationPercentage',
        saying: 'provider CPU needs targetCPUUtilizationPercentage',
      },
    ],
  },
  {
    rule: 'scaling by CPU needs a request of CPU',
    accepted: { ...auto({}), template: { resources: { renderer: { limits: { cpu: '2' } }, worker: {} } } },
    refused: [{ requests: { memory: '2Gi' } }, {}].map((renderer) => ({
      spec: { ...auto({}), template: { resources: { renderer } } },
      at: 'spec.template.resources.renderer',
      saying: 'add cpu to its requests',
    })),
  },
  {
    rule: 'one word on the window of scale-down',
    accepted: auto({
      scaleDownWindowSeconds: 300,
      behavior: {
        scaleUp: { policies: [{ type: 'Percent', value: 200, periodSeconds: 30 }], tolerance: '0.05' },
        scaleDown: { stabilizationWindowSeconds: 300, selectPolicy: 'Disabled' },
      },
    }),
    refused: [
      {
        spec: auto({ behavior: { scaleDown: { stabilizationWindowSeconds: 60 } } }),
        at: 'spec.scaling.auto.behavior.scaleDown.stabilizationWindowSeconds',
        saying: 'scaleDownWindowSeconds says the same',
      },
    ],
  },
  {
    rule: 'a queue name without colon and white space',
    accepted: { queue: { name: 'team-a.previews', redis: { url: 'redis://redis' } } },
    refused: [
      {
        spec: { queue: { name: 'bull:previews', redis: { url: 'redis://redis' } } },
        at: 'spec.queue.name',
        saying: 'belongs into queue.prefix',
      },
      {
        spec: { queue: { name: 'a b', redis: { url: 'redis://redis' } } },
        at: 'spec.queue.name',
        saying: 'white space',
      },
    ],
  },
  {
    rule: 'exactly one form of Redis',
    accepted: redis({ urlFrom: secret }),
    refused: [
      { spec: redis({}), at: 'spec.queue.redis', saying: 'exactly one of url, urlFrom, sentinel and cluster' },
      {
        spec: redis({ url: 'redis://redis', sentinel: { masterName: 'm', nodes } }),
        at: 'spec.queue.redis',
        saying: 'exactly one of url, urlFrom, sentinel and cluster',
      },
      {
        spec: redis({ url: 'redis://redis', urlFrom: secret }),
        at: 'spec.queue.redis',
        saying: 'exactly one of url, urlFrom, sentinel and cluster',
      },
    ],
  },
  {
    rule: 'Sentinels have names, ports and a password of their own',
    accepted: redis({
      sentinel: { masterName: 'mymaster', nodes, passwordFrom: secret },
      usernameFrom: secret,
      passwordFrom: secret,
      database: 2,
      tls: {},
    }),
    refused: [
      {
        spec: redis({ sentinel: { masterName: 'm', nodes: [] } }),
        at: 'spec.queue.redis.sentinel.nodes',
        saying: 'should have at least 1 items',
      },
      {
        spec: redis({ sentinel: { masterName: 'm', nodes: [{ host: 'user@redis', port: 26379 }] } }),
        at: 'spec.queue.redis.sentinel.nodes[0].host',
        saying: 'should match',
      },
      {
        spec: redis({ sentinel: { nodes } }),
        at: 'spec.queue.redis.sentinel.masterName',
        saying: 'Required value',
      },
    ],
  },
  {
    rule: 'a Cluster’s queue lies in one slot',
    accepted: {
      queue: { name: 'previews', prefix: 'team-{bull}', redis: { cluster: { nodes }, passwordFrom: secret } },
    },
    refused: ['bull', '{}bull', '}bull{', '{bull'].map((prefix) => ({
      spec: { queue: { name: 'previews', prefix, redis: { cluster: { nodes } } } },
      at: 'spec.queue.prefix',
      saying: 'needs a hash tag',
    })),
  },
  {
    rule: 'a Cluster has no numbered databases',
    accepted: { queue: { name: 'previews', prefix: '{b}', redis: { cluster: { nodes }, tls: { caFrom: secret } } } },
    refused: [
      {
        spec: { queue: { name: 'previews', prefix: '{b}', redis: { cluster: { nodes }, database: 1 } } },
        at: 'spec.queue.redis.database',
        saying: 'remove database',
      },
    ],
  },
  {
    rule: 'urlFrom carries user, password and database itself',
    accepted: redis({ urlFrom: secret, tls: { caFrom: secret } }),
    refused: [
      {
        spec: redis({ urlFrom: secret, passwordFrom: secret }),
        at: 'spec.queue.redis.urlFrom',
        saying: 'remove usernameFrom, passwordFrom and database',
      },
      {
        spec: redis({ urlFrom: secret, database: 1 }),
        at: 'spec.queue.redis.urlFrom',
        saying: 'remove usernameFrom, passwordFrom and database',
      },
    ],
  },
  {
    rule: 'a user name needs a password',
    accepted: redis({ url: 'redis://redis', usernameFrom: secret, passwordFrom: secret, database: 15 }),
    refused: [
      {
        spec: redis({ url: 'redis://redis', usernameFrom: secret }),
        at: 'spec.queue.redis.usernameFrom',
        saying: 'set passwordFrom',
      },
    ],
  },
  {
    rule: 'no credentials in a url',
    accepted: redis({ url: 'rediss://redis.example.com:6380' }),
    refused: [
      {
        spec: redis({ url: 'redis://user:secret@redis:6379' }),
        at: 'spec.queue.redis.url',
        saying: 'put them into a Secret',
      },
    ],
  },
  {
    rule: 'a url is scheme, host and port',
    accepted: redis({ url: 'redis://[::1]:6379/' }),
    refused: [
      {
        spec: redis({ url: 'redis://redis:6379/2' }),
        at: 'spec.queue.redis.url',
        saying: 'belongs into redis.database',
      },
      { spec: redis({ url: 'http://redis:6379' }), at: 'spec.queue.redis.url', saying: 'must look like redis://' },
    ],
  },
  {
    rule: 'a client certificate and its key come together',
    accepted: redis({ url: 'rediss://redis', tls: { certFrom: secret, keyFrom: secret, serverName: 'redis' } }),
    refused: [
      {
        spec: redis({ url: 'rediss://redis', tls: { certFrom: secret } }),
        at: 'spec.queue.redis.tls',
        saying: 'both certFrom and keyFrom',
      },
    ],
  },
  ...(['memory', 'sourceBytes', 'outputBytes'] as const).map((field) => ({
    rule: `perJob.${field} within bounds`,
    accepted: worker({ perJob: { [field]: field === 'memory' ? '1.5Gi' : 1_000_000_000 } }),
    refused: [
      { spec: worker({ perJob: { [field]: '1Ti' } }), at: `spec.worker.perJob.${field}`, saying: 'must be between' },
    ],
  })),
  {
    rule: 'folders are absolute and plain',
    accepted: worker({ sink: { file: folder('/data/previews') } }),
    refused: [
      {
        spec: worker({ sink: { file: folder('previews') } }),
        at: 'spec.worker.sink.file.path',
        saying: 'must be an absolute folder',
      },
      {
        spec: worker({ sink: { file: folder('/data/../etc') } }),
        at: 'spec.worker.sink.file.path',
        saying: "without '..'",
      },
    ],
  },
  {
    rule: 'folders of the system and of the worker are not to be had',
    accepted: worker({ sink: { file: folder('/scratchy') } }),
    refused: [
      {
        spec: worker({ sink: { file: folder('/scratch') } }),
        at: 'spec.worker.sink.file.path',
        saying: 'choose another',
      },
      {
        spec: worker({ sources: { file: { roots: [folder('/etc/keys')] } } }),
        at: 'spec.worker.sources.file.roots[0].path',
        saying: 'choose another',
      },
    ],
  },
  {
    rule: 'folders that do not lie inside one another',
    accepted: worker({
      sources: { file: { roots: [folder('/in'), folder('/inbox')] } },
      sink: { file: folder('/in2') },
    }),
    refused: [
      ...['/inbox', '/inbox/previews'].map((path) => ({
        spec: worker({ sink: { file: folder(path) } }),
        at: 'spec.worker.sink.file.path',
        saying: 'such as /previews',
      })),
      {
        spec: worker({ sources: { file: { roots: [folder('/previews/in')] } } }),
        at: 'spec.worker.sink.file.path',
        saying: 'such as /previews',
      },
      {
        spec: worker({ sources: { file: { roots: [folder('/inbox'), folder('/inbox/b')] } } }),
        at: 'spec.worker.sources.file',
        saying: 'no root may lie inside another',
      },
    ],
  },
  ...(['labels', 'annotations'] as const).map((field) => ({
    rule: `template.${field} leave the operator's prefixes alone`,
    accepted: { template: { [field]: { 'example.com/team': 'a' } } },
    refused: [
      {
        spec: { template: { [field]: { 'previews.mobius.dev/pool': 'x' } } },
        at: `spec.template.${field}`,
        saying: 'use a prefix of your own',
      },
      {
        spec: { template: { [field]: { 'app.kubernetes.io/name': 'x' } } },
        at: `spec.template.${field}`,
        saying: 'use a prefix of your own',
      },
    ],
  })),
  {
    rule: 'a disruption budget that lets nodes drain',
    accepted: { disruptionBudget: { maxUnavailable: 1 } },
    refused: [
      ...[0, '0%'].map((maxUnavailable) => ({
        spec: { disruptionBudget: { maxUnavailable } },
        at: 'spec.disruptionBudget.maxUnavailable',
        saying: 'no node with a worker could ever be drained',
      })),
      {
        spec: { disruptionBudget: { maxUnavailable: '5' } },
        at: 'spec.disruptionBudget.maxUnavailable',
        saying: 'should match',
      },
    ],
  },
  {
    rule: 'a peer of the network policy is one thing',
    accepted: { networkPolicy: { ingressFrom: [{ namespaceSelector: {}, podSelector: {} }] } },
    refused: [
      {
        spec: { networkPolicy: { ingressFrom: [{}] } },
        at: 'spec.networkPolicy.ingressFrom[0]',
        saying: 'a peer is either an ipBlock',
      },
      {
        spec: { networkPolicy: { ingressFrom: [{ podSelector: {}, ipBlock: { cidr: '10.0.0.0/8' } }] } },
        at: 'spec.networkPolicy.ingressFrom[0]',
        saying: 'a peer is either an ipBlock',
      },
    ],
  },
  {
    rule: 'a range of addresses',
    accepted: { networkPolicy: { ingressFrom: [{ ipBlock: { cidr: 'fd00::/8', except: ['fd00:1::/64'] } }] } },
    refused: [
      {
        spec: { networkPolicy: { ingressFrom: [{ ipBlock: { cidr: '10.0.0.1' } }] } },
        at: 'spec.networkPolicy.ingressFrom[0].ipBlock.cidr',
        saying: '10.1.2.3/32 for one',
      },
    ],
  },
  {
    rule: 'further egress names destinations and ports',
    accepted: {
      networkPolicy: {
        extraEgress: [{ to: [{ podSelector: {} }], ports: [{ port: 3128, endPort: 3130, protocol: 'TCP' }] }],
      },
    },
    refused: [
      {
        spec: { networkPolicy: { extraEgress: [{ to: [], ports: [{ port: 1 }] }] } },
        at: 'spec.networkPolicy.extraEgress[0].to',
        saying: 'at least 1',
      },
      {
        spec: { networkPolicy: { extraEgress: [{ to: [{ podSelector: {} }], ports: [] }] } },
        at: 'spec.networkPolicy.extraEgress[0].ports',
        saying: 'at least 1',
      },
      {
        spec: { networkPolicy: { extraEgress: [{ to: [{ podSelector: {} }], ports: [{ port: 2, endPort: 1 }] }] } },
        at: 'spec.networkPolicy.extraEgress[0].ports[0].endPort',
        saying: 'must not be below port',
      },
    ],
  },
  ...(['serviceMonitor', 'alerts', 'dashboard'] as const).map((member) => ({
    rule: `monitoring.${member}.labels leave the operator's prefixes alone`,
    accepted: { monitoring: { [member]: { labels: { release: 'kube-prometheus-stack' } } } },
    refused: [
      {
        spec: { monitoring: { [member]: { labels: { 'app.kubernetes.io/name': 'x' } } } },
        at: `spec.monitoring.${member}.labels`,
        saying: 'use a prefix of your own',
      },
    ],
  })),
  {
    rule: 'alerts with sane thresholds, a base of runbooks and one of dashboards',
    accepted: {
      monitoring: {
        alerts: {
          runbookBaseURL: 'https://example.com/alerts.md#',
          dashboardBaseURL: 'https://grafana.example.com/d/',
          thresholds: {},
        },
      },
    },
    refused: [
      {
        spec: { monitoring: { alerts: { runbookBaseURL: 'https://example.com/alerts' } } },
        at: 'spec.monitoring.alerts.runbookBaseURL',
        saying: "ends in '/' or '#'",
      },
      {
        spec: { monitoring: { alerts: { runbookBaseURL: 'https://example.com/{{query(`up`)}}/' } } },
        at: 'spec.monitoring.alerts.runbookBaseURL',
        saying: 'without braces, which Prometheus takes for a template',
      },
      {
        spec: { monitoring: { alerts: { dashboardBaseURL: 'https://grafana.example.com/d' } } },
        at: 'spec.monitoring.alerts.dashboardBaseURL',
        saying: "ends in '/'",
      },
      {
        spec: { monitoring: { alerts: { dashboardBaseURL: 'https://grafana.example.com/{{/' } } },
        at: 'spec.monitoring.alerts.dashboardBaseURL',
        saying: 'without braces',
      },
      {
        spec: { monitoring: { alerts: { thresholds: { failureRatio: 0 } } } },
        at: 'spec.monitoring.alerts.thresholds.failureRatio',
        saying: 'greater than 0',
      },
      {
        spec: { monitoring: { serviceMonitor: { interval: '0s' } } },
        at: 'spec.monitoring.serviceMonitor.interval',
        saying: 'should match',
      },
    ],
  },
  {
    rule: 'reserved environment',
    accepted: { template: { env: [{ name: 'TZ', value: 'UTC' }] } },
    refused: ['NODE_OPTIONS', 'LD_PRELOAD', 'REDIS_URL', 'PREVIEW_CONFIG', 'POD_NAME'].map((name) => ({
      spec: { template: { env: [{ name, value: 'x' }] } },
      at: 'spec.template.env[0].name',
      saying: 'are reserved',
    })),
  },
  {
    rule: 'bounds and unknown fields',
    accepted: worker({ slots: 64 }),
    refused: [
      { spec: worker({ slots: 0 }), at: 'spec.worker.slots', saying: 'greater than or equal to 1' },
      { spec: worker({ sources: {} }), at: 'spec.worker.sources', saying: 'at least 1' },
      { spec: { replicas: 3 }, at: 'spec.replicas', saying: 'unknown field' },
    ],
  },
];

/** What is wrong with a rule on the server: `submit` resolves to undefined when a spec is accepted, else to the refusal. */
export async function complaints(
  { rule, accepted, refused }: RuleCase,
  submit: (spec: Json) => Promise<string | undefined>,
): Promise<string[]> {
  const found: string[] = [];
  const answer = await submit({ ...MINIMAL, ...accepted });
  if (answer !== undefined) found.push(`${rule}: a good spec was refused: ${answer}`);
  for (const { spec, at, saying } of refused) {
    const message = await submit({ ...MINIMAL, ...spec });
    if (!message?.includes(at) || !message.includes(saying))
      found.push(`${rule}: ${JSON.stringify(spec)} gave ${message ?? 'no refusal'}, not "${saying}" at ${at}`);
  }
  return found;
}
