/** What a HorizontalPodAutoscaler says of itself, in words, and why its number is not the one that is wanted. */
import {
  type Autoscaler,
  type AutoscalerCondition,
  type CurrentMetric,
  providerNow,
  type ScalingFacts,
  workersNow,
} from './facts.ts';
import { counted, figure } from './figures.ts';

/** Of Kubernetes, where no other is set: a difference below it is left alone. */
const USUAL_TOLERANCE = 0.1;

const find = ({ autoscaler }: ScalingFacts, type: string): AutoscalerCondition | undefined =>
  autoscaler?.status?.conditions?.find((condition) => condition.type === type);

/** `wanted`: by the queue; undefined where the number is another's to make, null while none is told. */
export function whyTheAutoscalerWaits(facts: ScalingFacts, wanted: number | null | undefined): string[] {
  const { autoscaler, pool } = facts;
  const { live } = workersNow(facts);
  if (autoscaler === undefined)
    return providerNow(pool) === 'KEDA' ? [] : ['its HorizontalPodAutoscaler is not there: nothing is scaled'];
  const [able, active, limited] = ['AbleToScale', 'ScalingActive', 'ScalingLimited'].map((type) => find(facts, type));
  const broken = [able, active].find((condition) => condition?.status === 'False');
  if (broken) return [`the HorizontalPodAutoscaler does not scale: ${words(broken)}`];
  if (active === undefined) return ['no controller has looked at the HorizontalPodAutoscaler yet'];
  const goal = wanted === undefined ? autoscaler.status?.desiredReplicas : (wanted ?? undefined);
  if (goal === undefined) return [];
  if (Math.max(1, goal) === live) return ['as many as are wanted: nothing to do'];
  const begun = `${goal} wanted, ${live} there`;
  if (able?.reason === 'ScaleDownStabilized' || able?.reason === 'ScaleUpStabilized') {
    const isDown = able.reason === 'ScaleDownStabilized';
    const { scaleDown, scaleUp } = autoscaler.spec?.behavior ?? {};
    const window = (isDown ? scaleDown : scaleUp)?.stabilizationWindowSeconds;
    const length = window === undefined ? 'its window' : `${figure(window)} s`;
    return [`${begun}: it goes ${isDown ? 'down' : 'up'} when ${length} have wanted no other (${able.reason})`];
  }
  if (wanted !== undefined && isByCpu(autoscaler) && (autoscaler.status?.desiredReplicas ?? 0) > Math.max(1, goal))
    return [`${goal} wanted by the queue, but the CPU of the renderers asks for more: the higher number counts`];
  if (wanted !== undefined && isTolerated(facts, goal, live))
    return [`${begun}: it leaves a difference of a tenth and less alone (behavior, tolerance)`];
  if (limited?.status === 'True') return [`${begun}: the HorizontalPodAutoscaler is limited: ${words(limited)}`];
  return [`${begun}: it follows at its next look`];
}

const isByCpu = ({ status }: Autoscaler): boolean =>
  status?.currentMetrics?.some(({ containerResource }) => containerResource !== undefined) ?? false;

function isTolerated({ autoscaler }: ScalingFacts, goal: number, live: number): boolean {
  const { scaleUp, scaleDown } = autoscaler?.spec?.behavior ?? {};
  const tolerance = quantity((goal > live ? scaleUp : scaleDown)?.tolerance ?? USUAL_TOLERANCE);
  return goal / live <= 1 + tolerance && goal / live >= 1 - tolerance;
}

export function autoscalerLines(facts: ScalingFacts): string[] {
  const { autoscaler } = facts;
  if (autoscaler === undefined) return [];
  const { status = {}, metadata } = autoscaler;
  const { currentReplicas, desiredReplicas, lastScaleTime, currentMetrics, conditions = [] } = status;
  const last = lastScaleTime ? `, last scaled ${lastScaleTime}` : '';
  return [
    `HorizontalPodAutoscaler ${metadata.name}: had ${currentReplicas ?? 0}, wants ${desiredReplicas ?? 0}${last}`,
    ...(currentMetrics ?? []).flatMap((metric) => metricWords(metric, currentReplicas ?? 0)),
    ...conditions.map((condition) => `  ${condition.type} ${condition.status}, ${words(condition)}`),
  ];
}

function metricWords({ external, containerResource }: CurrentMetric, replicas: number): string[] {
  const average = external?.current.averageValue;
  if (external && average !== undefined) {
    const total = figure(Math.round(quantity(average) * replicas));
    return [
      `  it was last told ${total} (${external.metric.name}), ${average} for each of ${counted(replicas, 'worker')}`,
    ];
  }
  const used = containerResource?.current.averageUtilization;
  if (containerResource && used !== undefined)
    return [
      `  it last saw ${used} % of the requested ${containerResource.name} used by ${containerResource.container}`,
    ];
  return [];
}

/** As the server writes those of metrics: whole, or in thousandths. */
const quantity = (text: number | string): number => {
  const given = String(text);
  return given.endsWith('m') ? Number(given.slice(0, -1)) / 1000 : Number(given);
};

const words = ({ reason = '', message = '' }: AutoscalerCondition): string => `${reason}: ${message}`;
