/** `npm run bench:scaling`: the law beside other autoscalers, simulated; writes the tables of docs/scaling.md. */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { AUTOSCALERS, type AutoscalerName } from '../scaling/autoscalers.ts';
import { SCENARIOS, type ScenarioName } from '../scaling/scenarios.ts';
import { type Board, boardTable, GOALS, goalTable, isReached, scored, variantTable } from '../scaling/scoreboard.ts';

const PAGE = fileURLToPath(new URL('../../docs/scaling.md', import.meta.url));
const [BEGIN, END] = ['<!-- simulated: npm run bench:scaling -->', '<!-- end of simulated -->'];

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
const page = await readFile(PAGE, 'utf8');
const [before, after] = [page.indexOf(BEGIN), page.indexOf(END)];
if (before < 0 || after < before)
  throw new Error(`${PAGE} has no lines ${BEGIN} and ${END} to write the tables between`);
await writeFile(PAGE, `${page.slice(0, before + BEGIN.length)}\n\n${tables}\n\n${page.slice(after)}`);

const missed = scenarios.filter((scenario) => GOALS[scenario].some((goal) => !isReached(board[scenario].law, goal)));
if (missed.length > 0) {
  console.error(`the law misses a goal under: ${missed.join(', ')}`);
  process.exitCode = 1;
}
