/** The command line as people and scripts use it: a process, its exit code, what it prints and what it leaves. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect } from 'chai';
import sharp from 'sharp';
import schema from '../../schemas/preview-job.schema.json' with { type: 'json' };
import { processTable, treeOf } from '../../worker/renderer/processes.ts';
import { eventually } from '../cluster/eventually.ts';
import { ManagedProcess, TIED_TO_PARENT } from '../cluster/process.ts';
import { startRedis } from '../cluster/redis.ts';
import { processesMentioning } from '../cluster/survivors.ts';
import { inShell, shownIn } from '../documents/shown.ts';
import { damaged, scene } from '../fixtures/images.ts';
import type { Pod } from './pod.ts';
import { Workplace } from './workplace.ts';

const MAIN = fileURLToPath(new URL('../../worker/main.ts', import.meta.url));
const FIXTURES = fileURLToPath(new URL('../fixtures/payloads', import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Of stdout, each as JSON. */
  readonly lines: readonly Line[];
}

/** What any of the commands prints with --json. */
interface Line {
  readonly file?: string;
  readonly ok?: boolean;
  readonly outputs?: readonly { name: string; path: string; width: number; height: number; bytes: number }[];
  readonly error?: { readonly reason: string; readonly message: string; readonly remedy: string };
  readonly id?: string;
  readonly why?: string;
  readonly requestKey?: string;
  readonly result?: { readonly outputs?: readonly { readonly name: string; readonly uri: string }[] } & object;
}

let folder: string;
/** TMPDIR of every command: whatever is in it afterwards was left. */
let temporary: string;

function start(args: readonly string[], { env = {}, input = '' }: { env?: NodeJS.ProcessEnv; input?: string } = {}) {
  const [program = '', ...line] = [...TIED_TO_PARENT, process.execPath, MAIN, ...args];
  const child = spawn(program, line, { cwd: folder, env: { TMPDIR: temporary, ...env } });
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]).then(
    ([stdout, stderr]): Ended => ({
      code: child.exitCode,
      stdout,
      stderr,
      get lines() {
        return stdout
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => JSON.parse(line) as Line);
      },
    }),
  );
  return { child: child as ChildProcess, ended };
}
const run = (...[args, options]: Parameters<typeof start>): Promise<Ended> => start(args, options).ended;

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'preview-cli-')));
  temporary = join(folder, 'tmp');
  await mkdir(temporary);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const picture = (seed: number) => scene({ width: 120, height: 90, seed });

describe('preview-worker render', function () {
  this.timeout(60_000);
  /** Takes seconds to encode. */
  let noise: Buffer;

  before(async () => {
    const grain = { type: 'gaussian', mean: 128, sigma: 60 } as const;
    const create = { width: 3000, height: 3000, channels: 3, background: 'black', noise: grain } as const;
    noise = await sharp({ create }).jpeg().toBuffer();
  });

  it('tells of each file in one line what was made of it, or why not and what to do', async () => {
    await Promise.all([mkdir(join(folder, 'sub')), mkdir(join(folder, 'directory.jpg'))]);
    const bytes = await picture(1).jpeg().toBuffer();
    const good: Record<string, Buffer> = {
      'a.jpg': bytes,
      'b.b.png': await picture(2).png().toBuffer(),
      'zwei Wörter 苹果 🍏 100%.webp': await picture(3).webp().toBuffer(),
      '-dash.gif': await picture(4).gif().toBuffer(),
      '.hidden': bytes,
      'sub/c.avif': await picture(5).avif({ effort: 0 }).toBuffer(),
      '#q?.tiff': await picture(6).tiff().toBuffer(),
      'lies.png': bytes,
    };
    for (const [name, content] of Object.entries(good)) await writeFile(join(folder, name), content);
    await writeFile(join(folder, 'notes.jpg'), 'this is no picture\0');
    await writeFile(join(folder, 'broken.png'), damaged(good['b.b.png'] ?? Buffer.alloc(0)));
    await writeFile(join(folder, 'empty.png'), '');
    await writeFile(join(folder, 'sub/a.jpg'), bytes);
    await symlink(join('sub', 'c.avif'), join(folder, 'link.avif'));
    const bad: Record<string, RegExp> = {
      'notes.jpg': /^UnsupportedMedia: .*lists the formats/,
      'broken.png': /^DecodeFailed: .*damaged/,
      'empty.png': /^DecodeFailed: /,
      'absent.jpg': /^SourceNotFound: there is no file .*absent\.jpg/,
      'no/such/folder.jpg': /^SourceNotFound: there is no file .*no\/such\/folder\.jpg/,
      'a.jpg/below.jpg': /^SourceNotFound: there is no file .*below\.jpg/,
      'directory.jpg': /^SourceForbidden: .*not a regular file/,
      'sub/a.jpg': /^DestinationForbidden: .*replace those of a\.jpg give each its own --out/,
    };
    const files = ['a.jpg', ...Object.keys(bad), ...Object.keys(good).slice(1), 'link.avif'];
    const { code, lines, stderr } = await run([
      'render',
      ...['--out', 'new/out', '--json'],
      ...['--output', 'name=grid,width=64,height=64,fit=cover,format=jpeg', '--output', 'name=w,width=100,height=100'],
      '--',
      ...files,
    ]);
    expect({ code, stderr }).to.deep.equal({ code: 1, stderr: '' });
    expect(lines.map(({ file }) => file)).to.have.members(files);
    for (const { file = '', outputs, error, ...more } of lines) {
      expect(more, file).to.deep.equal({});
      const expected = bad[file];
      if (expected !== undefined) {
        expect(outputs, file).to.equal(undefined);
        expect(Object.keys(error ?? {}), file).to.have.members(['reason', 'message', 'remedy']);
        expect(`${error?.reason}: ${error?.message} ${error?.remedy}`, file).to.match(expected);
        continue;
      }
      const stem = file.replace(/^.*\//, '').replace(/(.)\.[^.]*$/, '$1');
      expect(error, file).to.equal(undefined);
      for (const [at, [name, width, height, extension]] of (
        [
          ['grid', 64, 64, 'jpg'],
          ['w', 100, 75, 'webp'],
        ] as const
      ).entries()) {
        const path = join(folder, 'new/out', `${stem}-${name}.${extension}`);
        const content = await readFile(path);
        expect(outputs?.[at], file).to.deep.equal({ name, path, width, height, bytes: content.length });
        const made = await sharp(content).metadata();
        expect([made.width, made.height, made.format], file).to.deep.equal([
          width,
          height,
          extension === 'jpg' ? 'jpeg' : extension,
        ]);
      }
    }
    expect(await readdir(join(folder, 'new/out')), 'nothing else').to.have.length(2 * (Object.keys(good).length + 1));
    expect(await readdir(temporary)).to.deep.equal([]);
  });

  it('renders 512 pixels unless told otherwise, and prints for people what it has made', async () => {
    await writeFile(join(folder, 'a.jpg'), await scene({ width: 1200, height: 900 }).jpeg().toBuffer());
    const good = await run(['render', 'a.jpg', '--out', '.']);
    expect(good.code).to.equal(0);
    expect(good.stdout).to.match(/^\S+\/a-preview\.webp {2}512×384 {2}\d+ bytes\n$/);
    expect(good.stderr).to.equal('');
    const bad = await run(['render', 'absent.jpg', '--out', '.']);
    expect(bad.code).to.equal(1);
    expect(bad.stdout).to.equal('');
    expect(bad.stderr).to.match(/^absent\.jpg: SourceNotFound: there is no file .*absent\.jpg; .+\n$/);
  });

  it('never gives two previews one name, whatever files and outputs are called', async () => {
    for (const name of ['a.jpg', 'a-b.jpg']) await writeFile(join(folder, name), await picture(1).jpeg().toBuffer());
    const outputs = ['--output', 'name=b-c,width=9,height=9', '--output', 'name=c,width=9,height=9'];
    const { code, lines } = await run(['render', 'a.jpg', 'a-b.jpg', '--out', 'out', '--json', ...outputs]);
    expect(code).to.equal(1);
    const told = lines.flatMap(({ outputs: made = [] }) => made.map(({ path }) => path));
    expect(await readdir(join(folder, 'out'))).to.have.length(told.length);
    expect(lines.find(({ file }) => file === 'a-b.jpg')?.error).to.deep.include({ reason: 'DestinationForbidden' });
  });

  it('keeps apart what a folder holds in two formats, by the extension', async () => {
    await writeFile(join(folder, 'a.jpg'), await picture(1).jpeg().toBuffer());
    await writeFile(join(folder, 'a.png'), await picture(2).png().toBuffer());
    await writeFile(join(folder, 'b.png'), await picture(3).png().toBuffer());
    expect((await run(['render', 'a.jpg', 'a.png', 'b.png', '--out', 'out'])).code).to.equal(0);
    const made = ['a.jpg-preview.webp', 'a.png-preview.webp', 'b-preview.webp'];
    expect(await readdir(join(folder, 'out'))).to.have.members(made);
  });

  it('tells remedies that lie with whoever renders, not with a pool', async () => {
    await mkdir(join(folder, 'folder'));
    await writeFile(join(folder, 'zeros.bin'), Buffer.alloc(64));
    const files = ['absent.jpg', 'folder', 'zeros.bin', 'https://example.com/a.jpg'];
    const { lines } = await run(['render', ...files, '--out', 'out', '--json', '--limit', 'sourceBytes=10']);
    for (const { file, error } of lines) expect(error?.remedy, file).to.not.match(/pool|worker\.|source\.uri|health/);
    expect(Object.fromEntries(lines.map(({ file = '', error }) => [file, error?.remedy]))).to.deep.equal({
      'absent.jpg': 'check the path; render reads files of this machine, and submit takes URIs',
      'https://example.com/a.jpg': 'check the path; render reads files of this machine, and submit takes URIs',
      folder: 'name a regular file that you may read',
      'zeros.bin': 'raise the limit named with --limit, or take a smaller file',
    });
  });

  it('keeps the limits it is given, and names them', async () => {
    const create = { width: 300, height: 300, channels: 3, background: 'red' } as const;
    await writeFile(join(folder, 'wide.png'), await sharp({ create }).png().toBuffer());
    await writeFile(join(folder, 'large.jpg'), Buffer.alloc(10_001));
    const limits = ['--limit', 'pixels=89999', '--limit', 'sourceBytes=10000'];
    const { code, lines } = await run(['render', 'wide.png', 'large.jpg', '--out', 'out', '--json', ...limits]);
    expect(code).to.equal(1);
    const told = Object.fromEntries(lines.map(({ file = '', error }) => [file, `${error?.reason}: ${error?.message}`]));
    expect(told['wide.png']).to.match(/^LimitExceeded: .*89999/);
    expect(told['large.jpg']).to.match(/^SourceTooLarge: .*sourceBytes of 10000/);
  });

  it('refuses what it can not do before it begins, naming what is allowed', async () => {
    await writeFile(join(folder, 'a.jpg'), 'x');
    const wrong: [readonly string[], RegExp][] = [
      [['--out', 'out', '--limit', 'colours=3'], /pixels.*whole number/],
      [['--out', 'out', '--output', 'name=a,colour=red'], /colour=red.*fields are: .*width/],
      [['--out', 'out', '--output', 'name=a,width=wide,height=9'], /outputs\[0\]\.width must be of type integer/],
      [
        ['--out', 'out', '--output', 'name=a,width=9,height=9,format=bmp'],
        /format must be one of jpeg, png, webp, avif/,
      ],
      [['--out', 'out', '--output', 'preset=grid'], /presets belong to a pool: give --output name=grid/],
      [['--out', 'a.jpg'], /--out .*a\.jpg.*no folder.*name another/],
    ];
    const told = await Promise.all(wrong.map(([args]) => run(['render', 'a.jpg', ...args])));
    for (const [at, [args, expected]] of wrong.entries()) {
      expect(told[at]?.code, args.join(' ')).to.equal(1);
      expect(told[at]?.stderr, args.join(' '))
        .to.match(expected)
        .and.not.match(/\n\s+at /);
      expect(told[at]?.stdout).to.equal('');
    }
    expect(await readdir(folder)).to.have.members(['a.jpg', 'tmp']);
  });

  it('says for each file when the folder takes nothing', async () => {
    await writeFile(join(folder, 'a.jpg'), await picture(1).jpeg().toBuffer());
    const { code, lines } = await run(['render', 'a.jpg', '--out', '/proc', '--json']);
    expect(code).to.equal(1);
    expect(lines[0]?.error).to.include({ reason: 'SinkUnavailable' });
    expect(lines[0]?.error?.remedy).to.match(/--out takes what is written/);
  });

  for (const [signal, moment] of [
    ['SIGINT', 'renders'],
    ['SIGTERM', 'renders'],
    ['SIGINT', 'starts'],
  ] as const) {
    it(`ended by ${signal} while it ${moment}, leaves no process, no scratch folder and no half preview`, async () => {
      await writeFile(join(folder, 'a.jpg'), noise);
      const output = 'name=x,width=3000,height=3000,format=avif,quality=90';
      const { child, ended } = start(['render', 'a.jpg', '--out', 'out', '--output', output]);
      await eventually(
        `it ${moment}`,
        async () => {
          const scratch = (await readdir(temporary))[0] ?? 'none';
          const inside = await readdir(join(temporary, scratch), { recursive: true });
          return moment === 'starts' || inside.some((name) => name.endsWith('/source'));
        },
        { every: 5 },
      );
      const family = treeOf(processTable(), child.pid ?? 0);
      if (moment === 'renders') expect(family, 'the renderer and its slot').to.have.length.at.least(3);
      child.kill(signal);
      const { code, stderr } = await ended;
      expect(code).to.equal(1);
      expect(stderr).to.equal(`preview-worker: ${signal}\n`);
      expect(await readdir(temporary)).to.deep.equal([]);
      expect(await readdir(join(folder, 'out'))).to.deep.equal([]);
      const left = processTable().filter((one) =>
        family.some(({ pid, started }) => pid === one.pid && started === one.started),
      );
      expect(left.filter(({ zombie }) => !zombie)).to.deep.equal([]);
      expect(processesMentioning(folder)).to.deep.equal([]);
    });
  }
});

describe('preview-worker validate', () => {
  const valid = join(FIXTURES, 'valid/full.json');

  it('exits 0 when every payload is accepted, 1 when one is refused, and tells each', async () => {
    await writeFile(join(folder, 'text.json'), '{"version":');
    const good = await run(['validate', valid, join(FIXTURES, 'valid/minimal.json')]);
    expect(good.code).to.equal(0);
    expect(good.stdout).to.match(/^ok {6}\S+full\.json\nok {6}\S+minimal\.json\n$/);

    const [invalid = ''] = await readdir(join(FIXTURES, 'invalid'));
    const { payload, error } = JSON.parse(await readFile(join(FIXTURES, 'invalid', invalid), 'utf8'));
    await writeFile(join(folder, 'bad.json'), JSON.stringify(payload));
    const { code, stdout, stderr } = await run(['validate', 'bad.json', valid, 'text.json', 'absent.json']);
    expect({ code, stderr }).to.deep.equal({ code: 1, stderr: '' });
    const [bad, ok, broken, absent] = stdout.split('\n');
    expect(bad).to.equal(`REFUSED bad.json: ${error.reason}: ${error.message}`);
    expect(ok).to.equal(`ok      ${valid}`);
    expect(broken).to.match(/^REFUSED text\.json: InvalidPayload: .*not JSON/);
    expect(absent).to.equal('REFUSED absent.json: InvalidPayload: there is no such file');
  });

  it('reads standard input, and tells scripts one JSON line for each', async () => {
    const good = await run(['validate', '-', '--json'], { input: await readFile(valid, 'utf8') });
    expect([good.code, good.lines]).to.deep.equal([0, [{ file: '-', ok: true }]]);
    const newer = await run(['validate', '-', valid, '--json'], { input: '{"version":2}' });
    expect(newer.code).to.equal(1);
    expect(newer.lines).to.deep.equal([
      { file: '-', ok: false, error: { reason: 'NewerPayload', message: 'version is 2, this worker knows 1' } },
      { file: valid, ok: true },
    ]);
    for (const input of ['', 'null']) {
      const { code, lines } = await run(['validate', '-', '--json'], { input });
      expect([code, lines[0]?.error?.reason], input).to.deep.equal([1, 'InvalidPayload']);
    }
  });

  it('takes a payload a line, and says of which line it speaks', async () => {
    const payload = JSON.stringify(JSON.parse(await readFile(join(FIXTURES, 'valid/minimal.json'), 'utf8')));
    const input = `\uFEFF${payload}\r\n\n{"version":1}\n{"version":\n${payload}\n`;
    const { code, stdout } = await run(['validate'], { input });
    expect(code).to.equal(1);
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.replace(/(InvalidPayload).*/, '$1')),
    ).to.deep.equal(['ok      -:1', 'REFUSED -:3: InvalidPayload', 'REFUSED -:4: InvalidPayload', 'ok      -:5']);
    const { lines } = await run(['validate', '--json'], { input: `${payload}\n${payload}` });
    expect(lines).to.deep.equal([1, 2].map((line) => ({ file: '-', line, ok: true })));
  });

  it('takes a payload over several lines for one, also where it is broken', async () => {
    const whole = await readFile(valid, 'utf8');
    const { stdout } = await run(['validate', '-'], { input: whole.replace('{', '[') });
    expect(stdout).to.match(/^REFUSED -: InvalidPayload: it is not JSON: [^\n]+\n$/);
    expect((await run(['validate', '-'], { input: whole })).stdout).to.equal('ok      -\n');
  });
});

describe('preview-worker submit', function () {
  this.timeout(60_000);
  let place: Workplace;
  let pod: Pod;
  /** Begun first, as it takes 10 s. */
  let absentRedis: Promise<Ended & { seconds: number }>;

  before(async () => {
    folder = temporary = tmpdir();
    const began = Date.now();
    absentRedis = run(['submit', '--redis', 'redis://127.0.0.1:1', '--source', '/a.jpg', '--preset', 'grid']).then(
      (ended) => ({ ...ended, seconds: (Date.now() - began) / 1000 }),
    );
    place = await Workplace.open();
    pod = await place.pod('steady');
  });
  after(() => place?.close());

  const submit = (args: readonly string[], options?: Parameters<typeof start>[1]) =>
    run(['submit', '--redis', place.redis.url, ...args], options);
  const fileOf = async (name: string, bytes: Buffer) => fileURLToPath(await place.file(name, bytes));
  const payload = async (name: string, document: unknown) => {
    await writeFile(join(folder, name), JSON.stringify(document));
    return name;
  };
  const jobFor = async (name: string, bytes: Buffer) => ({
    version: 1,
    source: { uri: await place.file(name, bytes) },
    outputs: [{ preset: 'grid' }],
  });
  const sinkHolds = async () => (await readdir(place.site.previews, { recursive: true })).sort();
  const queued = async () =>
    place.queue.getJobCountByTypes('wait', 'prioritized', 'active', 'delayed', 'completed', 'failed');

  it('--wait prints what was made, for people and as a JSON line', async () => {
    const path = await fileOf('two words.jpg', await picture(1).jpeg().toBuffer());
    const outputs = ['--preset', 'grid', '--output', 'name=large,width=100,height=100,format=png'];
    const told = await submit(['--source', path, ...outputs, '--wait']);
    expect({ code: told.code, stderr: told.stderr }).to.deep.equal({ code: 0, stderr: '' });
    expect(told.stdout).to.match(
      /^submitted (r[0-9a-f]{64})\ndone {6}\1\n {2}grid {2}64×48 {2}\d+ bytes {2}file:\S+\n {2}large {2}100×75 {2}\d+ bytes {2}file:\S+png\n$/,
    );
    const json = await submit(['--source', pathToFileURL(path).href, ...outputs, '--wait', '--json']);
    expect(json.code).to.equal(0);
    const [{ id, requestKey, result, ...more } = {}] = json.lines;
    expect(more).to.deep.equal({});
    expect(told.stdout).to.include(`submitted ${id}\n`);
    expect(requestKey).to.equal(id);
    expect(result?.outputs?.map(({ name }) => name)).to.deep.equal(['grid', 'large']);
    for (const { uri } of result?.outputs ?? []) expect(existsSync(new URL(uri)), uri).to.equal(true);
  });

  it('--tenant says who the job is for, which makes it another request', async () => {
    const path = await fileOf('shared.jpg', await picture(2).jpeg().toBuffer());
    const told = await Promise.all(
      ['acme', 'umbrella'].map((tenant) =>
        submit(['--source', path, '--preset', 'grid', '--tenant', tenant, '--wait', '--json']),
      ),
    );
    const ids = told.flatMap(({ lines }) => lines.map(({ id }) => id ?? ''));
    expect(new Set(ids).size).to.equal(2);
    const tenants = await Promise.all(
      ids.map(async (id) => ((await place.job(id)).data as { tenant?: string }).tenant),
    );
    expect(tenants).to.deep.equal(['acme', 'umbrella']);
    const wrong = await submit(['--source', path, '--preset', 'grid', '--tenant', 'no such name']);
    expect(wrong.code).to.equal(1);
    expect(wrong.stderr).to.contain('tenant');
  });

  it('submits payloads of files and of standard input, one line each, and does not wait unless told', async () => {
    const files = await Promise.all(
      [11, 12].map(async (seed) =>
        payload(`${seed}.json`, await jobFor(`${seed}.jpg`, await picture(seed).jpeg().toBuffer())),
      ),
    );
    const input = JSON.stringify(await jobFor('13.jpg', await picture(13).jpeg().toBuffer()));
    const { code, lines } = await submit([...files, '-', '--json'], { input });
    expect(code).to.equal(0);
    expect(lines.map((line) => Object.keys(line))).to.deep.equal(Array(3).fill(['id', 'requestKey']));
    for (const { id = '' } of lines) expect(await place.outcome(id)).to.equal('completed');
  });

  it('--queue and --prefix name the queue of a pool', async () => {
    const { code } = await submit(['--source', '/a.jpg', '--preset', 'grid', '--queue', 'other', '--prefix', 'p']);
    expect(code).to.equal(0);
    expect(await place.raw.zcard('p:other:prioritized')).to.equal(1);
  });

  it('--dry-run, of a source and of payloads in files, plans and writes nothing, renders nothing', async () => {
    const path = await fileOf('dry.jpg', await picture(2).jpeg().toBuffer());
    const file = await payload('dry.json', await jobFor('dry-2.jpg', await picture(3).jpeg().toBuffer()));
    const before = await sinkHolds();
    const stages = await pod.metric('preview_stage_duration_seconds_count');
    const told = await submit(['--source', path, '--preset', 'grid', '--dry-run', '--wait']);
    expect(told.code).to.equal(0);
    expect(told.stdout).to.match(/^submitted (r\w+)\nplanned {3}\1: grid → file:\/\/\S+\n$/);
    const json = await submit([file, '--dry-run', '--wait', '--json']);
    expect(json.code).to.equal(0);
    expect(json.lines[0]?.result).to.include({ dryRun: true });
    expect(await sinkHolds()).to.deep.equal(before);
    expect(await pod.metric('preview_stage_duration_seconds_count')).to.equal(stages);
  });

  it('--force, of a source and of payloads in files, renders again what is there', async () => {
    const path = await fileOf('again.jpg', await picture(4).jpeg().toBuffer());
    const file = await payload('again.json', await jobFor('again.jpg', await picture(4).jpeg().toBuffer()));
    const cached = async (...args: string[]) => {
      const { lines } = await submit([...args, '--wait', '--json']);
      return (lines[0]?.result as { cached?: boolean } | undefined)?.cached;
    };
    expect(await cached(file)).to.equal(false);
    expect(await cached(file, '--force')).to.equal(false);
    expect(await cached('--source', path, '--preset', 'grid', '--force')).to.equal(false);
  });

  it('exits 1 when a job fails or a payload is refused, says why and what to do, and does the others', async () => {
    const good = await payload('good.json', await jobFor('good.jpg', await picture(5).jpeg().toBuffer()));
    const absent = await payload('absent.json', {
      ...(await jobFor('good.jpg', await picture(5).jpeg().toBuffer())),
      source: { uri: pathToFileURL(join(place.site.inbox, 'absent.jpg')).href },
    });
    const refused = await payload('refused.json', { version: 1, source: { uri: 'file:///a.jpg' }, outputs: [] });
    const before = await queued();
    const told = await submit([refused, absent, good, '--wait', '--timeout-seconds', '30']);
    expect(told.code).to.equal(1);
    expect(told.stderr).to.match(
      /^InvalidPayload: outputs .*; correct the payload.*\nfailed {4}r[0-9a-f]{64}: SourceNotFound: there is no file .*absent\.jpg; check source\.uri[^;]*\n$/,
    );
    expect(told.stdout).to.match(/\n {2}grid {2}64×48/);
    expect((await queued()) - before).to.equal(2);
    const json = await submit([refused, absent, '--wait', '--json']);
    expect(json.code).to.equal(1);
    expect(json.lines.map(({ error }) => error?.reason)).to.deep.equal(['InvalidPayload', 'SourceNotFound']);
    for (const { error } of json.lines)
      expect(Object.keys(error ?? {})).to.have.members(['reason', 'message', 'remedy']);
  });

  it('takes credentials from a file or the environment only, and repeats none', async () => {
    const password = 's3cret-of-redis';
    const redis = await startRedis({ password });
    try {
      const url = redis.url.replace('redis://', `redis://:${password}@`);
      await writeFile(join(folder, 'url'), `${url}\n`);
      const job = ['--source', '/a.jpg', '--preset', 'grid'];
      for (const given of [url, `redis://user:${password}@`]) {
        const refused = await run(['submit', ...job, '--redis', given]);
        expect(refused.code).to.equal(1);
        expect(refused.stderr).to.match(/--redis-url-file/);
        expect(refused.stdout + refused.stderr).to.not.include(password);
      }
      const accepted = await Promise.all([
        run(['submit', ...job, '--redis-url-file', 'url']),
        run(['submit', ...job], { env: { PREVIEW_REDIS_URL: url } }),
      ]);
      for (const { code, stdout, stderr } of accepted) {
        expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
        expect(stdout).to.match(/^submitted r\w+\n$/);
      }
    } finally {
      await redis.stop();
    }
  });

  it('refuses what it can not do, naming what to give', async () => {
    await writeFile(join(folder, 'text.json'), '{"version":');
    const source = ['--source', '/a.jpg'];
    const before = await queued();
    const wrong: [readonly string[], RegExp][] = [
      [[], /nothing to submit.*--source/],
      [source, /--preset NAME or --output/],
      [['text.json', ...source, '--preset', 'grid'], /text\.json.*not JSON/],
      [['text.json', '--preset', 'grid'], /--preset.*--source/],
      [[...source, '--preset', 'grid', '--wait', '--timeout-seconds', 'soon'], /--timeout-seconds.*number/],
      [[...source, '--preset', 'grid', '--redis', 'http://localhost'], /redis:\/\/host:6379/],
    ];
    const told = await Promise.all(wrong.map(([args]) => submit(args)));
    for (const [at, [args, expected]] of wrong.entries()) {
      expect(told[at]?.code, args.join(' ')).to.equal(1);
      expect(told[at]?.stderr, args.join(' '))
        .to.match(expected)
        .and.not.match(/\n\s+at /);
    }
    expect((await run(['submit', ...source, '--preset', 'grid'])).stderr).to.match(
      /--redis-url-file or PREVIEW_REDIS_URL/,
    );
    expect(await queued(), 'nothing was submitted').to.equal(before);
  });

  it('--wait and watch say once why a worker has put the job off; what stands in Redis moves no terminal', async () => {
    const path = await fileOf('patient.jpg', await picture(3).jpeg().toBuffer());
    const heard = (args: readonly string[]) => {
      const started = start([...args, '--redis', place.redis.url]);
      const lines = { stdout: '', stderr: '' };
      for (const stream of ['stdout', 'stderr'] as const)
        started.child[stream]?.on('data', (text) => {
          lines[stream] += text;
        });
      return { ...started, lines };
    };
    const submitted = heard(['submit', '--source', path, '--preset', 'gird', '--wait']);
    const why =
      /^waiting {3}(r[0-9a-f]{64}): a worker put it off for 30 s: outputs\[0\]\.preset 'gird' is no preset of this pool; there are: grid.*\n$/;
    const [, id = ''] = await eventually('it says why it waits', () => why.exec(submitted.lines.stderr) ?? undefined);
    const hostile = 'red \u001b[31mherring\r\nanother line';
    await place.raw.hset(`bull:previews:${id}`, { 'preview:why': hostile, 'preview:newer': 20 });
    const [people, script] = [heard(['watch', id]), heard(['watch', id, '--json'])];
    await eventually('all say the new reason', () =>
      [submitted.lines.stderr, people.lines.stderr, script.lines.stdout].every((told) => told.includes('herring')),
    );
    await (await place.job(id)).promote();
    const ended = await Promise.all([submitted.ended, people.ended, script.ended]);
    expect(ended.map(({ code }) => code)).to.deep.equal([1, 1, 1]);
    const [first, second, third = '', ...more] = ended[0].stderr.trimEnd().split('\n');
    expect(`${first}\n`).to.match(why);
    expect(second).to.equal(`waiting   ${id}: red  [31mherring another line`);
    expect(third).to.match(/^failed .*: InvalidPayload: /);
    expect(more).to.deep.equal([]);
    expect(people.lines.stderr.split('\n')[0]).to.equal(second);
    expect(ended[2].lines[0]).to.deep.equal({ id, why: hostile });
  });

  it('retry lists failures as they stand in Redis in one line each, which moves no terminal', async () => {
    const hostile = 'SourceNotFound: \u001b]0;title\u0007\r\nr0  SourceNotFound: not me';
    const now = Date.now();
    await place.raw.hset('bull:previews:hostile', {
      ...{ name: 'preview', data: '{}', opts: '{}' },
      timestamp: now,
      failedReason: hostile,
    });
    await place.raw.zadd('bull:previews:failed', now, 'hostile');
    const config = join(place.site.folder, 'steady', 'config.json');
    const told = await run(['retry', '--reason', 'SourceNotFound', '--dry-run', '--config', config]);
    await place.raw.zrem('bull:previews:failed', 'hostile');
    const line = told.stdout.split('\n').find((one) => one.startsWith('hostile'));
    expect(line).to.equal('hostile  SourceNotFound:  ]0;title r0  SourceNotFound: not me');
  });

  it('--wait says after a while that no worker is there', async () => {
    const queue = ['--queue', 'nobody-is-here', '--wait', '--timeout-seconds', '7'];
    const { code, stderr } = await submit(['--source', '/b.jpg', '--preset', 'grid', ...queue]);
    expect(code).to.equal(1);
    const [first, second] = stderr.split('\n');
    expect(first).to.match(
      /^waiting {3}r[0-9a-f]{64}: no worker is at the queue bull:nobody-is-here: its pool may be suspended/,
    );
    expect(second).to.match(/not over after 7 s/);
  });

  it('--timeout-seconds ends the waiting, not the job', async () => {
    const queue = ['--queue', 'nobody-works-here', '--wait', '--timeout-seconds', '1'];
    const { code, stderr } = await submit(['--source', '/a.jpg', '--preset', 'grid', ...queue]);
    expect(code).to.equal(1);
    expect(stderr).to.match(
      /not over after 1 s: it is prioritized, and no worker tells of itself at the queue bull:nobody-works-here/,
    );
    expect(await place.raw.zcard('bull:nobody-works-here:prioritized')).to.equal(1);
  });

  it('says what to check where there is no Redis, in bounded time', async () => {
    const { code, stderr, seconds } = await absentRedis;
    expect(code).to.equal(1);
    expect(stderr).to.match(/Redis did not answer within 10 s \(.*ECONNREFUSED.*\): check the address/);
    expect(seconds).to.be.lessThan(25);
  });
});

describe('preview-worker --help', () => {
  const help = async (...command: string[]) => {
    const { code, stdout } = await run([...command, '--help']);
    expect(code).to.equal(0);
    return stdout.replace(/\s+/g, ' ');
  };

  it('lists the commands; one that is unknown is refused', async () => {
    const told = await help();
    for (const command of ['work', 'render', 'submit', 'validate', 'renderer']) expect(told).to.include(` ${command} `);
    const { code, stderr } = await run(['rendre']);
    expect(code).to.equal(1);
    expect(stderr).to.match(/unknown command 'rendre'.*render/s);
  });

  it('of each command says what goes in, what comes out and how it ends', async () => {
    const { properties } = schema.$defs.customOutput;
    const fields = Object.keys(properties).map((name) => `${name}=`);
    const outputs = [...fields, ...properties.fit.enum, ...properties.format.enum];
    const limits = ['timeoutSeconds', 'memoryBytes', 'sourceBytes', 'pixels', 'outputBytes', '50000000'];
    const said: Record<string, readonly string[]> = {
      render: [...outputs, ...limits, '--out', '{file, outputs}', 'remedy', 'exit 1', '512'],
      submit: [
        ...outputs,
        '--preset',
        '--redis-url-file',
        'PREVIEW_REDIS_URL',
        'standard input',
        'exit 1',
        '--dry-run',
      ],
      validate: ['standard input', 'one a line', 'exit 1', '{file, line?, ok, error: {reason, message}}'],
      work: ['PREVIEW_CONFIG', 'PREVIEW_SCRATCH', 'PREVIEW_SOCKET', 'PREVIEW_LISTEN_PORT', 'SIGTERM'],
      renderer: ['PREVIEW_CONFIG', 'PREVIEW_SOCKET', 'PREVIEW_SCRATCH'],
    };
    for (const [command, words] of Object.entries(said)) {
      const told = await help(command);
      for (const word of words) expect(told, command).to.include(word);
      expect(told, command).to.not.match(/default: \{\}|undefined|\[object/);
    }
  });
});

describe('preview-worker', function () {
  this.timeout(60_000);

  it('--version tells the build', async () => {
    const { code, stdout } = await run(['--version']);
    expect(code).to.equal(0);
    expect(stdout).to.match(/^[0-9a-f]{12}\n$/);
  });

  it('capabilities --full says that the full self-test has passed', async () => {
    const { code, stdout } = await run(['capabilities', '--full']);
    expect(code).to.equal(0);
    expect(stdout).to.match(/\nthe full self-test passed in \d+ ms\n$/);
    expect(await readdir(temporary)).to.deep.equal([]);
  });

  it('capabilities and render put their files where a pod has them, whose root is read-only', async () => {
    const env = { TMPDIR: join(folder, 'nowhere'), PREVIEW_SCRATCH: temporary };
    expect(await run(['capabilities', '--json'], { env })).to.include({ code: 0, stderr: '' });
    await writeFile(join(folder, 'in-a-pod.jpg'), await scene({ width: 60, height: 40 }).jpeg().toBuffer());
    const rendered = await run(['render', 'in-a-pod.jpg', '--out', 'of-a-pod', '--json'], { env });
    expect(rendered, rendered.stderr).to.include({ code: 0 });
    expect(await readdir(temporary)).to.deep.equal([]);
  });

  it('names what to give instead of what it was given', async () => {
    const wrong: [readonly string[], RegExp][] = [
      [
        ['work', '--config', 'absent.json'],
        /absent\.json: there is no such file; name it with --config or PREVIEW_CONFIG/,
      ],
      [['sweep', '--config', 'absent.json', '--outbox-seconds', 'soon'], /--outbox-seconds.*number of seconds/],
      [['watch', 'r1', '--redis', 'redis://127.0.0.1:1', '--timeout-seconds', 'soon'], /--timeout-seconds.*number/],
      [['watch', 'r1', '--redis-url-file', 'absent'], /absent can not be read \(ENOENT\): name the file that holds/],
      [['health', '--url', 'localhost:3000'], /--url 'localhost:3000' must look like http:/],
    ];
    const told = await Promise.all(wrong.map(([args]) => run(args)));
    for (const [at, [args, expected]] of wrong.entries()) {
      expect(told[at]?.code, args.join(' ')).to.equal(1);
      expect(told[at]?.stderr, args.join(' ')).to.match(expected);
    }
  });

  it('work shares a renderer only with its scratch folder', async () => {
    const { code, stderr } = await run(['work'], { env: { PREVIEW_SOCKET: '/nowhere.sock' } });
    expect(code).to.equal(1);
    expect(stderr).to.match(/PREVIEW_SCRATCH is not set/);
  });
});

describe('preview-worker work', function () {
  this.timeout(120_000);
  const shown = shownIn('docs/worker.md', import.meta.url);
  let place: Workplace;

  before(async () => {
    folder = temporary = tmpdir();
    place = await Workplace.open();
  });
  after(() => place?.close());

  /** As docs/worker.md has it. */
  const configured = async () => {
    const limits = { timeoutSeconds: 30, memoryBytes: 2 ** 29, sourceBytes: 2 ** 28, pixels: 5e7 };
    const config = {
      version: 1,
      queue: { name: 'previews', prefix: 'bull' },
      redis: { url: place.redis.url },
      slots: 1,
      perJob: { ...limits, pages: 1, frames: 1, outputBytes: 2 ** 25 },
      sources: { file: { roots: [{ path: place.site.inbox }] } },
      sink: { file: { path: place.site.previews } },
      presets: [],
      shutdownGraceSeconds: 5,
      logLevel: 'info',
    };
    await writeFile(join(folder, 'worker.json'), JSON.stringify(config));
  };
  const work = (port = '0') => start(['work', '--config', 'worker.json'], { env: { PREVIEW_LISTEN_PORT: port } });

  it('takes jobs by the commands of docs/worker.md, until Ctrl-C', async () => {
    const { inbox, previews, folder: own } = place.site;
    const config = join(own, 'documented.json');
    const ours = { '/tmp/inbox': inbox, '/tmp/previews': previews, '/tmp/worker.json': config };
    const placeholders = { ...ours, 'redis://127.0.0.1:6379': place.redis.url };
    for (const pattern of [/^mkdir /, /^cat > /]) await inShell(shown.take(pattern), { with: placeholders });
    const command = shown.take(/ work --config /).replace('/tmp/worker.json', config);
    const worker = new ManagedProcess({
      ...{ name: command, command: ['bash', '-c', command], logFile: join(own, 'documented.log') },
      env: { ...process.env, PREVIEW_LISTEN_PORT: '0' },
    });
    try {
      await worker.ready(async () => worker.logTail().includes('taking jobs'), 60);
      const id = await place.submit('photo.jpg', await scene({ width: 90, height: 60 }).jpeg().toBuffer());
      expect(await place.client.result(id, { timeoutSeconds: 40 })).to.have.nested.property('outputs[0].name', 'grid');
      process.kill(-worker.pid, 'SIGINT');
      await worker.exited;
      expect(processesMentioning(config)).to.deep.equal([]);
    } finally {
      await worker.stop();
    }
  });

  it('leaves nothing in the temporary folder when it was asked to end', async () => {
    await configured();
    const { child, ended } = work();
    let told = '';
    child.stdout?.on('data', (piece) => {
      told += piece;
    });
    await eventually('it takes jobs', () => told.includes('taking jobs'), { seconds: 60 });
    expect(await readdir(temporary)).to.have.length(1);
    child.kill('SIGINT');
    const { code, stdout, stderr } = await ended;
    expect(code).to.equal(0);
    for (const line of `${stdout}${stderr}`.trim().split('\n')) {
      expect(JSON.parse(line), 'one form for both sides').to.include.keys('level', 'time', 'component', 'msg');
      expect(line).to.match(/"level":"\w+","time":"20/);
    }
    expect(await readdir(temporary)).to.deep.equal([]);
  });

  it('names the setting when its port is taken, and leaves nothing either', async () => {
    await configured();
    const { port } = place.redis;
    const { code, stdout } = await work(String(port)).ended;
    expect(code).to.equal(1);
    expect(stdout).to.match(new RegExp(`port ${port} \\(EADDRINUSE\\): .*PREVIEW_LISTEN_PORT`));
    expect(await readdir(temporary)).to.deep.equal([]);
  });
});
