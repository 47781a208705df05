/** The loads of the scoreboard. Each is the same for the same seed, whoever scales. */
import { Random } from './random.ts';

export interface Job {
  readonly arrivesAt: number;
  readonly serviceSeconds: number;
  readonly lane: 0 | 1;
}

export interface Load {
  readonly seconds: number;
  /** Jobs that arrive before are not counted. */
  readonly scoredFrom: number;
  /** By arrival. */
  readonly jobs: readonly Job[];
  readonly paused?: { readonly from: number; readonly to: number };
  readonly globalConcurrency?: number;
}

export type ScenarioName = keyof typeof SCENARIOS;

export const SCENARIOS = {
  steady8: (random: Random): Load => load(3_600, [poisson(random, 47, 0, 3_600)], { scoredFrom: 600 }),

  diurnal(random: Random): Load {
    const blocks = Array.from({ length: 288 }, (_, block) => {
      const day = (block + 0.5) / 288;
      const rate = (23.25 - 21.75 * Math.cos(2 * Math.PI * day)) * random.lognormal(1, 0.25);
      return poisson(random, rate, block * 300, (block + 1) * 300);
    });
    return load(86_400, blocks);
  },

  burst5k: (random: Random): Load =>
    load(4_200, [poisson(random, 2, 0, 4_200), ...[900, 2_700].map((from) => several(random, 5_000, from, from + 2))]),

  onoff(random: Random): Load {
    const spells: Job[][] = [];
    for (let at = random.exponential(1_200); at < 28_800; at += random.exponential(1_200)) {
      const end = Math.min(at + random.exponential(120), 28_800);
      spells.push(poisson(random, 3, at, end));
      at = end;
    }
    return load(28_800, spells);
  },

  flash20x: (random: Random): Load =>
    load(3_900, [poisson(random, 6, 0, 1_200), poisson(random, 120, 1_200, 1_500), poisson(random, 6, 1_500, 3_900)]),

  tenants(random: Random): Load {
    const hours = 6;
    const shares = cappedShares(
      Array.from({ length: 80 }, () => random.lognormal(1, 2.2)),
      0.25,
    );
    const tenants = shares.map((share, tenant) =>
      tenant % 5 === 0
        ? timed(random, 12 * share, tenant % 10 === 0 ? 300 : 900, hours * 3_600)
        : poisson(random, 12 * share, 0, hours * 3_600),
    );
    return load(hours * 3_600, tenants);
  },

  lanes: (random: Random): Load =>
    load(6_000, [
      poisson(random, 6, 0, 6_000),
      several(random, 20_000, 600, 620).map((job) => ({ ...job, lane: 1 as const })),
    ]),

  jump10x: (random: Random): Load =>
    load(4_200, [
      poisson(random, 12, 0, 4_200).map((job) =>
        job.arrivesAt >= 1_200 && job.arrivesAt < 2_400 ? { ...job, serviceSeconds: 10 * job.serviceSeconds } : job,
      ),
    ]),

  paused: (random: Random): Load =>
    load(3_900, [poisson(random, 12, 0, 3_900)], { paused: { from: 1_200, to: 1_800 } }),

  gcap8: (random: Random): Load =>
    load(3_900, [poisson(random, 12, 0, 3_900), several(random, 5_000, 1_200, 1_202)], { globalConcurrency: 8 }),
} satisfies Readonly<Record<string, (random: Random) => Load>>;

export const loadOf = (scenario: ScenarioName, seed: number): Load =>
  SCENARIOS[scenario](new Random(seed, `load ${scenario}`));

function load(seconds: number, parts: readonly Job[][], rest: Partial<Load> = {}): Load {
  return { seconds, scoredFrom: 0, jobs: parts.flat().sort((one, other) => one.arrivesAt - other.arrivesAt), ...rest };
}

/** Mostly short, a few a hundred times as long: 0.17 s on average. */
function job(random: Random, arrivesAt: number): Job {
  const kind = random.uniform();
  return { arrivesAt, serviceSeconds: kind < 0.9 ? 0.06 : kind < 0.99 ? 0.4 : 8, lane: 0 };
}

function poisson(random: Random, rate: number, from: number, to: number): Job[] {
  const jobs: Job[] = [];
  for (let at = from + random.exponential(1 / rate); at < to; at += random.exponential(1 / rate))
    jobs.push(job(random, at));
  return jobs;
}

function several(random: Random, count: number, from: number, to: number): Job[] {
  return Array.from({ length: count }, () => job(random, from + random.uniform() * (to - from)));
}

/** What has gathered since the last time, all at once. */
function timed(random: Random, rate: number, period: number, seconds: number): Job[] {
  const jobs: Job[] = [];
  let gathered = 0;
  for (let at = random.uniform() * period; at < seconds; at += period) {
    gathered += rate * period;
    for (; gathered >= 1; gathered -= 1) jobs.push(job(random, at));
  }
  return jobs;
}

/** Shares of one whole, none above `most`. */
function cappedShares(weights: readonly number[], most: number): number[] {
  let shares = [...weights];
  for (let round = 0; round < 100; round += 1) {
    const sum = shares.reduce((total, share) => total + share, 0);
    shares = shares.map((share) => Math.min(most, share / sum));
  }
  return shares;
}
