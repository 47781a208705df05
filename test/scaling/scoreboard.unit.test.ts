import { expect } from 'chai';
import type { ScenarioName } from './scenarios.ts';
import type { Score } from './score.ts';
import { GOALS, isReached, SEEDS, scored, toldGoal } from './scoreboard.ts';

/** A day takes as long to simulate as all the others; the bench does it with every seed. */
const FEWER: Partial<Record<ScenarioName, readonly number[]>> = { diurnal: [SEEDS[0]] };

describe('the law on the scoreboard', function () {
  this.timeout(120_000);
  this.slow(10_000);

  for (const scenario of Object.keys(GOALS) as ScenarioName[])
    it(`reaches under the load ${scenario} what it has to`, () => {
      const score = scored(scenario, 'law', FEWER[scenario] ?? SEEDS);
      const missed = GOALS[scenario].filter((goal) => !isReached(score, goal));
      expect(missed.map((goal) => toldGoal(score, goal))).to.deep.equal([]);
    });

  it('lets nobody wait longer by provider Direct', () => {
    const waits = new Set<keyof Score>(['in5', 'in30', 'p95Seconds', 'firstJobSeconds', 'lateAfterPauseSeconds']);
    const short = ['burst5k', 'onoff', 'flash20x', 'lanes', 'jump10x', 'paused', 'gcap8'] as const;
    const missed = short.flatMap((scenario) => {
      const score = scored(scenario, 'law, Direct');
      const goals = GOALS[scenario].filter((goal) => waits.has(goal[0]) && !isReached(score, goal));
      return goals.map((goal) => `${scenario}: ${toldGoal(score, goal)}`);
    });
    expect(missed).to.deep.equal([]);
  });
});
