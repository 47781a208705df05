import { expect } from 'chai';
import type { ScenarioName } from './scenarios.ts';
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
});
