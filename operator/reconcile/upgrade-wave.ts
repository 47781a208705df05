/**
 * An operator that renders other templates than its predecessor, or has another default image, must not roll every pool
 * at once: its own changes wait for their turn, a user's never do. What counts is read from the caches, so that a
 * restart in the middle of a wave goes on with it; only what they can not show yet is remembered.
 */
import type { KubeObject } from '../kube/object.ts';
import { type DeploymentState, isRolling, isSettled, liveTemplate } from '../pool/deployment-state.ts';
import { ANNOTATIONS, conditionOf, KIND, type Pool } from '../pool/pool.ts';

export interface UpgradeWaveOptions {
  /** Pools that roll at a time; a user's rollouts count, and do not wait. */
  readonly maxConcurrent: number;
  readonly pools: () => readonly Pool[];
  readonly deployments: () => readonly KubeObject[];
  /** Told of a pool whose turn may have come. */
  readonly wake: (key: string) => void;
}

/** Whether the change of the template is the operator's own: neither the spec nor restarted-at asks for it, and it is no roll-back. */
export function isOperatorsChange(pool: Pool, desired: DeploymentState, live: DeploymentState | undefined): boolean {
  if (live === undefined || (live.spec?.replicas ?? 1) === 0) return false;
  const { status, spec, metadata } = pool;
  return (
    liveTemplate(live).hash !== liveTemplate(desired).hash &&
    liveTemplate(live).restartedAt === metadata.annotations?.[ANNOTATIONS.restartedAt] &&
    status?.observedGeneration === metadata.generation &&
    // Told of, and not carried out yet.
    conditionOf(pool, 'Ready')?.reason !== 'ApplyFailed' &&
    (status?.failedImage === undefined || status.failedImage !== spec.image)
  );
}

export class UpgradeWave {
  readonly #options: UpgradeWaveOptions;
  /** Let go, and not yet seen to be settled. */
  readonly #admitted = new Set<string>();
  readonly #waiting = new Set<string>();

  constructor(options: UpgradeWaveOptions) {
    if (!Number.isInteger(options.maxConcurrent) || options.maxConcurrent < 1)
      throw new RangeError(`maxConcurrent must be a whole number from 1, got ${options.maxConcurrent}`);
    this.#options = options;
  }

  /** Lets a pool roll to `image`, or says why it has to wait. Without an await in between, so that two never take one place. */
  enter(key: string, image: string | undefined): string | undefined {
    if (this.#options.pools().some(({ status }) => status?.failedImage !== undefined && status.failedImage === image)) {
      this.#waiting.add(key);
      return `the operator's new template waits: its image ${image} was rolled back in another pool`;
    }
    if (!this.#admitted.has(key) && !this.#hasRoom()) {
      this.#waiting.add(key);
      return `the operator's new template waits: ${this.#options.maxConcurrent} pools roll already`;
    }
    this.#waiting.delete(key);
    this.#admitted.add(key);
    return undefined;
  }

  /** To be told of each look at a pool that does not wait for an upgrade. */
  seen(key: string, deployment: DeploymentState | undefined): void {
    this.#waiting.delete(key);
    if (deployment !== undefined && (isRolling(deployment) || !(isSettled(deployment) || isAtZero(deployment)))) return;
    this.#admitted.delete(key);
    const [next] = this.#waiting;
    if (next === undefined || !this.#hasRoom()) return;
    this.#waiting.delete(next);
    this.#options.wake(next);
  }

  forget(key: string): void {
    this.#waiting.delete(key);
    this.seen(key, undefined);
  }

  #hasRoom(): boolean {
    const rolling = this.#options.deployments().filter(isRolling).flatMap(poolOf);
    return new Set([...this.#admitted, ...rolling]).size < this.#options.maxConcurrent;
  }
}

const isAtZero = ({ spec, status }: DeploymentState): boolean => spec?.replicas === 0 && (status?.replicas ?? 0) === 0;

function poolOf({ metadata }: KubeObject): string[] {
  const owner = metadata.ownerReferences?.find(({ kind, controller }) => controller && kind === KIND);
  return owner ? [`${metadata.namespace}/${owner.name}`] : [];
}
