/** Whether the operator runs, whether one of its pods leads, and whether it may do what it has to. */
import type { KubeClient } from '../../kube/client.ts';
import { POOL_RULES } from '../../reconcile/rights.ts';
import { electLeader, isLeader, type OperatorPod, operatorLease, operatorPods } from '../operator-pods.ts';
import { failed, ok, see, warning } from './finding.ts';
import type { Finding } from './report.generated.ts';

/** Four times as long as a Lease holds. */
const STALE_SECONDS = 60;
const AT_ONCE = 10;

const ENTRY = 'the-operator-does-not-answer';

export async function operatorFindings(
  client: KubeClient,
  { namespace, now }: { readonly namespace: string; readonly now: number },
  signal: AbortSignal,
): Promise<Finding[]> {
  const pods = (await operatorPods(client, namespace, signal)).filter(
    ({ metadata }) => metadata.deletionTimestamp === undefined,
  );
  return [
    upFinding(pods, namespace),
    ...(pods.length > 0 && electLeader(pods)
      ? [leaderFinding(pods, await operatorLease(client, namespace, pods, signal), now)]
      : []),
  ];
}

export function upFinding(pods: readonly OperatorPod[], namespace: string): Finding {
  if (pods.length === 0)
    return see(
      failed(
        'operator',
        `no operator runs in the namespace ${namespace}`,
        'name its own with --operator-namespace, or its address with --operator; docs/install.md installs it',
      ),
      ENTRY,
    );
  const conditionsOf = ({ status }: OperatorPod) => status?.conditions ?? [];
  const ready = pods.filter((pod) =>
    conditionsOf(pod).some(({ type, status }) => type === 'Ready' && status === 'True'),
  );
  const counts = `${ready.length} of ${pods.length} operators are ready`;
  if (ready.length > 0) return ok('operator', counts);
  const [name = ''] = pods.map(({ metadata }) => metadata.name);
  const why = pods.flatMap(conditionsOf).find(({ status, message }) => status === 'False' && message)?.message;
  return see(
    failed(
      'operator',
      why === undefined ? counts : `${counts}: ${why}`,
      `kubectl -n ${namespace} describe pod ${name}`,
    ),
    ENTRY,
  );
}

export function leaderFinding(
  pods: readonly OperatorPod[],
  lease: Awaited<ReturnType<typeof operatorLease>>,
  now: number,
): Finding {
  const { holderIdentity = '', renewTime = '' } = lease?.spec ?? {};
  const seconds = (now - Date.parse(renewTime)) / 1000;
  if (holderIdentity === '' || !(seconds < STALE_SECONDS))
    return see(
      failed(
        'leader',
        holderIdentity === ''
          ? 'no operator leads: no pool is looked after'
          : `the operator that leads was last heard of at ${renewTime}`,
        'read the log of the operator: it says what keeps it from its Lease',
      ),
      ENTRY,
    );
  return pods.some((pod) => isLeader(pod, lease))
    ? ok('leader', `${holderIdentity.split('_')[0]} leads`)
    : see(
        warning('leader', `${holderIdentity} leads, which is no pod that is there`, 'wait a minute and look again'),
        ENTRY,
      );
}

/** The address of its /metrics, where it is no pod. */
export async function operatorAt(url: string, signal: AbortSignal): Promise<Finding> {
  const answer = await fetch(new URL('/readyz', url), { signal }).catch((error: Error) => {
    const { code = error.name } = (error.cause ?? {}) as { code?: string };
    return code;
  });
  if (typeof answer !== 'string' && answer.ok) return ok('operator', 'it is ready');
  const why = typeof answer === 'string' ? `does not answer (${answer})` : `answers ${answer.status} to /readyz`;
  return see(failed('operator', `the operator at ${new URL(url).host} ${why}`, 'read its log'), ENTRY);
}

/** As the API server's authorizers say of its account, in the namespace of pools. */
export async function rightsFinding(
  client: KubeClient,
  { namespace, user }: { readonly namespace: string; readonly user: string },
  signal: AbortSignal,
): Promise<Finding> {
  const wanted = POOL_RULES.flatMap(({ apiGroups, resources, verbs }) =>
    apiGroups.flatMap((group) => resources.flatMap((resource) => verbs.map((verb) => ({ group, resource, verb })))),
  );
  const isAllowed = async ({ group, resource: path, verb }: (typeof wanted)[number]) => {
    const [resource, subresource] = path.split('/');
    const attributes = { namespace, group, resource, ...(subresource && { subresource }), verb };
    const { status } = await client.create<{ status?: { allowed?: boolean } }>(
      '/apis/authorization.k8s.io/v1/subjectaccessreviews',
      {
        ...{ apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview' },
        spec: { user, resourceAttributes: attributes },
      },
      {},
      { signal },
    );
    return status?.allowed === true;
  };
  const missing: string[] = [];
  for (let at = 0; at < wanted.length; at += AT_ONCE) {
    const some = wanted.slice(at, at + AT_ONCE);
    const allowed = await Promise.all(some.map(isAllowed));
    missing.push(...some.filter((_, index) => !allowed[index]).map(({ verb, resource }) => `${verb} ${resource}`));
  }
  const [first] = missing;
  if (first === undefined) return ok('rights', `the operator has all ${wanted.length} rights in ${namespace}`);
  const others = missing.length > 1 ? ` and ${missing.length - 1} more` : '';
  return see(
    failed(
      'rights',
      `the operator may not ${first}${others} in the namespace ${namespace}`,
      'apply its roles again: config/operator, or the chart; an operator of single namespaces needs them in each',
    ),
    ENTRY,
  );
}
