/** The operator's own pods, and which of them leads. */
import type { KubeClient } from '../kube/client.ts';
import { unlessNotFound } from '../kube/errors.ts';
import { type KubeObject, pathOf } from '../kube/object.ts';
import { MANAGED_BY } from '../pool/names.ts';

export const PODS = { group: '', version: 'v1', plural: 'pods' };
const LEASES = { group: 'coordination.k8s.io', version: 'v1', plural: 'leases' };
/** As `config/operator` has it. */
const SELECTOR = `app.kubernetes.io/name=${MANAGED_BY},app.kubernetes.io/component=operator`;

export interface OperatorPod extends KubeObject {
  readonly spec: {
    readonly serviceAccountName?: string;
    readonly containers: readonly {
      readonly env?: readonly { readonly name: string; readonly value?: string }[];
      readonly ports?: readonly { readonly name?: string; readonly containerPort: number }[];
    }[];
  };
  readonly status?: {
    readonly phase?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
  };
}

interface Lease {
  readonly spec?: { readonly holderIdentity?: string; readonly renewTime?: string };
}

/** Those on their way out included. */
export const operatorPods = async (
  client: KubeClient,
  namespace: string,
  signal?: AbortSignal,
): Promise<readonly OperatorPod[]> =>
  (await client.list<OperatorPod>(pathOf(PODS, { namespace }), { labelSelector: SELECTOR }, signal)).items;

const settingOf = (pods: readonly OperatorPod[], setting: string): string | undefined =>
  pods
    .flatMap(({ spec }) => spec.containers)
    .flatMap(({ env = [] }) => env)
    .find(({ name }) => name === setting)?.value;

/** The chart names it as the release. */
export const leaseNameOf = (pods: readonly OperatorPod[]): string => settingOf(pods, 'LEASE_NAME') ?? MANAGED_BY;
/** False of a single process, which acts without one. */
export const electLeader = (pods: readonly OperatorPod[]): boolean => settingOf(pods, 'LEADER_ELECT') !== 'false';

export const operatorLease = (
  client: KubeClient,
  namespace: string,
  pods: readonly OperatorPod[],
  signal?: AbortSignal,
): Promise<Lease | undefined> =>
  client
    .get<Lease>(pathOf(LEASES, { namespace, name: leaseNameOf(pods) }), signal ? { signal } : {})
    .catch(unlessNotFound);

export const isLeader = ({ metadata }: OperatorPod, lease: Lease | undefined): boolean =>
  lease?.spec?.holderIdentity?.startsWith(`${metadata.name}_`) === true;
