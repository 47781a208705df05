/** Whether the workers that should be there are, by a pool's own conditions or by the Deployment's. Pure. */

import { failed, ok, warning } from '../../../operator/cli/doctor/finding.ts';
import { conditionOf, type Pool } from '../../../operator/pool/pool.ts';
import { worstOf } from '../../../operator/pool/worker-pod.ts';
import { type Facts, wantedWorkers } from './facts.ts';
import { type Finding, final } from './finding.ts';

export function rolloutFindings(facts: Facts): Finding[] {
  const { target, pool } = facts;
  if (target.kind === 'deployment') return [deploymentFinding(facts)];
  if (pool !== undefined) return poolFindings(pool);
  const { namespace, name } = target;
  return [
    final(failed('rollout', `there is no pool ${name} in the namespace ${namespace}`, 'kubectl get pwp -A lists all')),
  ];
}

function poolFindings(pool: Pool): Finding[] {
  const { generation = 0 } = pool.metadata;
  if ((pool.status?.observedGeneration ?? -1) < generation)
    return [
      failed(
        'rollout',
        'the operator has not looked at the pool since it was changed',
        'see whether it runs: kubectl get pods -A -l app.kubernetes.io/name=preview-worker-operator',
      ),
    ];
  const told = (type: string) => {
    const condition = conditionOf(pool, type);
    return { ...condition, words: `${condition?.reason}: ${condition?.message}` };
  };
  const ready = told('Ready');
  const rollout =
    ready.status === 'True'
      ? ok('rollout', ready.words)
      : failed('rollout', ready.words, `docs/conditions.md has ${ready.reason}`);
  const seen = told('QueueSeen');
  const shared = told('QueueShared');
  const scaled = told('AutoscalingActive');
  return [
    told('Stalled').status === 'True' ? final(rollout) : rollout,
    ...(seen.status === 'False' ? [warning('queue', seen.words)] : []),
    ...(shared.status === 'True' ? [warning('queue', shared.words)] : []),
    ...(scaled.status === 'False' ? [warning('autoscaling', scaled.words)] : []),
  ];
}

function deploymentFinding(facts: Facts): Finding {
  const { target, deployment, pods } = facts;
  const { namespace, name } = target;
  if (deployment === undefined)
    return final(
      failed(
        'rollout',
        `there is no Deployment ${name} in the namespace ${namespace}`,
        'name it, or a pool, as pool/NAME; kubectl apply --server-side -k config/preview-worker makes one',
      ),
    );
  const { generation = 0 } = deployment.metadata;
  const { observedGeneration = 0, replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = deployment.status ?? {};
  if (observedGeneration < generation)
    return failed('rollout', 'the Deployment was changed and no controller has looked at it since', 'wait');
  const wanted = wantedWorkers(facts);
  if (updatedReplicas === wanted && availableReplicas === wanted && replicas === wanted)
    return ok(
      'rollout',
      wanted === 0 ? 'no worker is wanted' : `${wanted} of ${wanted} workers are ready and up to date`,
    );
  const counts = `${availableReplicas} of ${wanted} workers are available, ${updatedReplicas} up to date`;
  const conditions = deployment.status?.conditions ?? [];
  const refusal = conditions.find(({ type, status }) => type === 'ReplicaFailure' && status === 'True');
  if (refusal)
    return failed('rollout', `${counts}: ${refusal.message}`, 'the API server makes no pods: mend what it names');
  const failure = worstOf(pods.flatMap((pod) => pod.failure ?? []));
  const [pod] = pods.filter(({ isReady }) => !isReady);
  const look = `kubectl describe pod -n ${namespace} ${pod?.metadata.name ?? ''}`.trim();
  const finding = failed('rollout', `${counts}${failure ? `: ${failure.message}` : ''}`, `${look} tells why`);
  return conditions.some(({ type, status }) => type === 'Progressing' && status === 'False') ? final(finding) : finding;
}
