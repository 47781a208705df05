/** Who makes the number of workers in mode Auto, and who writes it. */
import type { Pool } from './pool.ts';

/**
 * `ExternalMetrics`: a HorizontalPodAutoscaler by the number that the operator's metrics API answers. `KEDA`: KEDA by the
 * number that the operator answers it. `Direct`: the operator itself by the same number. `CPU`: a HorizontalPodAutoscaler by
 * the CPU of the renderers.
 */
export type Provider = NonNullable<NonNullable<Pool['status']>['provider']>;

/** A choice that was made is kept for so long without what it needs, so that a restart of the API server turns nothing over. */
export const UNUSABLE_SECONDS = 600;

/** What needs somebody else, in the order in which `Auto` takes them. */
const CANDIDATES = ['ExternalMetrics', 'KEDA'] as const;

export interface Usability {
  /** The cluster's external metrics are the operator's, or KEDA's; undefined while that is not known. */
  readonly isUsable: boolean | undefined;
  /** For how long it has not been. */
  readonly unusableSeconds: number;
}

export type Usabilities = Readonly<Record<(typeof CANDIDATES)[number], Usability>>;

/**
 * What `Auto` comes to, and any other as it is; undefined outside mode Auto. It is decided once for a spec, and told in
 * `status.provider`.
 */
export function providerOf({ spec, status, metadata }: Pool, usabilities: Usabilities): Provider | undefined {
  const { mode, auto } = spec.scaling;
  if (mode !== 'Auto' || auto === undefined) return undefined;
  if (auto.provider !== 'Auto') return auto.provider;
  const decided = status?.observedGeneration === metadata.generation ? status?.provider : undefined;
  if (decided === 'Direct') return decided;
  const kept = CANDIDATES.find((one) => one === decided);
  if (kept !== undefined && usabilities[kept].unusableSeconds < UNUSABLE_SECONDS) return kept;
  return CANDIDATES.find((one) => usabilities[one].isUsable) ?? 'Direct';
}

/** With what Auto came to in its place, which is all that those below need to know. */
export function withProvider(pool: Pool, provider: Provider | undefined): Pool {
  const { auto } = pool.spec.scaling;
  if (auto === undefined || provider === undefined) return pool;
  return { ...pool, spec: { ...pool.spec, scaling: { ...pool.spec.scaling, auto: { ...auto, provider } } } };
}
