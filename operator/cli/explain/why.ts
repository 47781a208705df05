/** Why a pool has the workers that it has, and what comes next: one sentence a line, the first one the deciding one. */
import { conditionOf } from '../../pool/pool.ts';
import { askedOf, type ScalingAnswer } from '../../scaling/told.ts';
import { autoscalerLines, whyTheAutoscalerWaits } from './autoscaler.ts';
import { providerNow, type ScalingFacts, workersNow, writersOf } from './facts.ts';
import { counted, seconds } from './figures.ts';

/** Of a HorizontalPodAutoscaler, which no one is told. */
const USUAL_LOOK = 'asks each 15 s unless the cluster is set otherwise';

export function whyLines(facts: ScalingFacts): string[] {
  const { pool, deployment } = facts;
  const { mode } = pool.spec.scaling;
  const writers = writersOf(deployment).map(({ manager, time }) => (time ? `${manager} at ${time}` : manager));
  const written = writers.length > 0 ? [`the number was last written by ${writers.join(' and ')}`] : [];
  // Of a Direct pool the operator itself has just told, and later.
  const isTold = facts.answer?.provider === 'Direct';
  const condition = mode === 'Auto' && !isTold ? conditionOf(pool, 'AutoscalingActive') : undefined;
  const said =
    condition && condition.status !== 'True' && !pool.spec.suspend
      ? [`the pool says AutoscalingActive ${condition.status}, ${condition.reason}: ${condition.message}`]
      : [];
  return [...reasons(facts), ...said, ...written];
}

function reasons(facts: ScalingFacts): string[] {
  const { pool, deployment, answer, problem } = facts;
  const { mode, replicas } = pool.spec.scaling;
  const { live } = workersNow(facts);
  if (deployment === undefined) return ['it has no Deployment yet: kubectl describe pwp tells what it waits for'];
  if (pool.spec.suspend) return ['suspended: no worker until spec.suspend is false'];
  if (mode === 'Fixed')
    return [live === replicas ? 'as many as spec.scaling.replicas says' : `the operator will write ${replicas}`];
  if (mode === 'External') return ['whoever scales the Deployment decides; the operator leaves the number alone'];
  const provider = providerNow(pool);
  if (provider === 'Auto')
    return ['the operator has not decided yet what scales it: kubectl describe pwp tells what it waits for'];
  if (problem !== undefined) return [`what the operator knows is missing here: ${problem}`, ...autoscalerLines(facts)];
  if (provider === 'CPU') return [...whyTheAutoscalerWaits(facts, undefined), ...autoscalerLines(facts)];
  return answer ? byTheQueue(facts, answer) : [];
}

function byTheQueue(facts: ScalingFacts, answer: ScalingAnswer): string[] {
  const { live } = workersNow(facts);
  const { verdict, wanted, observation, provider } = answer;
  const asked = askedOf(answer);
  if (wanted === null)
    return [
      verdict.reason === 'NotChecked' && observation !== null
        ? 'there is no number yet, so the workers stay: the operator has to see the queue twice'
        : `there is no number, so the workers stay: ${verdict.message}`,
    ];
  if (live === 0) return atZero(facts, answer);
  const held =
    verdict.status === 'False' && asked !== undefined
      ? [`held at ${wanted}, with ${asked} wanted: ${verdict.message}`]
      : [];
  return [
    ...held,
    ...asleepSoon(answer),
    ...(provider === 'Direct' ? directly(live, wanted, answer) : byAnother(facts, answer)),
    ...limits(answer),
  ];
}

function atZero({ pool }: ScalingFacts, answer: ScalingAnswer): string[] {
  const { wanted, idleSeconds, delayed, nextDueSeconds, provider, observation } = answer;
  const least = pool.spec.scaling.auto?.minReplicas ?? 0;
  const who = provider === 'KEDA' ? 'KEDA, at its next look within 10 s,' : 'the operator';
  if (idleSeconds === 0 && (wanted ?? 0) > 0) return [`jobs may run: ${who} starts ${counted(wanted ?? 0, 'worker')}`];
  if (least > 0) return [`${who} starts minReplicas, ${counted(least, 'worker')}`];
  const due =
    delayed > 0 && nextDueSeconds !== null
      ? [`of ${counted(delayed, 'delayed job')} the next is due in ${seconds(nextDueSeconds)}`]
      : [];
  if (observation?.paused) return ['asleep, for the queue is paused: nothing may run', ...due];
  if (areOthersEnough(answer)) return ['asleep: the workers of others on its queue are enough', ...due];
  return [`asleep: the next job wakes it${provider === 'KEDA' ? ', when KEDA looks' : ' at once'}`, ...due];
}

/** It has no part in what is to be done. */
const areOthersEnough = ({ sharing, observation }: ScalingAnswer): boolean =>
  sharing?.part.workers === 0 &&
  [observation?.active, ...(observation?.waiting ?? [])].some((jobs) => Number(jobs) > 0);

function asleepSoon(answer: ScalingAnswer): string[] {
  const { sleepsInSeconds, idleSeconds } = answer;
  if (sleepsInSeconds === null || idleSeconds === null) return [];
  const what = areOthersEnough(answer) ? 'others on its queue were enough' : 'nothing has waited, run or been due';
  const idle = `${what} for ${seconds(idleSeconds)}`;
  return [
    sleepsInSeconds > 0
      ? `${idle}: to 0 in ${seconds(sleepsInSeconds)} (scaleToZeroAfterSeconds), if nothing comes`
      : `${idle}: to 0 at the next look`,
  ];
}

function directly(live: number, wanted: number, { step }: ScalingAnswer): string[] {
  const goal = Math.max(1, wanted);
  if (step === null || live === goal) return [`as many as are wanted: nothing to do`];
  const next = step.next === live ? 'it stays' : `${step.next} come first`;
  if (step.heldBy === 'window')
    return [
      `${goal} wanted, but ${next}: within the window ${goal < live ? 'more' : 'fewer'} were, ` +
        `which is over in ${seconds(step.windowSeconds)} if no more of it comes ` +
        `(${goal < live ? 'scaleDownWindowSeconds' : 'behavior.scaleUp'})`,
    ];
  if (step.heldBy === 'policies')
    return [`${goal} wanted, but ${next}: a period allows no more (behavior.${goal < live ? 'scaleDown' : 'scaleUp'})`];
  return [`the operator writes ${goal} at its next look, within 5 s`];
}

function byAnother(facts: ScalingFacts, answer: ScalingAnswer): string[] {
  const { coldSeconds, provider } = answer;
  const cold =
    coldSeconds > 0
      ? [`the operator follows this queue since a moment ago and tells no number for ${seconds(coldSeconds)} more`]
      : [];
  return [
    ...cold,
    ...whyTheAutoscalerWaits(facts, cold.length === 0 ? answer.wanted : null),
    ...autoscalerLines(facts),
    ...(provider === 'KEDA' && facts.autoscaler === undefined ? ['KEDA has made no HorizontalPodAutoscaler yet'] : []),
    ...(facts.autoscaler ? [`the HorizontalPodAutoscaler ${USUAL_LOOK}`] : []),
  ];
}

/** What adding workers would not help against. */
function limits({ rateLimit, observation }: ScalingAnswer): string[] {
  return [
    ...(rateLimit?.isHit
      ? [`the queue’s rate limit keeps jobs back for ${seconds(rateLimit.untilSeconds)}: more workers would not help`]
      : []),
    ...(observation?.paused ? ['the queue is paused: nothing new is taken'] : []),
  ];
}
