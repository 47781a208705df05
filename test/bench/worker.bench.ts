/**
 * `npm run bench`: the worker beside alternatives, in the same run and in turns. What it prints are ratios and CPU time:
 * wall time on a machine that others use says nothing. The full run writes docs/benchmarks.md.
 */
import { rmSync } from 'node:fs';
import { access, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, Option } from 'commander';
import { startRedis } from '../cluster/redis.ts';
import type { Ground } from './contender.ts';
import { durability } from './durability.ts';
import { peakMemory } from './memory.ts';
import { build } from './ours.ts';
import { comparePreviews, QUICK, THOROUGH } from './previews.ts';
import { callsOfHits, queueOverhead } from './queue.ts';
import { coldStarts } from './start.ts';

const PARTS = ['previews', 'memory', 'queue', 'calls', 'durability', 'start'] as const;
type Part = (typeof PARTS)[number];

interface Options {
  readonly quick?: boolean;
  readonly only: readonly Part[];
}

const { quick = false, only } = new Command('bench')
  .usage('-- [options]')
  .description(
    'Measures the worker beside plain sharp in BullMQ, ipx, thumbor and, where IMGPROXY names one, imgproxy.',
  )
  .option('--quick', 'about a minute: fewer files, formats and rounds; writes nothing')
  .addOption(new Option('--only <parts...>', 'some parts; writes nothing').choices(PARTS).default(PARTS, 'all'))
  .addHelpText(
    'after',
    '\nWithout options: about 12 minutes on 2 idle cores, and the tables are written to docs/benchmarks.md.',
  )
  .parse()
  .opts<Options>();

const whole = !quick && only.length === PARTS.length;
const command = ['npm run bench', ...(whole ? [] : ['--', ...process.argv.slice(2)])].join(' ');
const load = () => loadavg()[0]?.toFixed(1);
const [begun, loadBefore] = [performance.now(), load()];
const [cpu] = cpus();

await build();
const redis = await startRedis();
const ground = await makeGround(redis.url);
try {
  const MEASURES: Readonly<Record<Part, { heading: string; intro: string; measure: () => Promise<string> }>> = {
    previews: {
      heading: 'CPU of previews',
      intro: `Ratios of CPU-ms a job: above 1 the worker takes less. A job is one file and its sizes (1 × 800; 4 × 1600, 800, 400, 200), fit inside, quality 80. ${ground.where} Sources end where every decoder stops and differ behind that, so that nothing is answered from what was made before. Each cell: the median of the rounds, and the least and the most.`,
      measure: () => comparePreviews(ground, quick ? QUICK : THOROUGH),
    },
    memory: {
      heading: 'Memory at two slots',
      intro: 'Peak of the proportional set size of all processes of each, sampled; 4 sizes, own settings.',
      measure: () =>
        peakMemory(ground, quick ? { formats: ['webp'], jobs: 4 } : { formats: ['webp', 'avif'], jobs: 4 }),
    },
    queue: {
      heading: 'What the worker adds to BullMQ',
      intro:
        "A dry run is validated, planned, logged and counted; beside it a processor that returns at once, in a Worker with the same options. Redis' own CPU is apart.",
      measure: () =>
        queueOverhead(
          ground,
          redis,
          quick ? { jobs: 500, rounds: 2, idleSeconds: 2 } : { jobs: 2_000, rounds: 5, idleSeconds: 6 },
        ),
    },
    calls: {
      heading: 'Calls of a job that was done before',
      intro: 'Read and write calls a job as the kernel counts them, sockets and pipes included.',
      measure: () => callsOfHits(ground),
    },
    durability: {
      heading: 'What durability costs',
      intro:
        'In memory fsync costs nothing: the difference to the disk is what a preview pays to outlive a power cut. Wall time here is of this disk on this day.',
      measure: () =>
        durability(
          ground,
          quick
            ? { repeats: 20, jobs: 5, rounds: 1, idleSeconds: 2 }
            : { repeats: 100, jobs: 10, rounds: 3, idleSeconds: 6 },
        ),
    },
    start: {
      heading: 'Cold start',
      intro:
        'Worker and renderer, two slots, started at the same moment as the two containers of a pod are, in turns; a job waits already. Milliseconds since then, half of the starts were faster. Unlike the figures above these are wall time: they hold for the machine and its load, and beside each other. CPU time is what was used until the job was taken, slots that start meanwhile included.',
      measure: () => coldStarts(ground, { tries: quick ? 3 : 12 }),
    },
  };
  const sections: string[] = [];
  for (const part of PARTS.filter((one) => only.includes(one))) {
    process.stderr.write(`bench: ${MEASURES[part].heading} …\n`);
    const { heading, intro, measure } = MEASURES[part];
    const section = `## ${heading}\n\n${intro}\n\n${await measure()}`;
    console.log(`\n${section}`);
    sections.push(section);
  }
  const machine = `${cpus().length} × ${cpu?.model.trim()}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, ${process.platform} ${process.arch}`;
  const minutes = ((performance.now() - begun) / 60_000).toFixed(1);
  const about = `Made by \`${command}\` on ${new Date().toISOString().slice(0, 10)} in ${minutes} minutes: Node.js ${process.version}; ${machine}. Load average ${loadBefore} at the start, ${load()} at the end${Number(loadBefore) > cpus().length ? ': others used the machine too' : ''}. Figures are CPU time, user and system, of whole process trees, what they take when idle not counted; they hold beside each other, in this run.`;
  console.log(`\n${about}`);
  const page = ['# Benchmarks of the worker', about, ...sections].join('\n\n');
  if (whole) await writeFile(fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url)), `${page}\n`);
} finally {
  await redis.stop();
  await ground.remove();
}

/** Previews go to memory, where fsync costs nothing, so that making them is compared and not keeping them. */
async function makeGround(redisUrl: string): Promise<Ground & { where: string; remove(): Promise<void> }> {
  const shared = '/dev/shm';
  const memory = await access(shared).then(
    () => shared,
    () => undefined,
  );
  const sinks = await mkdtemp(join(memory ?? tmpdir(), 'preview-bench-'));
  const disk = await mkdtemp(join(tmpdir(), 'preview-bench-'));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    // The processes end with this one; what lies in memory would not.
    process.once(signal, () => {
      for (const folder of [sinks, disk]) rmSync(folder, { recursive: true, force: true });
      process.exit(1);
    });
  }
  const inbox = join(sinks, 'inbox');
  await mkdir(inbox);
  return {
    inbox,
    sinks,
    disk,
    redisUrl,
    where:
      memory === undefined
        ? 'This machine has no memory file system: the worker pays fsync and the others do not.'
        : 'Sources and previews lie in memory, where fsync costs nothing; scratch lies on a disk, as in a pod.',
    async remove() {
      for (const folder of [sinks, disk]) await rm(folder, { recursive: true, force: true });
    },
  };
}
