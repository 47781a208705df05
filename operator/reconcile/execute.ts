import type { KubeClient } from '../kube/client.ts';
import { KubeError } from '../kube/errors.ts';
import type { KubeObject } from '../kube/object.ts';
import type { Problem } from '../pool/problems.ts';
import { childPath } from './observe.ts';
import { childKey, type Step } from './plan.ts';

/** Holds `spec.replicas` between two owners. */
const HAND_OVER_MANAGER = 'preview-worker-operator-hand-over';

export interface Outcome {
  /** Children as the server answered, by `Kind/name`. */
  readonly written: ReadonlyMap<string, KubeObject>;
  readonly problem: Problem | undefined;
}

/** Does the steps in order. What the server refuses for good is a problem to report; anything else is thrown and tried again. */
export async function execute(client: KubeClient, steps: readonly Step[]): Promise<Outcome> {
  const written = new Map<string, KubeObject>();
  for (const step of steps) {
    const { child } = step;
    try {
      if (step.verb === 'apply')
        written.set(childKey(child), await client.apply<KubeObject>(childPath(step.child), step.child));
      else if (step.verb === 'delete') await client.delete(childPath(child), { uid: step.uid }).catch(unlessGone);
      else await client.apply(childPath(child), handOver(step), HAND_OVER_MANAGER);
    } catch (error) {
      if (error instanceof KubeError && (error.isInvalid || error.isForbidden))
        return { written, problem: { reason: 'Refused', message: error.message } };
      throw error;
    }
  }
  return { written, problem: undefined };
}

/** 409: another object has the name by now, and the precondition kept it. */
function unlessGone(error: unknown): void {
  if (!(error instanceof KubeError && (error.isNotFound || error.isConflict))) throw error;
}

/** With the resourceVersion of the read: if anybody scaled in between, the server answers 409 and we look again. */
function handOver({ child, replicas, resourceVersion }: Extract<Step, { verb: 'hand-over' }>): unknown {
  const { apiVersion, kind, metadata } = child;
  return {
    apiVersion,
    kind,
    metadata: { name: metadata.name, namespace: metadata.namespace, resourceVersion },
    spec: { replicas },
  };
}
