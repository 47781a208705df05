/** The queue UI, which is installed beside the operator or by itself: what `config/queue-ui` holds. */
import { CONTAINER_SECURITY, IMAGE, type Manifest, OPERATOR, POD_SECURITY } from './operator.ts';

/** In the image of the operator, in place of its entry point. */
export const QUEUE_UI_COMMAND = ['/sbin/tini', '--', '/usr/local/bin/node', '/app/dist/operator/queue-ui/main.js'];

const NAME = `${OPERATOR}-queue-ui`;
const SELECTOR = { 'app.kubernetes.io/name': OPERATOR, 'app.kubernetes.io/component': 'queue-ui' };
const LABELS = { ...SELECTOR, 'app.kubernetes.io/part-of': 'preview-worker' };
const metadata = { name: NAME, namespace: OPERATOR, labels: LABELS };

/** Fails for minutes before it is restarted; whether Redis answers is told on the page. */
const probe = (more: object) => ({ httpGet: { path: '/healthz', port: 'http' }, ...more });

const container = {
  name: 'queue-ui',
  image: IMAGE,
  command: QUEUE_UI_COMMAND,
  env: [{ name: 'QUEUES', value: 'previews' }],
  ports: [{ name: 'http', containerPort: 8080 }],
  livenessProbe: probe({ periodSeconds: 10, failureThreshold: 6 }),
  readinessProbe: probe({ periodSeconds: 5 }),
  resources: {
    requests: { cpu: '10m', memory: '128Mi', 'ephemeral-storage': '16Mi' },
    limits: { memory: '256Mi', 'ephemeral-storage': '512Mi' },
  },
  securityContext: CONTAINER_SECURITY,
  // Whole Secrets as folders: a rotated one is used anew without a restart.
  volumeMounts: ['redis', 'login'].map((name) => ({ name, mountPath: `/etc/queue-ui/${name}`, readOnly: true })),
};

const deployment: Manifest = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata,
  spec: {
    replicas: 1,
    selector: { matchLabels: SELECTOR },
    template: {
      metadata: { labels: LABELS },
      spec: {
        // It asks Redis, and nobody else.
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        securityContext: POD_SECURITY,
        containers: [container],
        volumes: [
          { name: 'redis', secret: { secretName: 'queue-ui-redis', items: [{ key: 'url', path: 'url' }] } },
          { name: 'login', secret: { secretName: 'queue-ui-login' } },
        ],
      },
    },
  },
};

const service: Manifest = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata,
  spec: { selector: SELECTOR, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
};

export const queueUi = { 'deployment.yaml': [deployment], 'service.yaml': [service] };
