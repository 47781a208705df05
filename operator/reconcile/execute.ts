import type { KubeClient } from '../kube/client.ts';
import { KubeError } from '../kube/errors.ts';
import type { KubeObject } from '../kube/object.ts';
import { notServed, type OptionalProblem, type Problem } from '../pool/problems.ts';
import { CHILD_TYPES, childPath } from './observe.ts';
import { childKey, type Step } from './plan.ts';
import type { ReplicasStep } from './replicas.ts';

/** Holds `spec.replicas` between two owners. */
const HAND_OVER_MANAGER = 'preview-worker-operator-hand-over';
const HAND_OVER_TRIES = 5;
const ACTIVATOR_MANAGER = 'preview-worker-operator-activator';

export interface Outcome {
  /** Children as the server answered, by `Kind/name`. */
  readonly written: ReadonlyMap<string, KubeObject>;
  readonly problem: Problem | undefined;
  /** Why what is optional could not be written; the pool works without. */
  readonly optionalProblems: readonly OptionalProblem[];
  /** What passes: the steps after it were not done. */
  readonly failure?: KubeError;
}

/** Does the steps in order. What the server refuses for good is a problem to report; anything else of its is to be tried again. */
export async function execute(client: KubeClient, steps: readonly Step[]): Promise<Outcome> {
  const written = new Map<string, KubeObject>();
  const optionalProblems: OptionalProblem[] = [];
  for (const step of steps) {
    const { child } = step;
    try {
      if (step.verb === 'apply')
        written.set(childKey(child), await client.apply<KubeObject>(childPath(child), identified(step)));
      else if (step.verb === 'delete') await client.delete(childPath(child), { uid: step.uid }).catch(unlessGone);
      else if (step.verb === 'scale')
        await client.mergePatch(`${childPath(child)}/scale`, numbered(step), ACTIVATOR_MANAGER);
      else await handOver(client, step);
    } catch (error) {
      if (!(error instanceof KubeError)) throw error;
      if (CHILD_TYPES[child.kind]?.optional && !error.isTransient) {
        const { kind } = child;
        optionalProblems.push(
          error.isNotFound
            ? { kind, reason: 'CRDNotInstalled', message: notServed([kind]) }
            : { kind, reason: 'Refused', message: error.message },
        );
        continue;
      }
      if (error.isInvalid || error.isForbidden)
        return { written, optionalProblems, problem: { reason: 'Refused', message: error.message } };
      return { written, optionalProblems, problem: undefined, failure: error };
    }
  }
  return { written, optionalProblems, problem: undefined };
}

/** 409: another object has the name by now, and the precondition kept it. */
function unlessGone(error: unknown): void {
  if (!(error instanceof KubeError && (error.isNotFound || error.isConflict))) throw error;
}

/** Somebody who scales without a pause must not keep it from being done: a few looks at once, before the back-off. */
async function handOver(client: KubeClient, step: ReplicasStep): Promise<void> {
  const path = childPath(step.child);
  const { apiVersion, kind } = step.child;
  let newest = step;
  for (let tries = 1; ; tries += 1) {
    try {
      await client.apply(path, { apiVersion, kind, ...numbered(newest) }, HAND_OVER_MANAGER);
      return;
    } catch (error) {
      if (!(error instanceof KubeError && error.isConflict) || tries === HAND_OVER_TRIES) throw error;
      const { metadata, spec } = await client.get<KubeObject & { spec: { replicas: number } }>(path);
      newest = { ...newest, replicas: spec.replicas, resourceVersion: metadata.resourceVersion ?? '' };
    }
  }
}

/** The server answers 409 when the object is gone. */
function identified({ child, uid }: Extract<Step, { verb: 'apply' }>): object {
  return uid === undefined ? child : { ...child, metadata: { ...child.metadata, uid } };
}

function numbered({ child, replicas, resourceVersion }: ReplicasStep): object {
  const { name, namespace } = child.metadata;
  return { metadata: { name, namespace, resourceVersion }, spec: { replicas } };
}
