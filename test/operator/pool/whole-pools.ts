/** Specs that together set every field a pool has; some exclude one another. `redisUrl` is one that answers. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

type Json = Record<string, unknown>;

const example = (
  parse(readFileSync('examples/complete.yaml', 'utf8')) as { spec: Json & { worker: Json; template: Json } }
).spec;

const selector = {
  matchLabels: { app: 'a' },
  matchExpressions: [{ key: 'tier', operator: 'In', values: ['web'] }],
};
const term = {
  topologyKey: 'topology.kubernetes.io/zone',
  labelSelector: selector,
  namespaces: ['default'],
  namespaceSelector: selector,
  matchLabelKeys: ['team'],
  mismatchLabelKeys: ['crew'],
};
const podAffinity = {
  requiredDuringSchedulingIgnoredDuringExecution: [term],
  preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 10, podAffinityTerm: term }],
};
const nodeTerm = {
  matchExpressions: [{ key: 'disk', operator: 'In', values: ['ssd'] }],
  matchFields: [{ key: 'metadata.name', operator: 'In', values: ['node-a'] }],
};
const store = { endpoint: 'http://127.0.0.1:9000', region: 'us-east-1', forcePathStyle: true };
const credentialsFrom = { name: 'object-store', accessKeyIdKey: 'accessKeyId', secretAccessKeyKey: 'secretAccessKey' };
const limits = { timeoutSeconds: 60, memory: '1Gi', sourceBytes: '64Mi', pixels: 1000, pages: 2, frames: 2 };
const preset = {
  ...{ name: 'all', width: 100, height: 100, fit: 'cover', format: 'webp', quality: 70, position: 'entropy' },
  ...{ background: '#ffffff', effort: 3, lossless: true, sharpen: true, animated: true, copyright: true },
};
const scalingRules = {
  ...{ stabilizationWindowSeconds: 30, selectPolicy: 'Max' },
  policies: [{ type: 'Pods', value: 4, periodSeconds: 60 }],
};
const nodes = [{ host: '127.0.0.1', port: 1 }];
const key = (name: string) => ({ name: 'redis', key: name });

const smallest = {
  worker: {
    sources: { file: { roots: [{ path: '/inbox', claimName: 'inbox' }] } },
    sink: { file: { path: '/previews', claimName: 'previews' } },
  },
};

export function wholePools(redisUrl: string): Readonly<Record<string, Json>> {
  const queue = { name: 'previews', prefix: 'bull' };
  return {
    /** Nothing is wrong with it. */
    example: { ...example, queue: { ...queue, redis: { url: redisUrl, database: 0 } } },
    /** What the example leaves out; its Redis does not speak TLS. */
    rest: {
      ...example,
      suspend: false,
      queue: {
        ...queue,
        redis: {
          url: redisUrl.replace('redis:', 'rediss:'),
          usernameFrom: key('username'),
          passwordFrom: key('password'),
          database: 1,
          tls: { caFrom: key('ca.crt'), certFrom: key('tls.crt'), keyFrom: key('tls.key'), serverName: 'redis' },
        },
      },
      worker: {
        ...example.worker,
        perJob: { ...limits, outputBytes: '16Mi' },
        renderers: [{ name: 'pdf', perJob: { ...limits, outputBytes: '8Mi' } }],
        sources: {
          http: { allowedHosts: ['example.com'], allowPrivateNetworks: true },
          s3: { ...store, buckets: ['uploads'], credentialsFrom },
        },
        sink: { s3: { ...store, bucket: 'previews', prefix: 'a', credentialsFrom } },
        presets: [preset],
      },
      networkPolicy: {
        enabled: true,
        allowInstanceMetadata: true,
        ingressFrom: [
          { podSelector: selector, namespaceSelector: selector },
          { ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } },
        ],
        extraEgress: [
          {
            to: [
              { podSelector: selector, namespaceSelector: selector },
              { ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } },
            ],
            ports: [{ protocol: 'TCP', port: 443, endPort: 444 }],
          },
        ],
      },
      template: {
        ...example.template,
        tolerations: [{ key: 'spot', operator: 'Equal', value: 'yes', effect: 'NoExecute', tolerationSeconds: 60 }],
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [nodeTerm] },
            preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 10, preference: nodeTerm }],
          },
          podAffinity,
          podAntiAffinity: podAffinity,
        },
        topologySpreadConstraints: [
          {
            ...{ topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'DoNotSchedule', maxSkew: 1 },
            ...{ minDomains: 2, labelSelector: selector, matchLabelKeys: ['team'] },
            ...{ nodeAffinityPolicy: 'Honor', nodeTaintsPolicy: 'Honor' },
          },
        ],
        runtimeClassName: 'gvisor',
        resources: {
          worker: { requests: { cpu: '100m', memory: '512Mi' }, limits: { memory: '512Mi' } },
          renderer: { requests: { cpu: '2', memory: '2304Mi' }, limits: { memory: '2304Mi' } },
        },
      },
    },
    /** Files in and out, the URL from a Secret; an autoscaler, and objects for Prometheus, whose kinds are not served. */
    files: {
      queue: { ...queue, redis: { urlFrom: key('url') } },
      scaling: {
        mode: 'Auto',
        auto: {
          ...{ minReplicas: 2, maxReplicas: 8, provider: 'CPU', targetCPUUtilizationPercentage: 70 },
          scaleDownWindowSeconds: 60,
          behavior: {
            scaleUp: { ...scalingRules, tolerance: '0.1' },
            scaleDown: { ...scalingRules, stabilizationWindowSeconds: 60, tolerance: '0.2' },
          },
        },
      },
      monitoring: {
        serviceMonitor: { enabled: true, labels: { release: 'a' }, interval: '15s' },
        alerts: {
          ...{ enabled: true, labels: { release: 'a' }, runbookBaseURL: 'https://runbooks.example.com/' },
          thresholds: {
            ...{ notReadyMinutes: 10, queueNeverSeenMinutes: 20, failureRatio: 0.2, failureMinEvents: 10 },
            ...{ quarantinePerHour: 5, slotRestartsPerHour: 5 },
          },
        },
        dashboard: { enabled: true, labels: { grafana_dashboard: '1' } },
      },
      worker: {
        sources: { file: { roots: [{ path: '/inbox', claimName: 'inbox' }] } },
        sink: { file: { path: '/previews', claimName: 'previews' } },
      },
    },
    /** Nobody answers there. */
    sentinel: {
      ...smallest,
      scaling: {
        mode: 'Auto',
        auto: {
          ...{ provider: 'Direct', minReplicas: 0, maxReplicas: 3, targetWaitSeconds: 20 },
          ...{ backfillTargetWaitSeconds: 900, scaleToZeroAfterSeconds: 60 },
        },
      },
      queue: { ...queue, redis: { sentinel: { masterName: 'previews', nodes, passwordFrom: key('password') } } },
    },
    cluster: { ...smallest, queue: { name: 'previews', prefix: '{bull}', redis: { cluster: { nodes } } } },
  };
}
