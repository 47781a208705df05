import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { PreviewFailure } from '../../../worker/failures.ts';
import { type LocalRenderer, startLocalRenderer } from '../../../worker/renderer/local.ts';
import { processTable, treeOf } from '../../../worker/renderer/processes.ts';
import type { JobLimits } from '../../../worker/renderer/protocol.ts';
import { Supervisor } from '../../../worker/renderer/supervisor.ts';
import { eventually } from '../../cluster/eventually.ts';
import { type Poison, poison } from '../../fixtures/poison-renderer.ts';
import { LIMITS as GENEROUS, output } from '../renderers/conformance.ts';

const POISON = fileURLToPath(new URL('../../fixtures/poison-renderer.ts', import.meta.url));
const LIMITS: JobLimits = { ...GENEROUS, timeoutSeconds: 20 };
const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};
const environment = (pid: number): string[] => read(`/proc/${pid}/environ`).split('\0').filter(Boolean);
const isSleep = (pid: number): boolean => read(`/proc/${pid}/cmdline`).startsWith('/bin/sleep\x00600');
/** Every `sleep 600` that carries this renderer's mark, wherever it hangs by now: only the poison renderer starts such. */
const sleeping = (renderer: number): number[] => {
  const mark = environment(renderer).find((entry) => entry.startsWith('PREVIEW_RENDERER='));
  return processTable()
    .map(({ pid }) => pid)
    .filter((pid) => isSleep(pid) && environment(pid).includes(mark ?? ''));
};
const below = (pid: number): number[] =>
  treeOf(processTable(), pid)
    .map((entry) => entry.pid)
    .filter((entry) => entry !== pid);

const failure = (work: Promise<unknown>): Promise<Error> =>
  work.then(
    () => new Error('no failure'),
    (error: Error) => error,
  );
const reason = async (work: Promise<unknown>): Promise<string> => {
  const error = await failure(work);
  return error instanceof PreviewFailure ? error.reason : error.message;
};

describe('a slot', function () {
  this.timeout(120_000);
  let scratch: string;
  let jobs = 0;

  async function folderWith(kind: Poison): Promise<string> {
    jobs += 1;
    const folder = join(scratch, `job-${jobs}`);
    await mkdir(folder);
    await writeFile(join(folder, 'source'), poison(kind));
    return folder;
  }
  const taskOf = async (kind: Poison) => ({
    type: 'render' as const,
    request: { folder: await folderWith(kind), source: 'source', limits: LIMITS, outputs: [output()] },
  });

  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'preview-slots-'));
  });
  after(() => rm(scratch, { recursive: true, force: true }));

  describe('of a local renderer', () => {
    let renderer: LocalRenderer;
    const restarts: string[] = [];
    const render = async (kind: Poison, signal = new AbortController().signal) =>
      renderer.connection.render((await taskOf(kind)).request, signal);

    before(async () => {
      renderer = await startLocalRenderer({
        scratch,
        slots: 1,
        perJob: LIMITS,
        renderers: { extra: [POISON] },
        onSlotRestarted: (cause) => restarts.push(cause),
      });
    });
    after(() => renderer?.stop());
    beforeEach(() => restarts.splice(0));

    it('sees nothing of the environment of those who started it', async () => {
      process.env['AWS_SECRET_ACCESS_KEY'] = 'not-for-slots';
      try {
        const family = below(renderer.pid);
        expect(family).to.not.be.empty;
        for (const pid of [renderer.pid, ...family]) {
          const names = environment(pid).map((entry) => entry.split('=')[0]);
          expect(names).to.include('PREVIEW_RENDERER');
          expect(
            names.filter(
              (name) => !/^(PREVIEW_RENDERER|PREVIEW_SLOT|MALLOC_[A-Z_]+|FONTCONFIG_FILE)$/.test(name ?? ''),
            ),
          ).to.be.empty;
        }
      } finally {
        delete process.env['AWS_SECRET_ACCESS_KEY'];
      }
    });

    for (const kind of ['fork', 'escape'] as const) {
      it(`is killed with what it started when its job is cancelled (${kind}), and its place works within a second`, async () => {
        const took: number[] = [];
        // The machine may be busy; the slot is as fast as its fastest try.
        for (let round = 0; round < 3 || (round < 20 && Math.min(...took) >= 1000); round++) {
          const controller = new AbortController();
          const job = failure(render(kind, controller.signal));
          const [sleeper = 0] = await eventually('its child', () => {
            const found = below(renderer.pid).filter(isSleep);
            return found.length > 0 && found;
          });
          const start = performance.now();
          controller.abort(new Error('enough'));
          expect(await job).to.include({ message: 'enough' });
          expect(isSleep(sleeper), 'its child is gone before the worker hears of it').to.equal(false);
          expect((await render('sample')).outputs).to.have.length(1);
          took.push(performance.now() - start);
        }
        expect(restarts).to.deep.equal(took.map(() => 'cancel'));
        expect(Math.min(...took)).to.be.below(1000);
      });
    }

    const HARM: readonly [Poison, string, string][] = [
      ['exit', 'RendererCrashed', 'crash'],
      ['babble', 'RendererCrashed', 'crash'],
      ['flood', 'RendererCrashed', 'crash'],
      ['disguise', 'RendererCrashed', 'crash'],
      ['mislabel', 'RendererCrashed', 'crash'],
      ['mumble', 'RendererCrashed', 'crash'],
      ['slander', 'RendererCrashed', 'crash'],
    ];
    for (const [kind, expected, cause] of HARM) {
      it(`that does “${kind}” fails its own job: ${expected}`, async () => {
        expect(await reason(render(kind))).to.equal(expected);
        expect((await render('sample')).outputs).to.have.length(1);
        expect(restarts).to.deep.equal([cause]);
      });
    }

    it('that forges an answer fails its own job, is replaced, and the connection stays', async () => {
      const bystander = render('sample');
      expect(await reason(render('forge'))).to.equal('RendererCrashed');
      expect((await bystander).outputs).to.have.length(1);
      expect((await render('sample')).outputs).to.have.length(1);
      expect(restarts).to.deep.equal(['crash']);
    });

    it('that answers and then hangs is replaced, and the next job, which it never read, fails for nothing', async () => {
      expect((await render('swell')).outputs).to.have.length(1);
      expect((await render('sample')).outputs).to.have.length(1);
      expect(restarts).to.deep.equal(['timeout']);
    });

    it('that answers a job before it reads it is replaced, and the job, which it never read, fails for nothing', async () => {
      expect((await render('foretell')).outputs).to.have.length(1);
      expect((await render('sample')).outputs).to.have.length(1);
      expect(restarts).to.deep.equal(['crash']);
    });

    it('that throws what it should not still names a reason', async () => {
      expect(await reason(render('untyped'))).to.equal('DecodeFailed');
      expect(restarts).to.be.empty;
    });

    it('is replaced when it leaves a process behind, which is ended', async () => {
      expect((await render('stray')).outputs).to.have.length(1);
      await eventually('the stray is gone', () => restarts.length === 1 && sleeping(renderer.pid).length === 0);
      expect(restarts).to.deep.equal(['recycle']);
    });

    it('fails 40 jobs that wait for it, when it is lost with its renderer, in a way that gives them back', async () => {
      const other = await mkdtemp(join(tmpdir(), 'preview-lost-'));
      const lost = await startLocalRenderer({
        scratch: other,
        slots: 1,
        perJob: LIMITS,
        renderers: { extra: [POISON] },
      });
      try {
        const folder = join(other, 'job');
        await mkdir(folder);
        await writeFile(join(folder, 'source'), poison('fork'));
        const request = { folder, source: 'source', limits: LIMITS, outputs: [output()] };
        const waiting = Array.from({ length: 40 }, () =>
          failure(lost.connection.render(request, AbortSignal.timeout(60_000))),
        );
        const family = await eventually('its child', () => {
          const found = below(lost.pid);
          return found.some(isSleep) && found;
        });
        process.kill(lost.pid, 'SIGKILL');
        for (const error of await Promise.all(waiting)) expect(error).to.include({ reason: 'RendererUnavailable' });
        await lost.stop();
        expect(family.filter((pid) => environment(pid).some((entry) => entry.startsWith('PREVIEW_SLOT=')))).to.be.empty;
      } finally {
        await lost.stop();
        await rm(other, { recursive: true, force: true });
      }
    });
  });

  describe('under a supervisor', () => {
    let supervisor: Supervisor;
    const restarts: string[] = [];
    const run = async (kind: Poison, signal = new AbortController().signal) =>
      supervisor.run(await taskOf(kind), LIMITS, signal);
    async function start(differing: { recycleAfter?: number; perJob?: JobLimits; slots?: number } = {}) {
      restarts.splice(0);
      supervisor = new Supervisor({
        slots: 1,
        perJob: LIMITS,
        log: SILENT,
        renderers: { extra: [POISON] },
        ...differing,
      });
      supervisor.onSlotRestarted((cause) => restarts.push(cause));
      await supervisor.start();
    }
    const slots = () =>
      below(process.pid).filter((pid) => environment(pid).some((entry) => entry.startsWith('PREVIEW_SLOT=')));
    afterEach(async () => {
      await supervisor.stop();
      expect(slots()).to.be.empty;
    });

    it('is recycled after so many tasks', async () => {
      await start({ recycleAfter: 3 });
      const [first] = slots();
      for (let task = 0; task < 7; task++) await run('sample');
      await eventually('two restarts', () => restarts.length === 2);
      expect(restarts).to.deep.equal(['recycle', 'recycle']);
      expect(slots()).to.not.include(first);
    });

    it('is recycled when it holds more than half of a job’s memory between two', async () => {
      await start({ perJob: { ...LIMITS, memoryBytes: 400 * 2 ** 20 } });
      await run('sample');
      expect(restarts).to.be.empty;
      await run('hoard');
      await eventually('a restart', () => restarts.length === 1);
      await run('sample');
      expect(restarts).to.deep.equal(['recycle']);
    });

    it('is not harmed by a job that was cancelled before it began', async () => {
      await start();
      const reason = new Error('enough');
      const [slot] = slots();
      // In the same turn as the request: the slot is being handed over and listens to nobody yet.
      const controller = new AbortController();
      const task = await taskOf('hang');
      const job = failure(supervisor.run(task, LIMITS, controller.signal));
      controller.abort(reason);
      const start_ = performance.now();
      expect(await job).to.equal(reason);
      expect(performance.now() - start_).to.be.below(5000);
      await run('sample');
      expect(slots()).to.deep.equal([slot]);
    });

    it('is asked for in turn, and those who wait can leave', async () => {
      await start();
      const order: string[] = [];
      const controller = new AbortController();
      const note = (name: string) => (error: Error) => order.push(`${name} ${error.message}`);
      const task = await taskOf('sample');
      const ask = (signal = new AbortController().signal) => supervisor.run(task, LIMITS, signal);
      const work = [
        ask().then(() => order.push('first')),
        ask(controller.signal).then(() => order.push('second'), note('second')),
        ask().then(() => order.push('third')),
      ];
      controller.abort(new Error('left'));
      await Promise.all(work);
      expect(order).to.deep.equal(['second left', 'first', 'third']);
    });

    it('is gone after stop, also in the middle of a job and while another waits', async () => {
      await start();
      const busy = reason(run('fork'));
      await eventually('its child', () => below(process.pid).some(isSleep));
      const waiting = reason(run('sample'));
      await supervisor.stop();
      expect(await Promise.all([busy, waiting])).to.deep.equal(['RendererUnavailable', 'RendererUnavailable']);
      expect(below(process.pid).filter(isSleep)).to.be.empty;
    });

    it('that is killed from outside is replaced', async () => {
      await start();
      for (const pid of slots()) process.kill(pid, 'SIGKILL');
      await eventually('a restart', () => restarts.length === 1);
      await run('sample');
      expect(restarts).to.deep.equal(['crash']);
    });
  });

  it('is gone when the program that started the renderer is killed', async () => {
    const folder = join(scratch, 'orphans');
    const source = `
      const { startLocalRenderer } = await import(${JSON.stringify(new URL('../../../worker/renderer/local.ts', import.meta.url).href)});
      const { connection, pid } = await startLocalRenderer(${JSON.stringify({ scratch: folder, slots: 2, perJob: LIMITS, renderers: { extra: [POISON] } })});
      const request = { folder: 'job', source: 'source', limits: ${JSON.stringify(LIMITS)}, outputs: [${JSON.stringify(output())}] };
      connection.render(request, new AbortController().signal).catch(() => {});
      console.log(pid);`;
    await mkdir(join(folder, 'job'), { recursive: true });
    await writeFile(join(folder, 'job', 'source'), poison('fork'));
    const parent: ChildProcess = spawn(process.execPath, ['--input-type=module', '-e', source], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(parent.stdout!, 'data')) as [Buffer];
    const renderer = Number(line.toString());
    const mark = environment(renderer).find((entry) => entry.startsWith('PREVIEW_RENDERER='));
    expect(mark).to.match(/=.{36}$/);
    const marked = () =>
      processTable()
        .filter(({ pid, zombie }) => !zombie && environment(pid).includes(mark!))
        .map(({ pid }) => pid);
    await eventually('its child', () => below(renderer).some(isSleep));
    expect(marked().length).to.be.at.least(4);
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    await eventually('nobody is left', () => marked().length === 0);
  });
});
