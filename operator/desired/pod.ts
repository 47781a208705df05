import { hashOf } from '../pool/hash.ts';
import { names, selectorLabels } from '../pool/names.ts';
import { ANNOTATIONS, type Pool, shutdownGraceSeconds } from '../pool/pool.ts';
import { bytesOf } from '../pool/quantity.ts';
import { workerConfig } from './config-map.ts';
import { CONFIG_FOLDER, SCRATCH, SOCKET } from './paths.ts';
import { volumes } from './volumes.ts';

/** Beyond the grace of jobs: time to hand them back and close connections. */
const CLOSING_SECONDS = 15;
const MEBIBYTE = 2 ** 20;

/** Admitted by Pod Security `restricted`. */
const CONTAINER_SECURITY = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
};

/**
 * Two containers of one image: the worker holds credentials and never decodes, the renderer decodes bytes of strangers
 * and holds nothing. They share the scratch folder and no process namespace.
 */
export function podTemplate(pool: Pool): Record<string, unknown> {
  const template = rendered(pool);
  const annotations = { ...template.metadata.annotations, [ANNOTATIONS.templateHash]: hashOf(template) };
  return { ...template, metadata: { ...template.metadata, annotations } };
}

function rendered(pool: Pool) {
  const { template, imagePullSecrets } = pool.spec;
  const restartedAt = pool.metadata.annotations?.[ANNOTATIONS.restartedAt];
  return {
    metadata: {
      labels: { ...template.labels, ...selectorLabels(pool) },
      annotations: {
        ...template.annotations,
        [ANNOTATIONS.configHash]: hashOf(workerConfig(pool)),
        'cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes': 'scratch',
        ...(restartedAt ? { [ANNOTATIONS.restartedAt]: restartedAt } : {}),
      },
    },
    spec: {
      serviceAccountName: names.serviceAccount(pool),
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: shutdownGraceSeconds(pool) + CLOSING_SECONDS,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 1000,
        runAsGroup: 1000,
        fsGroup: template.fsGroup,
        fsGroupChangePolicy: 'OnRootMismatch',
        seccompProfile: { type: 'RuntimeDefault' },
      },
      ...(imagePullSecrets ? { imagePullSecrets } : {}),
      ...(template.nodeSelector ? { nodeSelector: template.nodeSelector } : {}),
      ...(template.tolerations ? { tolerations: template.tolerations } : {}),
      volumes: volumes(pool).volumes,
      containers: [workerContainer(pool), rendererContainer(pool)],
    },
  };
}

const field = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });

/** What both sides are told. */
const SHARED_ENVIRONMENT = [
  { name: 'PREVIEW_CONFIG', value: `${CONFIG_FOLDER}/config.json` },
  { name: 'PREVIEW_SCRATCH', value: SCRATCH },
  { name: 'PREVIEW_SOCKET', value: SOCKET },
  // glibc keeps an arena per thread; libvips threads would hold hundreds of megabytes.
  { name: 'MALLOC_ARENA_MAX', value: '2' },
];

function workerContainer(pool: Pool): Record<string, unknown> {
  const { image, imagePullPolicy, template } = pool.spec;
  const get = (path: string, more: object) => ({ httpGet: { path, port: 'http' }, timeoutSeconds: 5, ...more });
  return {
    name: 'worker',
    image,
    imagePullPolicy,
    args: ['work'],
    env: [
      ...SHARED_ENVIRONMENT,
      field('POD_NAME', 'metadata.name'),
      field('POD_NAMESPACE', 'metadata.namespace'),
      field('POD_UID', 'metadata.uid'),
      field('POD_IP', 'status.podIP'),
      field('PREVIEW_TEMPLATE_HASH', "metadata.labels['pod-template-hash']"),
      { name: 'PREVIEW_LISTEN_HOST', value: '$(POD_IP)' },
      ...(template.env ?? []),
    ],
    ports: [{ name: 'http', containerPort: 3000, protocol: 'TCP' }],
    startupProbe: get('/livez', { periodSeconds: 1, failureThreshold: 60 }),
    livenessProbe: get('/livez', { periodSeconds: 10, failureThreshold: 3 }),
    readinessProbe: get('/readyz', { periodSeconds: 5, failureThreshold: 2 }),
    resources: template.resources?.worker ?? {
      requests: { cpu: '100m', memory: '256Mi' },
      limits: { memory: '256Mi' },
    },
    securityContext: CONTAINER_SECURITY,
    volumeMounts: volumes(pool).workerMounts,
  };
}

function rendererContainer(pool: Pool): Record<string, unknown> {
  const { image, imagePullPolicy, worker, template } = pool.spec;
  const memory = String(worker.slots * bytesOf(worker.perJob.memory) + 128 * MEBIBYTE);
  return {
    name: 'renderer',
    image,
    imagePullPolicy,
    args: ['renderer'],
    env: SHARED_ENVIRONMENT,
    resources: template.resources?.renderer ?? { requests: { cpu: String(worker.slots), memory }, limits: { memory } },
    securityContext: CONTAINER_SECURITY,
    volumeMounts: volumes(pool).rendererMounts,
  };
}
