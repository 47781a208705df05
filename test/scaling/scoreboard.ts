/** What the law has to reach under each load, and how it and others do. */
import { markdownTable } from '../../scripts/markdown-table.ts';
import { AUTOSCALERS, type Autoscaler, type AutoscalerName, VARIANTS } from './autoscalers.ts';
import { loadOf, type ScenarioName } from './scenarios.ts';
import { meanOf, type Score, scoreOf } from './score.ts';
import { simulate } from './simulation.ts';

export const SEEDS = [1, 2, 3, 4, 5] as const;

export type Goal = readonly [measure: keyof Score, bound: 'at least' | 'at most', value: number];

export const GOALS: Readonly<Record<ScenarioName, readonly Goal[]>> = {
  steady8: [
    ['in5', 'at least', 99.9],
    ['p95Seconds', 'at most', 0.5],
    ['podHours', 'at most', 3.75],
    ['changesOfDirection', 'at most', 2],
  ],
  diurnal: [
    ['in5', 'at least', 99.5],
    ['podHours', 'at most', 53],
    ['changesOfDirection', 'at most', 60],
  ],
  burst5k: [
    ['in30', 'at least', 88],
    ['p95Seconds', 'at most', 34],
    ['podHours', 'at most', 2.3],
    ['mostPods', 'at most', 16],
  ],
  onoff: [
    ['in5', 'at least', 96.5],
    ['in30', 'at least', 100],
    ['firstJobSeconds', 'at most', 10],
    ['podHours', 'at most', 2.2],
  ],
  flash20x: [
    ['in30', 'at least', 100],
    ['p95Seconds', 'at most', 14],
    ['podHours', 'at most', 2.1],
  ],
  tenants: [
    ['in30', 'at least', 99.5],
    ['p95Seconds', 'at most', 17],
    ['podHours', 'at most', 14.8],
  ],
  lanes: [
    ['in5', 'at least', 99.5],
    ['backfillP95Seconds', 'at most', 900],
    ['podHours', 'at most', 1.95],
    ['mostPods', 'at most', 3],
  ],
  jump10x: [
    ['in30', 'at least', 99.5],
    ['p95Seconds', 'at most', 2],
    ['podHours', 'at most', 3.9],
  ],
  paused: [
    ['lateAfterPauseSeconds', 'at most', 15],
    ['podHours', 'at most', 2.3],
  ],
  gcap8: [
    ['mostPods', 'at most', 2],
    ['p95Seconds', 'at most', 75],
    ['podHours', 'at most', 1.4],
  ],
};

const TOLD: Readonly<Record<keyof Score, readonly [what: string, unit: string, digits: number]>> = {
  in5: ['in 5 s', ' %', 1],
  in30: ['in 30 s', ' %', 1],
  p95Seconds: ['p95', ' s', 1],
  backfillP95Seconds: ['p95 of backfill', ' s', 0],
  podHours: ['pod-hours', '', 2],
  changesOfDirection: ['ups and downs', '', 1],
  mostPods: ['most pods', '', 1],
  firstJobSeconds: ['first job', ' s', 1],
  lateAfterPauseSeconds: ['late after the pause', ' s', 1],
};

export const scored = (scenario: ScenarioName, name: AutoscalerName, seeds: readonly number[] = SEEDS): Score =>
  meanScore(scenario, AUTOSCALERS[name], seeds);

function meanScore(scenario: ScenarioName, create: () => Autoscaler, seeds: readonly number[] = SEEDS): Score {
  return meanOf(
    seeds.map((seed) => {
      const load = loadOf(scenario, seed);
      return scoreOf(load, simulate(load, create(), seed));
    }),
  );
}

export const isReached = (score: Score, [measure, bound, value]: Goal): boolean =>
  bound === 'at least' ? score[measure] >= value : score[measure] <= value;

const told = (measure: keyof Score, value: number): string => {
  const [, unit, digits] = TOLD[measure];
  return `${value.toFixed(digits)}${unit}`;
};

/** `in 30 s 93.3 % (at least 88)`. */
export function toldGoal(score: Score, goal: Goal): string {
  const [measure, bound, value] = goal;
  const missed = isReached(score, goal) ? '' : ', **missed**';
  return `${TOLD[measure][0]} ${told(measure, score[measure])} (${bound} ${value}${missed})`;
}

export type Board = Readonly<Record<ScenarioName, Readonly<Record<AutoscalerName, Score>>>>;

export function boardTable(board: Board): string {
  const columns = ['in5', 'in30', 'p95Seconds', 'podHours', 'changesOfDirection', 'mostPods'] as const;
  const rows = Object.entries(board).flatMap(([scenario, scores]) =>
    Object.entries(scores).map(([name, score], index) => [
      index === 0 ? scenario : '',
      name,
      ...columns.map((column) => told(column, score[column])),
    ]),
  );
  return markdownTable([['load', 'scaled by', ...columns.map((column) => TOLD[column][0])], ...rows]);
}

export function goalTable(board: Board): string {
  const rows = (Object.keys(GOALS) as ScenarioName[]).map((scenario) => [
    scenario,
    GOALS[scenario].map((goal) => toldGoal(board[scenario].law, goal)).join(' · '),
  ]);
  return markdownTable([['load', 'the law reaches'], ...rows]);
}

/** Of all loads but the day, which takes as long as the others together. */
export function variantTable(): string {
  const scenarios = (Object.keys(GOALS) as ScenarioName[]).filter((name) => name !== 'diurnal');
  const rows = Object.entries(VARIANTS).map(([what, create]) => {
    const scores = scenarios.map((scenario) => meanScore(scenario, create));
    const sum = (measure: keyof Score) => scores.reduce((total, score) => total + score[measure], 0);
    const burst = scores[scenarios.indexOf('burst5k')]?.in30 ?? 0;
    return [
      what,
      told('in5', sum('in5') / scores.length),
      told('in30', sum('in30') / scores.length),
      told('in30', burst),
      told('podHours', sum('podHours')),
      told('changesOfDirection', sum('changesOfDirection')),
    ];
  });
  return markdownTable([['the law', 'in 5 s', 'in 30 s', 'burst5k in 30 s', 'pod-hours', 'ups and downs'], ...rows]);
}
