/** How fast workers come and go, by the rules of a HorizontalPodAutoscaler v2 with every default filled in. */
import type { Pool } from './pool.ts';

export interface ScalingRules {
  readonly stabilizationWindowSeconds: number;
  readonly selectPolicy: 'Max' | 'Min' | 'Disabled';
  readonly policies: readonly {
    readonly type: 'Pods' | 'Percent';
    readonly value: number;
    readonly periodSeconds: number;
  }[];
  /** A share, as `0.1`. */
  readonly tolerance?: number | string;
}

export interface Behavior {
  readonly scaleUp: ScalingRules;
  readonly scaleDown: ScalingRules;
}

const PERIOD_SECONDS = 15;
/** As fast as a burst needs: with the server's default of 4 pods a burst of 5,000 jobs waits markedly longer. */
const SCALE_UP: ScalingRules = {
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [
    { type: 'Pods', value: 10, periodSeconds: PERIOD_SECONDS },
    { type: 'Percent', value: 100, periodSeconds: PERIOD_SECONDS },
  ],
};
/** The server's own. */
const SCALE_DOWN: Omit<ScalingRules, 'stabilizationWindowSeconds'> = {
  selectPolicy: 'Max',
  policies: [{ type: 'Percent', value: 100, periodSeconds: PERIOD_SECONDS }],
};

export function behaviorOf({
  scaleDownWindowSeconds,
  behavior,
}: Pick<NonNullable<Pool['spec']['scaling']['auto']>, 'scaleDownWindowSeconds' | 'behavior'>): Behavior {
  return {
    scaleUp: { ...SCALE_UP, ...behavior?.scaleUp },
    scaleDown: { stabilizationWindowSeconds: scaleDownWindowSeconds, ...SCALE_DOWN, ...behavior?.scaleDown },
  };
}
