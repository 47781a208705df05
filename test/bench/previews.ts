/** CPU of the same previews, made by the worker, by a plain processor and by servers. */
import { type Contender, FORMATS, type Format, type Ground, type Order } from './contender.ts';
import { writeCopies } from './files.ts';
import { type Cell, met, milliseconds, table, told } from './markdown.ts';
import { startOurs } from './ours.ts';
import { startPlain } from './plain.ts';
import { type Figure, type Idle, measureIdle, median, ratioOf, takeTurns } from './rounds.ts';
import { findServers, startServer } from './servers.ts';

const ONE = [800];
const FOUR = [1600, 800, 400, 200];

/** Goals are ratios, others ÷ worker, at least. This one: four sizes against one plain pipeline for each. */
const PLAIN_FOUR = {
  '2K JPEG': 1.4,
  '24 MP JPEG': 2,
  'PNG with alpha': 2,
} as const;
type Photo = keyof typeof PLAIN_FOUR;
/** One size may cost 5 % more than the plain pipeline. */
const PLAIN_ONE = 1 / 1.05;
const SERVERS = { one: 1.2, four: 2 };

export interface Effort {
  readonly files: readonly Photo[];
  readonly formats: readonly Format[];
  readonly rounds: number;
  /** CPU-ms that one turn of the worker is to take, about. */
  readonly turnMilliseconds: number;
  readonly idleSeconds: number;
}

export const THOROUGH: Effort = {
  files: Object.keys(PLAIN_FOUR) as Photo[],
  formats: FORMATS,
  rounds: 3,
  turnMilliseconds: 800,
  idleSeconds: 6,
};
export const QUICK: Effort = {
  files: ['2K JPEG'],
  formats: ['jpeg', 'webp'],
  rounds: 2,
  turnMilliseconds: 400,
  idleSeconds: 2,
};

/** The one file that AVIF is made of. */
const AVIF_OF: Photo = '2K JPEG';
/** Of one file, one list of sizes, one format; the least is what a warm-up needs. */
const JOBS = { least: 2, most: 24 };
/** Servers are compared with goals far from 1: a shorter turn tells enough. */
const SERVER_SHARE = 1 / 3;

export async function comparePreviews(ground: Ground, effort: Effort): Promise<string> {
  const { servers, absent } = await findServers(ground);
  const started: Contender[] = [];
  try {
    const worker = await startOurs(ground, { slots: 1, name: 'one-slot' });
    started.push(worker);
    const plain = await startPlain(ground, 1);
    started.push(plain);
    for (const server of servers) started.push(await startServer(server, ground));
    const idle = await measureIdle(
      started.map(({ pid }) => pid),
      effort.idleSeconds,
    );
    const names = started.slice(1).map(({ name }) => name);
    const tables: string[] = [];
    for (const settings of ['equal', 'own'] as const) {
      const rows: Cell[][] = [];
      for (const name of effort.files) {
        const files = await writeCopies(name, JOBS.most, ground.inbox);
        for (const sizes of [ONE, FOUR]) {
          for (const format of effort.formats) {
            // JPEG has no effort: its own settings are the equal ones. AVIF takes seconds, nearly all of them in the encoder.
            if (settings === 'own' && format === 'jpeg') continue;
            if (format === 'avif' && name !== AVIF_OF) continue;
            process.stderr.write(`bench: ${settings} settings, ${name}, ${sizes.length} sizes, ${format}\n`);
            const figures = await compare(started, { files, sizes, format, settings }, effort, idle);
            rows.push([name, sizes.length, format, ...row(name, sizes, figures, names)]);
          }
        }
      }
      const heading = [
        'file',
        'sizes',
        'format',
        'worker CPU-ms',
        ...names.map((other) => `${other} ÷ worker`),
        'goals',
      ];
      tables.push(`### ${HEADINGS[settings]}\n\n${table(heading, rows)}`);
    }
    const versions = started.map(({ name, version, pid }) => [
      name,
      version,
      milliseconds((idle.get(pid) ?? 0) * 1000),
    ]);
    return [
      table(['who', 'what', 'CPU-ms a second when idle'], versions),
      ...absent.map(({ name, why }) => `Not measured: ${name} (${why}).`),
      ...tables,
    ].join('\n\n');
  } finally {
    for (const contender of started) await contender.stop();
  }
}

const HEADINGS = {
  equal: 'Equal settings: quality 80, effort 4 for all',
  own: 'Own settings: quality 80, each with the effort that is its default (worker 2, sharp 4)',
};

async function compare(started: readonly Contender[], order: Order, { rounds, turnMilliseconds }: Effort, idle: Idle) {
  const warmUp = { ...order, files: order.files.slice(0, JOBS.least) };
  const turns = (contenders: readonly Contender[], jobs: (contender: Contender) => number) =>
    contenders.map((contender) => ({
      name: contender.name,
      pid: contender.pid,
      units: jobs(contender),
      work: () => contender.make({ ...order, files: order.files.slice(0, jobs(contender)) }),
      clear: () => contender.forget(),
    }));
  for (const contender of started.slice(1)) {
    await contender.make({ ...order, files: order.files.slice(0, 1) });
    await contender.forget();
  }
  const first = await takeTurns(
    turns(started.slice(0, 1), () => warmUp.files.length),
    2,
    idle,
  );
  const cost = first.get('worker')?.rounds.at(-1) ?? turnMilliseconds;
  const jobs = Math.min(JOBS.most, Math.max(JOBS.least, Math.ceil(turnMilliseconds / cost)));
  const few = Math.ceil(jobs * SERVER_SHARE);
  return takeTurns(
    turns(started, ({ name }) => (name === 'worker' || name === 'plain sharp' ? jobs : few)),
    rounds,
    idle,
  );
}

function row(file: Photo, sizes: readonly number[], figures: ReadonlyMap<string, Figure>, names: readonly string[]) {
  const one = sizes.length === 1;
  const worker = figures.get('worker') ?? { rounds: [], wallMilliseconds: [] };
  const ratios = names.map((name) => ratioOf(figures.get(name) ?? worker, worker));
  const goals = names.map((name, at) => {
    const goal = name === 'plain sharp' ? (one ? PLAIN_ONE : PLAIN_FOUR[file]) : one ? SERVERS.one : SERVERS.four;
    return `${name} ≥ ${goal.toFixed(2)} ${met((ratios[at]?.median ?? 0) >= goal)}`;
  });
  return [milliseconds(median(worker.rounds)), ...ratios.map(told), goals.join('<br>')];
}
