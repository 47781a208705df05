import { join } from 'node:path';
import { NAMESPACE, type PreviewCluster } from '../test/cluster/preview-cluster.ts';

/** What somebody at a terminal needs to use a cluster that stays up. */
export function introduce({ controlPlane, redis, operator, inbox, previews }: PreviewCluster): string {
  const { folder, kubeconfigPath, kubectlPath } = controlPlane;
  return `
kubeconfig  ${kubeconfigPath}
kubectl     ${kubectlPath}
redis       ${redis.url} (Secret redis, key url, in namespace ${NAMESPACE})
inbox       ${inbox} (claim inbox)
previews    ${previews} (claim previews)
operator    ${operator ? `${operator.url}/metrics, log ${join(folder, 'operator', 'log')}` : 'not started'}
pod logs    ${join(folder, 'pods')}

Services lead to no pod here: a pod is reached by its own address of 127.10.0.0/16. In another terminal:

  export KUBECONFIG=${kubeconfigPath}
  alias kubectl=${kubectlPath}
  kubectl apply -f examples/pool.yaml
  kubectl -n ${NAMESPACE} wait --for=condition=Ready --timeout=2m pwp/sample
  cp A-PHOTO.jpg ${inbox}/photo.jpg
  npm run -s preview-worker -- submit --redis ${redis.url} --source file:///inbox/photo.jpg --preset grid --wait

Ctrl-C ends it and leaves nothing behind.`;
}
