/**
 * Which workers go first. Of pods that are equally scheduled, running and ready, a ReplicaSet takes those of the lowest cost; one
 * without the annotation costs 0.
 */
import type { WorkerPod } from './worker-pod.ts';

/** How the operator marks an idle worker. Any other cost is somebody else's, and stays. */
export const IDLE_COST = '-100';

export interface CostChange {
  readonly pod: string;
  /** Null takes it away. */
  readonly cost: typeof IDLE_COST | null;
}

export const isMarked = ({ deletionCost }: WorkerPod): boolean => deletionCost === IDLE_COST;

/**
 * The fewest writes after which the next `leaving` pods to go are idle ones, as far as there are so many. What is marked and idle
 * keeps its mark, also where fewer go now: it is no worse a choice. Else the newest first, as Kubernetes itself would have it.
 */
export function costChanges(pods: readonly WorkerPod[], busy: ReadonlySet<string>, leaving: number): CostChange[] {
  const staying = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const isBusy = ({ metadata }: WorkerPod) => busy.has(metadata.name);
  const marked = staying.filter(isMarked);
  const freed = marked.filter(isBusy).map(({ metadata: { name } }): CostChange => ({ pod: name, cost: null }));
  const missing = Math.max(0, leaving - (marked.length - freed.length));
  const added = staying
    .filter((pod) => pod.isReady && !isBusy(pod) && pod.deletionCost === undefined)
    .sort((a, b) => createdAt(b) - createdAt(a))
    .slice(0, missing)
    .map(({ metadata: { name } }): CostChange => ({ pod: name, cost: IDLE_COST }));
  return [...freed, ...added];
}

const createdAt = ({ metadata }: WorkerPod): number => Date.parse(metadata.creationTimestamp ?? '') || 0;
