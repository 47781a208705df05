/** The operator's ServiceAccount with exactly the roles that `config/` ships. */
import type { ControlPlane } from '../cluster/control-plane.ts';

export interface OperatorAccess {
  readonly token: string;
  /** Where its Lease is. */
  readonly namespace: string;
}

const NAMESPACE = 'preview-worker-operator';
/** What `config/operator` holds but the CRD and the Deployment, which has no image here. */
const FILES = ['namespace', 'service-account', 'lease-role', 'cluster-role', 'people-roles'];
const DAYS = 30;

export async function grantAccess({ kubectl }: Pick<ControlPlane, 'kubectl'>): Promise<OperatorAccess> {
  const files = FILES.flatMap((name) => ['-f', `config/operator/${name}.yaml`]);
  await kubectl(['apply', '--server-side', ...files]);
  return { token: await operatorToken({ kubectl }), namespace: NAMESPACE };
}

/** Of the ServiceAccount, which exists. */
export async function operatorToken({ kubectl }: Pick<ControlPlane, 'kubectl'>): Promise<string> {
  const account = ['create', 'token', 'preview-worker-operator', '--namespace', NAMESPACE];
  return (await kubectl([...account, `--duration=${24 * DAYS}h`])).trim();
}
