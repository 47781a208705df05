/** Pools as people write them: quantities in any form, fields in any order, much left to defaults. */
import { readFile } from 'node:fs/promises';

const OTHER_FORMS = (redisUrl: string) => `
kind: PreviewWorkerPool
apiVersion: previews.mobius.dev/v1alpha1
metadata:
  annotations: { example.com/ticket: "4711" }
  labels: { team: media }
  namespace: preview-worker
  name: other-forms
spec:
  worker:
    sink: { file: { claimName: previews, path: /previews } }
    presets:
      - { width: 1600, name: large, height: 1600 }
      - { height: 64, name: icon, width: 64 }
    slots: 3
    renderers: [{ name: svg }, { perJob: { memory: 0.75Gi }, name: pdf }, { name: image }]
    perJob: { outputBytes: "33554432", memory: 0.5Gi, sourceBytes: 0.25Gi }
    sources: { http: {}, file: { roots: [{ claimName: inbox, path: /inbox }] } }
  template:
    env: [{ name: TZ, value: UTC }, { name: A, value: b }]
    tolerations: [{ operator: Exists }]
    resources:
      renderer: { limits: { memory: 3Gi }, requests: { memory: 3072Mi, cpu: 1500m } }
      worker: { requests: { cpu: "0.1", memory: 0.5Gi } }
    scratch: { sizeLimit: 4096Mi }
  networkPolicy: {}
  monitoring: { alerts: {}, dashboard: {}, serviceMonitor: {} }
  queue: { redis: { url: "${redisUrl}" }, name: previews }
  scaling: { auto: { provider: Direct, maxReplicas: 4, minReplicas: 1 }, mode: Auto }
`;

/** YAML by the name of the pool, all in the namespace \`preview-worker\`. */
export async function typedPools(redisUrl: string): Promise<ReadonlyMap<string, string>> {
  const example = (name: string) => readFile(`examples/${name}.yaml`, 'utf8');
  const toOurs = (text: string) => text.replace('urlFrom: { name: redis, key: url }', `url: "${redisUrl}"`);
  return new Map([
    ['sample', toOurs(await example('pool'))],
    ['sleeper', toOurs(await example('pool-that-sleeps'))],
    ['complete', await example('complete')],
    ['other-forms', OTHER_FORMS(redisUrl)],
  ]);
}
