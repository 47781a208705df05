/**
 * `npm run demo [-- --once]`: a cluster, a pool, about 30 files, a worker killed in the middle, and a contact sheet of what
 * came out. At a terminal and without `--once` it stays up to be played with. Exit 1 if anything was not as it should be.
 */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Queue } from 'bullmq';
import { SingleBar } from 'cli-progress';
import { Command } from 'commander';
import { eventually } from '../test/cluster/eventually.ts';
import { NAMESPACE, type PreviewCluster, startPreviewCluster } from '../test/cluster/preview-cluster.ts';
import { heif } from '../test/fixtures/heic.ts';
import { generateImages, type ImageFile, scene } from '../test/fixtures/images.ts';
import { letter, pdf } from '../test/fixtures/pdf.ts';
import { PreviewClient, PreviewFailure, type PreviewResult, type RenderedResult } from '../worker/client.ts';
import { aborted, askedToEnd } from './asked-to-end.ts';
import { type Tile, writeHtml, writePng } from './demo/contact-sheet.ts';
import { introduce } from './introduce.ts';

/** 24 megapixels: large enough to be caught in the act. */
const LARGE = 'poster-01.png';
/** These must be refused. */
const BROKEN: ReadonlySet<string> = new Set(['broken-01.jpg', 'bomb-01.png']);
const RESULT_SECONDS = 90;

const { once, folder: where } = new Command('npm run demo --')
  .description(
    'Shows the whole loop on this machine: a pool is applied, files become previews, a killed worker loses nothing.',
  )
  .option('--once', 'end when the contact sheet is written, as it does where no terminal is attached')
  .option('--folder <path>', 'where previews and contact sheet go; those of an earlier run are replaced', '.demo')
  .parse()
  .opts<{ once?: boolean; folder: string }>();

const folder = resolve(where);
const clusterFolder = join(folder, 'cluster');
if (existsSync(clusterFolder)) {
  console.error(`${clusterFolder} exists: another demo runs, or one was cut off; end it, or delete the folder`);
  process.exit(1);
}
const begun = performance.now();
const signal = askedToEnd();
const previews = join(folder, 'previews');
const sheet = join(folder, 'contact-sheet');

await takeFolder();
let cluster: PreviewCluster | undefined;
try {
  // Made while the control plane starts.
  const files = makeFiles();
  cluster = await startPreviewCluster({ folder: clusterFolder, previews, say, signal });
  await Promise.race([show(cluster, await files), aborted(signal).then(() => Promise.reject(signal.reason))]);
  if (!once && process.stdout.isTTY) {
    console.log(introduce(cluster));
    await aborted(signal);
  }
} catch (error) {
  const { message } = signal.aborted ? (signal.reason as Error) : (error as Error);
  console.error(`\nThe demo did not get through: ${message}`);
  if (!signal.aborted && (error as Error).cause) console.error((error as Error).cause);
  if (cluster && !signal.aborted) console.error(await whatIsThere(cluster));
  process.exitCode = 1;
} finally {
  say('ending');
  await cluster?.stop();
  await rm(clusterFolder, { recursive: true, force: true });
}
process.exit();

/** What lies in a folder that no demo made is nobody's to delete. */
async function takeFolder(): Promise<void> {
  const mark = join(folder, '.made-by-the-demo');
  const found = await readdir(folder).catch(() => []);
  if (found.length > 0 && !existsSync(mark)) {
    console.error(`${folder} holds files that no demo made: name another with --folder, or an empty one`);
    process.exit(1);
  }
  for (const made of [previews, `${sheet}.html`, `${sheet}.png`]) await rm(made, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writeFile(mark, '');
}

async function show(running: PreviewCluster, files: readonly ImageFile[]): Promise<void> {
  const { kubectl, redis, inbox } = running;
  say('pool: kubectl apply -f examples/pool.yaml');
  await kubectl('apply', '-f', 'examples/pool.yaml');
  for (const { name, bytes } of files) await writeFile(join(inbox, name), bytes);
  const names = files.map(({ name }) => name);
  await kubectl('wait', '--for=condition=Ready', 'pwp/sample', '--timeout=60s');
  say(`the pool is ready; ${names.length} jobs`);

  const client = new PreviewClient({ redis: { url: redis.url } });
  const queue = new Queue('previews', { connection: { url: redis.url } });
  try {
    const killing = killWorkerOf(LARGE, queue, running);
    const outcomes = await renderAll(names, client);
    const { killed, stalled } = await killing.then(async ({ pod, job }) => ({
      killed: pod,
      stalled: (await queue.getJob(job))?.stalledCounter ?? 0,
    }));
    const tiles = names.map((name) => tileOf(name, outcomes.get(name), running));
    await writeHtml(`${sheet}.html`, folder, 'Previews of the demo', tiles);
    await writePng(`${sheet}.png`, tiles);
    console.log(`\n${await kubectl('describe', 'pwp', 'sample')}`);
    summarise(outcomes, killed, stalled);
  } finally {
    await client.close();
    await queue.close();
  }
}

async function makeFiles(): Promise<ImageFile[]> {
  const large = await scene({ width: 1500, height: 1000, seed: 99 })
    .resize(6000)
    .png({ compressionLevel: 1 })
    .toBuffer();
  const files: ImageFile[] = [
    { name: LARGE, bytes: large },
    { name: 'report-01.pdf', bytes: pdf([letter()]) },
    { name: 'phone-01.heic', bytes: heif({ tiles: [5, 4] }) },
  ];
  for await (const file of generateImages()) files.push(file);
  return files;
}

type Outcome = PreviewResult | PreviewFailure;

async function renderAll(names: readonly string[], client: PreviewClient): Promise<ReadonlyMap<string, Outcome>> {
  const outcomes = new Map<string, Outcome>();
  const bar = new SingleBar({ format: '  {bar} {value}/{total} {name}', hideCursor: true });
  bar.start(names.length, 0, { name: '' });
  try {
    await Promise.all(
      names.map(async (name) => {
        const source = { uri: `file:///inbox/${name}` };
        const { id } = await client.submit({ version: 1, source, outputs: [{ preset: 'grid' }, { preset: 'large' }] });
        const outcome = await client.result(id, { timeoutSeconds: RESULT_SECONDS }).catch((error) => {
          if (error instanceof PreviewFailure) return error;
          throw error;
        });
        outcomes.set(name, outcome);
        bar.increment({ name });
        if (!process.stdout.isTTY && outcomes.size % 8 === 0) say(`${outcomes.size} of ${names.length} done`);
      }),
    );
  } finally {
    bar.stop();
  }
  // In the order of their names, not in that of their ends, which differs from run to run.
  return new Map([...outcomes].sort(([one], [other]) => names.indexOf(one) - names.indexOf(other)));
}

/** Ends every process of the pod that works on the file, as a node that loses its power would. */
async function killWorkerOf(
  name: string,
  queue: Queue,
  { node }: PreviewCluster,
): Promise<{ pod: string; job: string }> {
  const { pod, job } = await eventually(
    `${name} is being rendered`,
    async () => {
      const active = await queue.getActive();
      const found = active.find(({ data }) => data.source.uri.endsWith(`/${name}`));
      return found?.processedBy && found.id ? { pod: found.processedBy, job: found.id } : undefined;
    },
    { seconds: 60, every: 5 },
  );
  for (const pid of await node.pids(NAMESPACE, pod)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It went with its parent.
    }
  }
  say(`killed worker ${pod} while it rendered ${name}: another takes the job up within 30 s`);
  return { pod, job };
}

function tileOf(name: string, outcome: Outcome | undefined, { previews }: PreviewCluster): Tile {
  if (outcome === undefined || outcome instanceof PreviewFailure) return { name, note: outcome?.reason ?? 'no answer' };
  const { source, outputs } = outcome as RenderedResult;
  const uri = outputs.find((output) => output.name === 'grid')?.uri ?? '';
  return {
    name,
    preview: join(previews, uri.replace('file:///previews/', '')),
    note: `${source.width}×${source.height}, ${Math.ceil(source.bytes / 1024)} KiB`,
  };
}

/** Throws when something was not as it should be. */
function summarise(outcomes: ReadonlyMap<string, Outcome>, killed: string, stalled: number): void {
  const failures = [...outcomes].flatMap(([name, outcome]) =>
    outcome instanceof PreviewFailure ? [{ name, outcome }] : [],
  );
  const rendered = [...outcomes.values()].filter((outcome) => !(outcome instanceof PreviewFailure)) as RenderedResult[];
  const wrong = [...outcomes].filter(([name, outcome]) => BROKEN.has(name) !== outcome instanceof PreviewFailure);
  const rows = [
    ['jobs', outcomes.size],
    ['previews', rendered.reduce((count, { outputs }) => count + outputs.length, 0)],
    ['refused', failures.map(({ name, outcome }) => `${name} (${outcome.reason})`).join(', ')],
    [
      'worker killed',
      `${killed}; its job was ${stalled > 0 ? 'taken up by another and' : 'already over and'} finished once`,
    ],
    ['lost', outcomes.size - rendered.length - failures.length],
    ['seconds', ((performance.now() - begun) / 1000).toFixed(0)],
    ['contact sheet', `${sheet}.html and .png`],
    ['previews in', previews],
  ];
  for (const [what, value] of rows) console.log(`${String(what).padEnd(14)} ${value}`);
  if (wrong.length > 0) {
    throw new Error(
      `not as it should be: ${wrong.map(([name, outcome]) => `${name} ${(outcome as Error).message ?? 'rendered'}`).join('; ')}`,
    );
  }
}

/** Where somebody would look first. */
async function whatIsThere({ kubectl }: PreviewCluster): Promise<string> {
  const looks = [
    ['get', 'pwp,deployments,pods', '-o', 'wide'],
    ['get', 'events', '--sort-by=.lastTimestamp'],
  ];
  const seen = await Promise.all(looks.map((look) => kubectl(...look).catch((error: Error) => error.message)));
  const logs = join(clusterFolder, 'pods');
  for (const name of await readdir(logs).catch(() => [])) {
    const lines = (await readFile(join(logs, name), 'utf8')).trimEnd().split('\n');
    seen.push(`${name}:\n${lines.slice(-8).join('\n')}`);
  }
  return seen.join('\n\n');
}

function say(step: string): void {
  console.log(`${((performance.now() - begun) / 1000).toFixed(1).padStart(5)} s  ${step}`);
}
