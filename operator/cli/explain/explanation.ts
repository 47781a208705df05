/** The whole of what is told of a pool's number of workers, as text and as data. Pure. */
import { keyOf } from '../../kube/object.ts';
import { desiredWorkers, type Observed } from '../../scaling/law.ts';
import { partOf } from '../../scaling/share.ts';
import { askedOf } from '../../scaling/told.ts';
import { providerNow, type ScalingFacts, workersNow, writersOf } from './facts.ts';
import { counted, figure, harmless, seconds } from './figures.ts';
import { formulaLines, inputLines } from './formula.ts';
import { type WhatIf, whatIfLines } from './what-if.ts';
import { whyLines } from './why.ts';

export interface AskedWhatIf {
  /** As it was written. */
  readonly text: string;
  readonly change: WhatIf;
}

export function explanationText(facts: ScalingFacts, whatIf?: AskedWhatIf): string {
  const { pool, answer } = facts;
  const { live, ready } = workersNow(facts);
  const asked = answer && askedOf(answer);
  const wanted = asked === undefined ? '' : `; ${figure(asked)} wanted by its queue`;
  const sections = [
    [`${keyOf(pool)}: ${counted(live, 'worker')}, ${figure(ready)} ready${wanted}`],
    ['Who decides', `  ${deciderWords(facts)}`],
    ['Why this many, now', ...whyLines(facts).map((line) => `  ${line}`)],
    ...(answer?.observation
      ? [
          [`What the queue says (${lookWords(facts)})`, ...inputLines(answer.observation)],
          [
            'What comes of it',
            ...formulaLines(answer.observation, answer.decision ?? undefined, answer.sharing),
            ...strangerLines(answer.observation, answer.decision?.desired),
          ],
        ]
      : []),
    ...(whatIf ? [[`What if ${whatIf.text}`, ...whatIfSection(facts, whatIf)]] : []),
  ];
  return `${sections.map((lines) => lines.map(harmless).join('\n')).join('\n\n')}\n`;
}

/** The same for programs. */
export function explanationData(facts: ScalingFacts, whatIf?: AskedWhatIf): object {
  const { pool, deployment, autoscaler, answer, problem } = facts;
  const { namespace, name } = pool.metadata;
  const observation = answer?.observation && whatIf?.change(answer.observation);
  return {
    ...{ namespace, name, mode: pool.spec.scaling.mode, provider: providerNow(pool) ?? null },
    suspended: pool.spec.suspend === true,
    ...workersNow(facts),
    why: whyLines(facts),
    writers: writersOf(deployment),
    operator: answer ?? null,
    problem: problem ?? null,
    autoscaler: autoscaler ? { name: autoscaler.metadata.name, ...autoscaler.status } : null,
    ...(observation
      ? {
          whatIf: {
            observation,
            decision: desiredWorkers(observation) ?? null,
            part: (answer.sharing && partOf(observation, answer.sharing.others)) ?? null,
          },
        }
      : {}),
  };
}

function whatIfSection({ pool, answer, problem }: ScalingFacts, { change }: AskedWhatIf): string[] {
  if (answer?.observation) return whatIfLines(answer.observation, change(answer.observation), answer.sharing?.others);
  const why = answer ? answer.verdict.message : (problem ?? `${keyOf(pool)} is not scaled by its queue now`);
  return [`  no number without a look at the queue: ${why}; pwp law takes an observation of yours`];
}

function deciderWords({ pool, autoscaler }: ScalingFacts): string {
  const { mode, auto, replicas } = pool.spec.scaling;
  if (mode === 'Fixed')
    return `mode Fixed: spec.scaling.replicas, ${replicas}; the operator takes back any other number`;
  if (mode === 'External') return 'mode External: whoever writes the Deployment’s replicas';
  const provider = providerNow(pool);
  const chosen = auto?.provider === 'Auto' && provider !== 'Auto' ? ' (which Auto came to)' : '';
  const bounds = `from ${auto?.minReplicas} to ${auto?.maxReplicas}`;
  const its = autoscaler ? ` ${autoscaler.metadata.name}` : '';
  const who = {
    ExternalMetrics: `the HorizontalPodAutoscaler${its} by the operator’s number; to and from 0 the operator`,
    KEDA: `KEDA by the operator’s number${autoscaler ? `, with the HorizontalPodAutoscaler${its}` : ''}`,
    Direct: 'the operator itself, through /scale',
    CPU: `the HorizontalPodAutoscaler${its} by the CPU of the renderers; to and from 0 the operator`,
    Auto: 'not decided yet',
  }[provider ?? 'Auto'];
  return `mode Auto, provider ${provider}${chosen}, ${bounds}: ${who}`;
}

function lookWords({ answer }: ScalingFacts): string {
  const ago = answer?.lookedSecondsAgo ?? null;
  const when = ago === null ? 'not read yet' : `read ${seconds(ago)} ago`;
  return `${when} by ${answer?.instance}, ${answer?.leads ? 'which leads' : 'a standby'}`;
}

/** The law here and the operator's own are the same code, unless they are of two versions. */
function strangerLines(observation: Observed, desired: number | undefined): string[] {
  const here = desiredWorkers(observation)?.desired;
  return desired === undefined || here === desired
    ? []
    : [`  the law of this command says ${here ?? 'nothing'}: it is of another version than the operator`];
}
