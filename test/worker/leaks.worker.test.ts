/**
 * Row 21 of the fault table, leaked pixels: whether anything of one file shows in the preview of the next. A damaged file is
 * rendered twice, after files that differ in nothing but their colour: what differs then came from them.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import type { PreviewJob, RenderedResult } from '../../worker/client.ts';
import { figure, tallied } from '../faults/figures.ts';
import { type HostileFile, hostileFiles } from '../fixtures/hostile.ts';
import { leaky } from '../fixtures/leaky-renderer.ts';
import { secrets, seedlings } from '../fixtures/seedlings.ts';
import { Workplace } from './workplace.ts';

const FILES = process.env['FAULTS_FULL'] === '1' ? 400 : 76;
/** Every pixel of the small files, without loss. */
const OUTPUTS: PreviewJob['outputs'] = [{ name: 'all', width: 200, height: 200, format: 'png' }];
const COLOURS = [
  [201, 7, 143],
  [9, 199, 87],
] as const;
/** What the clock, the memory and the machine end is no decoder's answer. */
const CHANCE = /TimedOut|OutOfMemory|RendererCrashed/;

describe('nothing of one file shows in the preview of another', function () {
  this.timeout(600_000);

  describe('in a slot that has rendered the other before', () => {
    let place: Workplace;
    before(async () => {
      place = await Workplace.open();
      await place.pod('reused', { slots: 1, perJob: { timeoutSeconds: 8 } });
    });
    after(() => place?.close());

    const answer = async (id: string): Promise<string> => {
      const outcome = await place.outcome(id, 300);
      if (outcome !== 'completed') return outcome;
      return ((await place.client.result(id)) as RenderedResult).outputs[0]?.sha256 ?? '';
    };
    /** What each file gave, right behind the secret of its own kind, or else of every kind in turn. */
    const answersBehind = async (
      hidden: ReadonlyMap<string, Buffer>,
      files: readonly HostileFile[],
    ): Promise<string[]> => {
      const kinds = [...hidden.keys()];
      const ids: string[] = [];
      for (const [at, { title, bytes }] of files.entries()) {
        const own = kinds.filter((kind) => title.includes(kind)).sort((one, other) => other.length - one.length)[0];
        const secret = hidden.get(own ?? kinds[at % kinds.length] ?? '') ?? Buffer.alloc(0);
        // One slot takes them in this order.
        for (const file of [secret, bytes]) {
          ids.push(await place.submit(`file-${ids.length}`, file, { outputs: OUTPUTS, force: true }));
        }
      }
      const outcomes: string[] = [];
      for (const [at, id] of ids.entries()) {
        const outcome = await answer(id);
        if (at % 2 === 1) outcomes.push(outcome);
        else expect(outcome, 'a secret is rendered').to.match(/^[0-9a-f]{64}$/);
      }
      return outcomes;
    };
    const leaks = async (
      hide: (colour: (typeof COLOURS)[number]) => Promise<ReadonlyMap<string, Buffer>>,
      files: readonly HostileFile[],
    ) => {
      const [one = [], other = []] = [
        await answersBehind(await hide(COLOURS[0]), files),
        await answersBehind(await hide(COLOURS[1]), files),
      ];
      return {
        leaked: differing(
          files.map(({ title }) => title),
          one,
          other,
        ),
        outcomes: one,
      };
    };

    it('is seen where a decoder does not clear what it draws on', async () => {
      const files = [
        { title: 'leaky, the upper half', bytes: leaky(9, 0.5) },
        { title: 'leaky, whole', bytes: leaky(9) },
      ];
      const { leaked } = await leaks(async ([grey]) => new Map([['leaky', leaky(grey)]]), files);
      expect(leaked).to.deep.equal(['leaky, the upper half']);
    });

    it(`${FILES} damaged files of every kind show 0 pixels of it`, async () => {
      const files = [...hostileFiles(await seedlings(), FILES, 7)];
      const { leaked, outcomes } = await leaks(secrets, files);
      const previews = outcomes.filter((outcome) => /^[0-9a-f]{64}$/.test(outcome)).length;
      figure(
        21,
        `leaked pixels, ${FILES} damaged files after files of two colours: ${previews} previews, ${leaked.length} that differ`,
      );
      expect(leaked).to.deep.equal([]);
      expect(previews, 'previews compared').to.be.at.least(FILES / 10);
    });
  });

  const { header } = process.report.getReport() as unknown as { header: { glibcVersionRuntime?: string } };
  // The C library of others has no such setting.
  if (header.glibcVersionRuntime !== undefined) {
    describe('in memory that the C library fills before it gives it out', () => {
      let folder: string;
      before(async () => {
        folder = await mkdtemp(join(tmpdir(), 'preview-leaks-'));
      });
      after(() => rm(folder, { recursive: true, force: true }));

      it(`${FILES} damaged files of every kind come out the same whatever it is filled with`, async () => {
        const files = [...hostileFiles(await seedlings(), FILES, 11)];
        const name = (at: number) => String(at).padStart(4, '0');
        for (const [at, { bytes }] of files.entries()) await writeFile(join(folder, name(at)), bytes);
        const [one, other] = await Promise.all([rendered(folder, 85), rendered(folder, 170)]);
        expect(one.get('unwritten'), 'what nobody wrote is seen').to.not.equal(other.get('unwritten'));
        const outcomes = (of: ReadonlyMap<string, string>) => files.map((_, at) => of.get(name(at)) ?? '');
        const unequal = differing(
          files.map(({ title }) => title),
          outcomes(one),
          outcomes(other),
        );
        const told = outcomes(one).map((outcome) => (/^[0-9a-f]{64}$/.test(outcome) ? 'previews' : outcome));
        figure(
          21,
          `leaked pixels, ${FILES} damaged files in memory filled in two ways: ${tallied(told)}; ${unequal.length} that differ`,
        );
        expect(unequal).to.deep.equal([]);
        expect(told.filter((outcome) => outcome === 'previews').length).to.be.at.least(FILES / 10);
      });
    });
  }
});

function differing(titles: readonly string[], one: readonly string[], other: readonly string[]): string[] {
  return titles.filter((_, at) => {
    const [first = '', second = ''] = [one[at], other[at]];
    return first !== second && !CHANCE.test(first + second);
  });
}

const SILENT_MILLISECONDS = 15_000;

/** What each file of the folder gave in a process whose C library fills memory with `fill`; one that takes too long is left out. */
async function rendered(folder: string, fill: number): Promise<ReadonlyMap<string, string>> {
  const outcomes = new Map<string, string>();
  for (let after = ''; ; ) {
    const program = fileURLToPath(new URL('../fixtures/pipeline-program.ts', import.meta.url));
    const child = spawn(process.execPath, [program, folder, after], {
      env: { MALLOC_PERTURB_: String(fill), MALLOC_ARENA_MAX: '2' },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const kill = () => child.kill('SIGKILL');
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    let silence = setTimeout(kill, SILENT_MILLISECONDS);
    for await (const line of createInterface({ input: child.stdout })) {
      clearTimeout(silence);
      silence = setTimeout(kill, SILENT_MILLISECONDS);
      const [what, name = '', outcome = ''] = line.split(' ');
      if (what === 'begin') after = name;
      outcomes.set(name, what === 'begin' ? 'TimedOut' : outcome);
    }
    clearTimeout(silence);
    if ((await ended) === 0) return outcomes;
    if (after === '') throw new Error('the program ended before its first file');
  }
}
