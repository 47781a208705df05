/** Asks workers for health and metrics, through the API server's proxy to their pods. */
import type { KubeClient } from '../../../operator/kube/client.ts';
import { KubeError } from '../../../operator/kube/errors.ts';
import type { KubeObject } from '../../../operator/kube/object.ts';
import { workerPodOf } from '../../../operator/pool/worker-pod.ts';
import type { Health } from '../../../worker/health.ts';
import type { WorkerAnswer } from './facts.ts';

const HEALTH = '/api/preview/worker/health';
const PORT = 3000;
const DEADLINE_MS = 15_000;
/** A larger pool is judged by some of its workers. */
const MOST_WORKERS = 50;

export async function askWorkers(
  client: KubeClient,
  namespace: string,
  pods: readonly KubeObject[],
): Promise<WorkerAnswer[]> {
  const ready = pods.map(workerPodOf).filter(({ isReady }) => isReady);
  return Promise.all(ready.slice(0, MOST_WORKERS).map(({ metadata }) => askWorker(client, namespace, metadata.name)));
}

async function askWorker(client: KubeClient, namespace: string, pod: string): Promise<WorkerAnswer> {
  const ask = (path: string) =>
    client.proxied(
      `/api/v1/namespaces/${namespace}/pods/http:${pod}:${PORT}/proxy${path}`,
      {},
      AbortSignal.timeout(DEADLINE_MS),
    );
  try {
    const [health, metrics] = await Promise.all([ask(HEALTH), ask('/metrics')]);
    return { pod, health: healthOf(health), metrics: metrics.text };
  } catch (error) {
    return { pod, problem: { message: (error as Error).message, remedy: remedyFor(error, namespace, pod) } };
  }
}

function healthOf({ code, text }: { code: number; text: string }): Health {
  let health: Partial<Health> | null = null;
  try {
    health = JSON.parse(text) as Partial<Health> | null;
  } catch {
    // Told below.
  }
  const parts = [health?.redis, health?.consumption, health?.sink, health?.renderer, health?.selfTest];
  if (parts.some((part) => typeof part?.ok !== 'boolean'))
    throw new Error(`it answers ${code} ${text.slice(0, 100)} at ${HEALTH}, which is no health of a worker`);
  return health as Health;
}

function remedyFor(error: unknown, namespace: string, pod: string): string {
  if (!(error instanceof KubeError)) return 'is it the worker’s image, and of a version near this checkout?';
  if (error.isForbidden) return `it takes the right to get pods/proxy in the namespace ${namespace}: have it granted`;
  return `kubectl logs -n ${namespace} ${pod} -c worker; a network policy has to let the API server reach port ${PORT}`;
}
