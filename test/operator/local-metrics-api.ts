/** The metrics API that `config/operator` ships, on a control plane without a network: its Service is this machine. */

import { API_SERVICE } from '../../operator/scaling/metrics-api.ts';
import type { ControlPlane } from '../cluster/control-plane.ts';

export const OPERATOR_NAMESPACE = 'preview-worker-operator';
const NAME = 'preview-worker-operator-metrics';

/** An operator in OPERATOR_NAMESPACE that serves on `port` is then asked, and makes its certificate itself. */
export async function installMetricsApi({ kubectl }: Pick<ControlPlane, 'kubectl'>, port: number): Promise<void> {
  await kubectl(['apply', '--server-side', '-f', 'config/operator/namespace.yaml']);
  await kubectl(['apply', '--server-side', '-f', 'config/operator/metrics-api.yaml']);
  await leadMetricsApiTo({ kubectl }, port);
}

/** Where the API server does not route to pods, an ExternalName is asked at the port that the APIService names. */
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
  await patch('apiservice', API_SERVICE, { service: { port } });
}
