/** `npm run bench:scaling`: the law beside other autoscalers, simulated; writes the tables of docs/scaling.md. */
import { AUTOSCALERS, type AutoscalerName } from '../scaling/autoscalers.ts';
import { SCENARIOS, type ScenarioName } from '../scaling/scenarios.ts';
import { type Board, boardTable, GOALS, goalTable, isReached, scored, variantTable } from '../scaling/scoreboard.ts';
import { writeBetween } from './scaling-page.ts';

const scenarios = Object.keys(SCENARIOS) as ScenarioName[];
const autoscalers = Object.keys(AUTOSCALERS) as AutoscalerName[];
const board = Object.fromEntries(
  scenarios.map((scenario) => {
    process.stderr.write(`bench: ${scenario} …\n`);
    return [scenario, Object.fromEntries(autoscalers.map((name) => [name, scored(scenario, name)]))];
  }),
) as Board;

const tables = [goalTable(board), boardTable(board), variantTable()].join('\n\n');
console.log(tables);
await writeBetween('simulated: npm run bench:scaling', 'end of simulated', tables);

const missed = scenarios.filter((scenario) => GOALS[scenario].some((goal) => !isReached(board[scenario].law, goal)));
if (missed.length > 0) {
  console.error(`the law misses a goal under: ${missed.join(', ')}`);
  process.exitCode = 1;
}
