/** The aggregated APIs that `config/operator` ships, on a control plane without a network: their Service is this machine. */
import { QUEUE_API_SERVICE } from '../../operator/queue-api/api.ts';
import { API_SERVICE } from '../../operator/scaling/metrics-api.ts';
import type { ControlPlane } from '../cluster/control-plane.ts';

export const OPERATOR_NAMESPACE = 'preview-worker-operator';
const NAME = 'preview-worker-operator-metrics';

/** An operator in OPERATOR_NAMESPACE that serves on `port` is then asked, and makes its certificate itself. */
export async function installMetricsApi(
  { kubectl }: Pick<ControlPlane, 'kubectl'>,
  port: number,
  { queues = false }: { readonly queues?: boolean } = {},
): Promise<void> {
  const names = ['namespace', 'aggregated-api', 'metrics-api', ...(queues ? ['queue-api'] : [])];
  for (const name of names) await kubectl(['apply', '--server-side', '-f', `config/operator/${name}.yaml`]);
  await leadMetricsApiTo({ kubectl }, port);
}

/** Where the API server does not route to pods, an ExternalName is asked at the port that the APIServices name. */
export async function leadMetricsApiTo({ kubectl }: Pick<ControlPlane, 'kubectl'>, port: number): Promise<void> {
  const patch = (kind: string, name: string, spec: object) =>
    kubectl(['patch', kind, name, '-n', OPERATOR_NAMESPACE, '--type=merge', '-p', JSON.stringify({ spec })]);
  await patch('service', NAME, {
    type: 'ExternalName',
    externalName: 'localhost',
    clusterIP: null,
    clusterIPs: null,
    selector: null,
  });
  const there = await kubectl(['get', 'apiservices', '--ignore-not-found', '-o', 'name']);
  for (const name of [API_SERVICE, QUEUE_API_SERVICE])
    if (there.includes(`/${name}\n`)) await patch('apiservice', name, { service: { port } });
}
