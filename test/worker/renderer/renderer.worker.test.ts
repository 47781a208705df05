import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import sharp from 'sharp';
import { PreviewFailure } from '../../../worker/failures.ts';
import { OUTPUT_DEFAULTS } from '../../../worker/keys.ts';
import { type LocalRenderer, startLocalRenderer } from '../../../worker/renderer/local.ts';
import type { RenderResult, ResolvedOutput } from '../../../worker/renderer/protocol.ts';
import { eventually } from '../../cluster/eventually.ts';
import { poison } from '../../fixtures/poison-renderer.ts';

const LIMITS = {
  timeoutSeconds: 2,
  memoryBytes: 400 * 2 ** 20,
  sourceBytes: 2 ** 28,
  pixels: 50_000_000,
  pages: 1,
  frames: 1,
  outputBytes: 2 ** 25,
};
const GRID: ResolvedOutput = { ...OUTPUT_DEFAULTS, name: 'grid', width: 64, height: 64 };

/** Processes that poison started under this renderer, and zombies whose parent it is. */
function leftovers(renderer: number, spared: readonly number[] = []): string[] {
  const environment = (pid: number) => readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  const mark = environment(renderer).find((entry) => entry.startsWith('PREVIEW_RENDERER='));
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid) || spared.includes(Number(pid))) return [];
    try {
      const [, state = '', parent = ''] = /\) (\S) (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      const zombie = state === 'Z' && Number(parent) === renderer;
      const poisoned = () => command.startsWith('/bin/sleep 600') && environment(Number(pid)).includes(mark ?? '');
      return zombie || poisoned() ? [`${pid} ${state} ${command}`] : [];
    } catch {
      return [];
    }
  });
}

describe('the renderer', function () {
  this.timeout(120_000);
  let scratch: string;
  let renderer: LocalRenderer;
  let jobs = 0;

  const render = async (
    source: Buffer,
    outputs: readonly ResolvedOutput[] = [GRID],
    timeoutSeconds = LIMITS.timeoutSeconds,
  ): Promise<RenderResult> => {
    jobs += 1;
    const folder = join(scratch, `job-${jobs}`);
    await mkdir(folder);
    await writeFile(join(folder, 'source'), source);
    return renderer.connection.render(
      { folder, source: 'source', limits: { ...LIMITS, timeoutSeconds }, outputs },
      new AbortController().signal,
    );
  };
  const failure = (work: Promise<unknown>) =>
    work.then(
      () => 'no failure',
      (error: unknown) => (error instanceof PreviewFailure ? error.reason : String(error)),
    );
  const photo = (width: number, height: number) =>
    sharp({
      create: { width, height, channels: 3, background: '#f80', noise: { type: 'gaussian', mean: 128, sigma: 30 } },
    });

  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'preview-renderer-'));
    renderer = await startLocalRenderer({
      scratch,
      slots: 4,
      perJob: LIMITS,
      renderers: { extra: [fileURLToPath(new URL('../../fixtures/poison-renderer.ts', import.meta.url))] },
    });
  });
  after(async () => {
    await renderer?.stop();
    await rm(scratch, { recursive: true, force: true });
  });

  for (const format of ['jpeg', 'png', 'webp', 'gif', 'avif', 'tiff'] as const) {
    it(`renders ${format}`, async () => {
      const result = await render(await photo(320, 200).toFormat(format).toBuffer());
      expect(result.source).to.include({ mediaType: `image/${format}`, width: 320, height: 200 });
      expect(result.outputs[0]).to.include({ name: 'grid', width: 64, height: 40, mediaType: 'image/webp' });
    });
  }

  it('never enlarges', async () => {
    const { outputs } = await render(await photo(30, 20).png().toBuffer());
    expect(outputs[0]).to.include({ width: 30, height: 20 });
  });

  it('turns upright what EXIF says lies on its side', async () => {
    const { outputs } = await render(await photo(200, 100).jpeg().withMetadata({ orientation: 6 }).toBuffer());
    expect(outputs[0]).to.include({ width: 32, height: 64 });
  });

  it('refuses garbage, cut files and too many pixels with a typed reason', async () => {
    const whole = await photo(800, 600).jpeg().toBuffer();
    expect(await failure(render(Buffer.from('hello\0')))).to.equal('UnsupportedMedia');
    expect(await failure(render(Buffer.alloc(0)))).to.be.oneOf(['UnsupportedMedia', 'DecodeFailed']);
    expect(await failure(render(whole.subarray(0, whole.length / 2)))).to.equal('DecodeFailed');
    const bomb = await sharp({ create: { width: 9000, height: 9000, channels: 3, background: '#000' } })
      .png()
      .toBuffer();
    expect(await failure(render(bomb))).to.equal('LimitExceeded');
  });

  it('ends what crashes, hangs, balloons or forks, names it, and leaves nobody behind', async () => {
    const reasons = await Promise.all(
      (['crash', 'hang', 'balloon', 'fork'] as const).map((kind) => failure(render(poison(kind)))),
    );
    expect(reasons).to.deep.equal(['RendererCrashed', 'TimedOut', 'OutOfMemory', 'TimedOut']);
    await eventually('nobody is left', () => leftovers(renderer.pid).length === 0);
    expect((await render(await photo(10, 10).png().toBuffer())).outputs).to.have.length(1);
  });

  it('40 slot kills leave 0 processes and 0 zombies', async () => {
    const kinds = ['crash', 'fork', 'crash', 'crash'] as const;
    for (let round = 0; round < 10; round += 1) {
      await Promise.all(kinds.map((kind) => failure(render(poison(kind), [GRID], 0.4))));
    }
    await eventually('nobody is left', () => leftovers(renderer.pid).length === 0);
  });
});
