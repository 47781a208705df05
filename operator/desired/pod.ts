import { hashOf } from '../pool/hash.ts';
import { memoryNeeds, shutdownGraceSeconds } from '../pool/job-needs.ts';
import { names, selectorLabels } from '../pool/names.ts';
import { ANNOTATIONS, type Pool } from '../pool/pool.ts';
import { workerConfig } from './config-map.ts';
import { CONFIG_FOLDER, SCRATCH, SOCKET } from './paths.ts';
import { placement } from './placement.ts';
import { volumes } from './volumes.ts';

/** Beyond the grace of jobs: time to hand them back and close connections. */
const CLOSING_SECONDS = 15;

/** Admitted by Pod Security `restricted`. */
const CONTAINER_SECURITY = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
};

/** Webhooks of clouds put a token and its environment into every container that is not named here. */
const NO_IDENTITY_FOR_RENDERER = {
  'eks.amazonaws.com/skip-containers': 'renderer',
  'azure.workload.identity/skip-containers': 'renderer',
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
        ...NO_IDENTITY_FOR_RENDERER,
        ...(restartedAt ? { [ANNOTATIONS.restartedAt]: restartedAt } : {}),
      },
    },
    spec: {
      serviceAccountName: template.serviceAccountName ?? names.serviceAccount(pool),
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: shutdownGraceSeconds(pool) + CLOSING_SECONDS,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 1000,
        runAsGroup: 1000,
        fsGroup: template.fsGroup,
        fsGroupChangePolicy: 'OnRootMismatch',
        ...(template.supplementalGroups ? { supplementalGroups: template.supplementalGroups } : {}),
        seccompProfile: { type: 'RuntimeDefault' },
      },
      ...(imagePullSecrets ? { imagePullSecrets } : {}),
      ...placement(pool),
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
  const memory = String(memoryNeeds(pool).worker.ample);
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
    resources: template.resources?.worker ?? { requests: { cpu: '100m', memory }, limits: { memory } },
    securityContext: CONTAINER_SECURITY,
    volumeMounts: volumes(pool).workerMounts,
  };
}

function rendererContainer(pool: Pool): Record<string, unknown> {
  const { image, imagePullPolicy, worker, template } = pool.spec;
  const memory = String(memoryNeeds(pool).renderer.ample);
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
