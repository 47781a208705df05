import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { connectRenderer } from '../../../worker/renderer/connection.ts';
import { LINE_BYTES } from '../../../worker/renderer/lines.ts';
import { processTable, treeOf } from '../../../worker/renderer/processes.ts';
import { serveOneWorker } from '../../../worker/renderer/serve.ts';
import type { SlotTask } from '../../../worker/renderer/slot-protocol.ts';
import type { Supervisor } from '../../../worker/renderer/supervisor.ts';
import { eventually } from '../../cluster/eventually.ts';
import { mayMount, type SmallVolume, smallVolume } from '../../faults/small-volume.ts';
import { scene } from '../../fixtures/images.ts';
import { LIMITS, output } from '../renderers/conformance.ts';
import { call, type Peer } from './peer.ts';

const PROGRAM = fileURLToPath(new URL('../../../worker/renderer/local-main.ts', import.meta.url));
const failure = (work: Promise<unknown>): Promise<Error> =>
  work.then(
    () => new Error('no failure'),
    (error: Error) => error,
  );

/** The renderer as its own program, with the environment that a container might have. */
class Program {
  readonly child: ChildProcess;
  readonly ended: Promise<string>;
  readonly socketPath: string;
  log = '';

  constructor(folder: string, differing: object = {}) {
    this.socketPath = join(folder, 's');
    const told = {
      socketPath: this.socketPath,
      scratch: folder,
      slots: 1,
      perJob: LIMITS,
      logLevel: 'debug',
      renderers: {},
      ...differing,
    };
    this.child = spawn(process.execPath, [PROGRAM, JSON.stringify(told)], {
      env: { AWS_SECRET_ACCESS_KEY: 'not-for-slots', REDIS_PASSWORD: 'not-for-slots' },
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    this.child.stderr?.on('data', (chunk: Buffer) => {
      this.log += chunk.toString();
    });
    this.ended = once(this.child, 'exit').then(([code, signal]) => signal ?? `code ${code}`);
  }

  /** A raw connection that heard `ready`. */
  async claim(): Promise<Peer> {
    const peer = await eventually('the renderer listens', () => call(this.socketPath), { seconds: 60 });
    await eventually('ready', () => peer.messages('ready').length === 1);
    return peer;
  }

  descendants(): number[] {
    return treeOf(processTable(), this.child.pid ?? 0)
      .map(({ pid }) => pid)
      .filter((pid) => pid !== this.child.pid);
  }

  logged(message: string): boolean {
    return this.log.includes(`"msg":"${message}`);
  }
}

describe('the renderer as a program', function () {
  this.timeout(120_000);
  let folder: string;
  let program: Program;
  const start = (differing?: object): Program => {
    program = new Program(folder, differing);
    return program;
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'preview-serve-'));
  });
  afterEach(async () => {
    program.child.kill('SIGKILL');
    await program.ended;
    await rm(folder, { recursive: true, force: true });
  });

  const BROKEN: readonly [string, string, RegExp][] = [
    [
      'renders its sample wrongly',
      `export default { name: 'broken', version: '1', samples: { x: async () => Buffer.from('nothing known') }, mediaTypes: ['x/x'], recognise: () => undefined,
        open: async () => { throw new Error('never') } };`,
      /renderer broken, format x: its sample was taken for text\/plain, which is text’s/,
    ],
    ['can not be loaded', `import '${'node:nothing'}';`, /before it was ready.*nothing/s],
    ['crashes its process', `process.abort();`, /before it was ready.*SIGABRT/s],
  ];
  for (const [title, source, reason] of BROKEN) {
    it(`ends with 78 and one line in the termination log when a renderer ${title}`, async () => {
      await writeFile(join(folder, 'broken.mjs'), source);
      const terminationLog = join(folder, 'termination-log');
      await writeFile(terminationLog, '');
      start({ renderers: { extra: [join(folder, 'broken.mjs')] }, terminationLog });
      expect(await program.ended).to.equal('code 78');
      const told = readFileSync(terminationLog, 'utf8');
      expect(told).to.match(/^[^\n]+\n$/);
      expect(told.length).to.be.below(4096);
      expect(JSON.parse(told))
        .to.include({ error: 'SelfTestFailed', passed: false })
        .and.property('reason')
        .match(reason);
      expect(existsSync(program.socketPath), 'nobody is invited to a renderer that can not render').to.equal(false);
    });
  }

  const UNFIT: readonly [string, string, RegExp][] = [
    [
      'does not read a format that it claims',
      `recognise: (head) => (head[0] === 1 ? 'x/x' : undefined), open: async () => picture,
        samples: { one: async () => Buffer.from([1]), two: async () => Buffer.from([2, 0]) }`,
      /renderer unfit, format two: the first bytes of the file are of no known format/,
    ],
    [
      'draws more than the limits allow',
      `recognise: (head) => (head[0] === 1 ? 'x/x' : undefined), samples: { one: async () => Buffer.from([1]) },
        open: async () => ({ width: 9, height: 9, raster: async () => ({ width: 9, height: 9, channels: 1, data: Buffer.alloc(81) }) })`,
      /renderer unfit, format one: the limit pixels did not hold/,
    ],
    [
      'takes its process down over a damaged file',
      `recognise: (head) => (head[0] === 1 ? 'x/x' : undefined), samples: { one: async () => Buffer.from([1, 1]) },
        open: async ({ path }) => { if ((await import('node:fs')).statSync(path).size < 2) process.abort(); return picture; }`,
      /SIGABRT/,
    ],
  ];
  for (const [title, source, reason] of UNFIT) {
    it(`passes the quick self-test, and ends with 78 after the full one, when a renderer ${title}`, async () => {
      await writeFile(
        join(folder, 'unfit.mjs'),
        `const picture = { width: 1, height: 1, raster: async () => ({ width: 1, height: 1, channels: 1, data: Buffer.alloc(1) }) };
        export default { name: 'unfit', version: '1', mediaTypes: ['x/x'], ${source} };`,
      );
      const terminationLog = join(folder, 'termination-log');
      await writeFile(terminationLog, '');
      start({ renderers: { extra: [join(folder, 'unfit.mjs')] }, terminationLog });
      const connection = await connectRenderer({ socketPath: program.socketPath, signal: AbortSignal.timeout(60_000) });
      expect(connection.capabilities.selfTest.passed).to.equal(true);
      const { passed, reason: why } = await connection.selfTest(AbortSignal.timeout(60_000));
      expect(passed).to.equal(false);
      expect(why).to.match(reason);
      await connection.closed;
      expect(await program.ended).to.equal('code 78');
      const told = JSON.parse(readFileSync(terminationLog, 'utf8'));
      expect(told).to.include({ error: 'SelfTestFailed', passed: false, reason: why });
      expect((await readdir(folder)).filter((name) => name.startsWith('self-test'))).to.be.empty;
    });
  }

  it('passes the full self-test with every renderer that the image has, whatever a pool allows its jobs, and goes on', async () => {
    start({ perJob: { ...LIMITS, timeoutSeconds: 1, memoryBytes: 200 * 2 ** 20 } });
    const connection = await connectRenderer({ socketPath: program.socketPath, signal: AbortSignal.timeout(60_000) });
    const slots = program.descendants();
    expect(slots).to.have.length(1);
    expect(await connection.selfTest(AbortSignal.timeout(60_000))).to.include({ passed: true });
    expect(await connection.selfTest(AbortSignal.timeout(60_000)), 'again').to.include({ passed: true });
    expect(program.descendants(), 'it had a process of its own').to.deep.equal(slots);
    connection.close();
    expect(await program.ended).to.equal('code 0');
  });

  it('makes no termination log where Kubernetes has put none, and ends with 78 when it can not write', async () => {
    const terminationLog = join(folder, 'termination-log');
    start({ scratch: join(folder, 'absent'), terminationLog });
    expect(await program.ended).to.equal('code 78');
    expect(await readdir(folder)).to.be.empty;
  });

  if (mayMount()) {
    for (const [what, spoil, code] of [
      ['full', (volume: SmallVolume) => writeFile(join(volume.path, 'filler'), Buffer.alloc(64 << 20)), 'ENOSPC'],
      ['read-only', async (volume: SmallVolume) => volume.readOnly(true), 'EROFS'],
    ] as const) {
      it(`ends with 75, which blames no image, when its scratch volume is ${what}, and serves once it is not`, async () => {
        using volume = smallVolume(32 << 10);
        await spoil(volume).catch(() => {});
        const terminationLog = join(folder, 'termination-log');
        await writeFile(terminationLog, '');
        start({ scratch: volume.path, terminationLog });
        expect(await program.ended).to.equal('code 75');
        expect(JSON.parse(readFileSync(terminationLog, 'utf8')))
          .to.include({ error: 'ScratchUnavailable', passed: false })
          .and.property('reason')
          .match(new RegExp(`^${code}: `));
        volume.readOnly(false);
        await rm(join(volume.path, 'filler'), { force: true });
        start({ scratch: volume.path, terminationLog });
        const connection = await connectRenderer({
          socketPath: program.socketPath,
          signal: AbortSignal.timeout(60_000),
        });
        expect(connection.capabilities.selfTest.passed).to.equal(true);
        connection.close();
        expect(await program.ended).to.equal('code 0');
      });
    }
  }

  it('ignores SIGTERM and SIGINT while a worker is connected, renders on, and ends when the worker hangs up', async () => {
    start({ unclaimedSeconds: 0.2 });
    const connection = await connectRenderer({ socketPath: program.socketPath, signal: AbortSignal.timeout(60_000) });
    const slots = program.descendants();
    expect(slots).to.have.length(1);
    program.child.kill('SIGTERM');
    program.child.kill('SIGINT');
    await eventually('both signals were heard', () => program.log.split('told to end').length === 3);
    await delay(500);
    await mkdir(join(folder, 'job'));
    await writeFile(join(folder, 'job', 'source'), await scene({ width: 90, height: 60 }).jpeg().toBuffer());
    const request = { folder: 'job', source: 'source', limits: LIMITS, outputs: [output()] };
    const result = await connection.render(request, AbortSignal.timeout(60_000));
    expect(result.outputs[0]).to.include({ width: 64, height: 43 });
    connection.close();
    expect(await program.ended).to.equal('code 0');
    expect(slots.filter((pid) => existsSync(`/proc/${pid}`))).to.be.empty;
  });

  it('ends a renderer that no worker has claimed within unclaimedSeconds of SIGTERM', async () => {
    start({ unclaimedSeconds: 1 });
    await eventually('it listens', () => program.logged('renderer ready') && existsSync(program.socketPath), {
      seconds: 60,
    });
    program.child.kill('SIGTERM');
    const begun = performance.now();
    expect(await program.ended).to.equal('code 0');
    expect(performance.now() - begun).to.be.within(900, 5000);
  });

  it('serves a worker that comes between SIGTERM and unclaimedSeconds, for as long as it stays', async () => {
    start({ unclaimedSeconds: 1.5 });
    await eventually('it listens', () => program.logged('renderer ready') && existsSync(program.socketPath), {
      seconds: 60,
    });
    program.child.kill('SIGTERM');
    await eventually('SIGTERM was heard', () => program.logged('told to end'));
    const worker = await program.claim();
    await delay(2000);
    expect(worker.open).to.equal(true);
    worker.hangUp();
    expect(await program.ended).to.equal('code 0');
  });

  it('refuses a second worker and keeps the first; its socket is its user’s alone', async () => {
    start();
    const first = await program.claim();
    expect((await stat(program.socketPath)).mode & 0o777).to.equal(0o600);
    const second = await call(program.socketPath);
    await second.closed;
    expect(second.heard).to.be.empty;
    first.say({ type: 'identify', id: 1, request: { folder: 'job', source: 'source', limits: LIMITS } });
    await eventually('an answer', () => first.messages('failed').length === 1);
    first.end();
    expect(await program.ended).to.equal('code 0');
    expect(program.logged('a second worker was refused')).to.equal(true);
  });

  it('shows its slots nothing of its own environment', async () => {
    start();
    const worker = await program.claim();
    const [slot] = program.descendants();
    const environment = readFileSync(`/proc/${slot}/environ`, 'utf8').split('\0').filter(Boolean);
    expect(environment.map((entry) => entry.split('=')[0]).sort()).to.deep.equal([
      'FONTCONFIG_FILE',
      'MALLOC_ARENA_MAX',
      'MALLOC_MMAP_THRESHOLD_',
      'MALLOC_TRIM_THRESHOLD_',
      'PREVIEW_SLOT',
    ]);
    worker.hangUp();
    await program.ended;
  });

  it('ends in order when the worker says what is no protocol', async () => {
    start();
    const worker = await program.claim();
    worker.say('\x16\x03\x01 no TLS here\n');
    await worker.closed;
    expect(await program.ended).to.equal('code 0');
    expect(program.log).to.include('a line that is no JSON');
  });

  it('ends with whoever started it, also before a worker came', async () => {
    start();
    await eventually('it listens', () => program.logged('renderer ready'), { seconds: 60 });
    const slots = program.descendants();
    program.child.stdin?.destroy();
    expect(await program.ended).to.equal('code 0');
    expect(slots.filter((pid) => existsSync(`/proc/${pid}`))).to.be.empty;
  });

  it('knows its scratch folder by its real path too, as the worker names it', async () => {
    await mkdir(join(folder, 'real', 'job'), { recursive: true });
    await writeFile(join(folder, 'real', 'job', 'source'), 'some text\n');
    await symlink('real', join(folder, 'link'));
    start({ scratch: join(folder, 'link') });
    const connection = await connectRenderer({ socketPath: program.socketPath, signal: AbortSignal.timeout(60_000) });
    const request = { folder: join(folder, 'real', 'job'), source: 'source', limits: LIMITS };
    const { mediaType } = await connection.identify(request, AbortSignal.timeout(20_000));
    expect(mediaType).to.equal('text/plain');
    connection.close();
    await program.ended;
  });

  it('takes the place of a renderer that was killed and left its socket', async () => {
    const killed = start();
    await killed.claim();
    killed.child.kill('SIGKILL');
    await killed.ended;
    expect(existsSync(killed.socketPath)).to.equal(true);
    start();
    const worker = await program.claim();
    worker.hangUp();
    expect(await program.ended).to.equal('code 0');
  });
});

describe('the renderer’s end of the socket', function () {
  this.timeout(30_000);
  const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  let folder: string;
  let over: AbortController;
  let served: ReturnType<typeof serveOneWorker>;
  let tasks: { task: SlotTask; limits: object; signal: AbortSignal }[];
  let errors: string[];

  /** A worker on the other end of a renderer whose slots never answer. */
  async function worker(): Promise<Peer> {
    const supervisor = {
      onSlotRestarted: () => {},
      run: (task: SlotTask, limits: object, signal: AbortSignal) => {
        tasks.push({ task, limits, signal });
        return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      },
    } as unknown as Supervisor;
    const socketPath = join(folder, 's');
    served = serveOneWorker({
      socketPath,
      scratch: folder,
      perJob: LIMITS,
      capabilities: { slots: 1, renderers: [], selfTest: { passed: true, milliseconds: 0 } },
      supervisor,
      fullTest: async () => ({ passed: true, milliseconds: 0 }),
      log: {
        ...SILENT,
        error: (fields) => errors.push(JSON.stringify(fields)),
        warn: (fields) => errors.push(JSON.stringify(fields)),
      },
      signal: over.signal,
      unclaimedSeconds: 1,
    });
    const peer = await eventually('it listens', () => call(socketPath));
    await eventually('ready', () => peer.messages('ready').length === 1);
    return peer;
  }
  const request = (differing: object = {}) => ({
    folder: join(folder, 'job'),
    source: 'source',
    limits: LIMITS,
    outputs: [output()],
    ...differing,
  });
  const render = (differing: object = {}, id: unknown = 1) => ({ type: 'render', id, request: request(differing) });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'preview-attend-'));
    over = new AbortController();
    tasks = [];
    errors = [];
  });
  afterEach(async () => {
    over.abort();
    await served;
    await rm(folder, { recursive: true, force: true });
  });

  const LIES: readonly [string, () => readonly (object | string | Buffer)[], RegExp][] = [
    ['bytes that are no JSON', () => ['GET / HTTP/1.1\r\n\r\n\n'], /no JSON/],
    ['zeros', () => [Buffer.alloc(1000), '\n'], /no JSON/],
    ['a line without an end', () => ['x'.repeat(LINE_BYTES + 1)], /more than \d+ bytes/],
    ['a line that is too long', () => [`"${'x'.repeat(LINE_BYTES)}"\n`], /bytes/],
    ['nothing', () => ['null\n'], /not an object/],
    ['a list', () => ['[1]\n'], /not an object/],
    [
      'an unknown message',
      () => [{ type: 'shutdown', id: 1, request: request() }],
      /none of identify, render, self-test, cancel/,
    ],
    ['a message without an id', () => [{ type: 'render', request: request() }], /id is not/],
    ['a request without a folder', () => [render({ folder: 1 })], /request.folder/],
    ['a source outside the folder', () => [render({ source: '../other/source' })], /request.source/],
    ['an output that is a path', () => [render({ outputs: [output({ name: '../x' })] })], /request.outputs.name/],
    ['a limit that is no number', () => [render({ limits: { ...LIMITS, memoryBytes: 'all' } })], /memoryBytes/],
    ['the id of a request that still runs', () => [render(), render()], /"id":1/],
  ];
  for (const [title, lie, reason] of LIES) {
    it(`hangs up on ${title}, names it, and cancels what runs`, async () => {
      const peer = await worker();
      peer.say(...lie());
      await peer.closed;
      await served;
      expect(errors.join()).to.match(reason);
      expect(tasks.every(({ signal }) => signal.aborted)).to.equal(true);
    });
  }

  it('starts nothing for half a line', async () => {
    const peer = await worker();
    peer.say(JSON.stringify(render()));
    peer.end();
    await served;
    expect(tasks).to.be.empty;
  });

  it('fails a job whose folder is not directly below the scratch folder, and serves on', async () => {
    const peer = await worker();
    const folders = ['/etc', '..', '.', '', 'a/b', `${folder}/../x`, '.hidden', folder];
    peer.say(...folders.map((path, id) => render({ folder: path }, id)));
    await eventually('every answer', () => peer.messages('failed').length === folders.length);
    expect(new Set(peer.messages('failed').map(({ reason }) => reason))).to.deep.equal(new Set(['Internal']));
    expect(tasks).to.be.empty;
    peer.say(render({}, 99));
    await eventually('a task', () => tasks.length === 1);
  });

  it('tightens every limit to what the renderer was started with, and loosens none', async () => {
    const peer = await worker();
    const loose = Object.fromEntries(Object.keys(LIMITS).map((name) => [name, 1e15]));
    peer.say(render({ limits: loose }), render({ limits: { ...LIMITS, pixels: 5 } }, 2), render({ limits: {} }, 3));
    await eventually('three tasks', () => tasks.length === 3);
    const seen = tasks.map(({ task, limits }) => {
      expect('request' in task && task.request.limits).to.deep.equal(limits);
      return limits;
    });
    expect(seen).to.deep.equal([LIMITS, { ...LIMITS, pixels: 5 }, LIMITS]);
  });

  it('cancels by id, and knows nothing of ids that do not run', async () => {
    const peer = await worker();
    peer.say(render({}, 1), render({}, 2));
    peer.say({ type: 'cancel', id: 77 }, { type: 'cancel', id: 2 });
    await eventually('an answer', () => peer.messages('failed').length === 1);
    expect(peer.messages('failed')[0]).to.include({ id: 2, reason: 'RendererUnavailable' });
    expect(tasks.map(({ signal }) => signal.aborted)).to.deep.equal([false, true]);
  });

  it('refuses a socket path that no kernel takes, by name', async () => {
    await worker();
    const socketPath = join(folder, 'x'.repeat(108));
    const error = await failure(
      serveOneWorker({ socketPath, log: SILENT, signal: over.signal } as unknown as Parameters<
        typeof serveOneWorker
      >[0]),
    );
    expect(error.message).to.include('107 bytes').and.include('shorter scratch folder');
  });
});
