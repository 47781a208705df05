/**
 * What every renderer owes, asked as a job would ask it: through the socket and a slot of its own. A renderer brings its
 * files; the suite brings the questions. A crash, a hang or an untyped error is never an answer.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import sharp from 'sharp';
import { type FailureReason, PreviewFailure } from '../../../worker/failures.ts';
import { OUTPUT_DEFAULTS } from '../../../worker/keys.ts';
import { type LocalRenderer, startLocalRenderer } from '../../../worker/renderer/local.ts';
import type { JobLimits, PlaceholderKind, RenderResult, ResolvedOutput } from '../../../worker/renderer/protocol.ts';

type Make = () => Promise<Buffer> | Buffer;

export interface GoodFile {
  readonly title: string;
  readonly make: Make;
  readonly mediaType: string;
  /** Pixels, upright. */
  readonly width: number;
  readonly height: number;
  readonly pages?: number;
}

export interface BadFile {
  readonly title: string;
  readonly make: Make;
  readonly reason: FailureReason;
}

export interface ConformanceCases {
  readonly renderer: string;
  readonly good: readonly GoodFile[];
  /** Damaged, cut, of the wrong type, too large: each with the failure it must be. An empty file is added. */
  readonly bad: readonly BadFile[];
}

export const LIMITS: JobLimits = {
  timeoutSeconds: 30,
  memoryBytes: 512 * 2 ** 20,
  sourceBytes: 2 ** 28,
  pixels: 50_000_000,
  pages: 1,
  frames: 1,
  outputBytes: 2 ** 25,
};

export const output = (differing: Partial<ResolvedOutput> = {}): ResolvedOutput => ({
  ...OUTPUT_DEFAULTS,
  name: 'grid',
  width: 64,
  height: 64,
  ...differing,
});

export interface Rendered {
  readonly result: RenderResult;
  /** The bytes of the outputs, in their order. */
  readonly files: readonly Buffer[];
}

/** A renderer with two slots and a scratch folder, for the tests of one `describe`. */
export class Bench {
  readonly restarts: string[] = [];
  scratch = '';
  /** Puts more into a job's folder, beside its source. */
  prepare: (folder: string) => Promise<unknown> = async () => {};
  #renderer: LocalRenderer | undefined;

  async start(): Promise<void> {
    this.scratch = await mkdtemp(join(tmpdir(), 'preview-conformance-'));
    this.#renderer = await startLocalRenderer({
      scratch: this.scratch,
      slots: 2,
      perJob: { ...LIMITS, pages: 100, frames: 100 },
      onSlotRestarted: (cause) => this.restarts.push(cause),
    });
  }

  async stop(): Promise<void> {
    await this.#renderer?.stop();
    await rm(this.scratch, { recursive: true, force: true });
  }

  get renderer(): LocalRenderer {
    if (this.#renderer === undefined) throw new Error('the bench was not started');
    return this.#renderer;
  }

  async render(
    source: Buffer,
    outputs: readonly ResolvedOutput[] = [output()],
    limits: Partial<JobLimits> = {},
    placeholder: readonly PlaceholderKind[] = [],
  ): Promise<Rendered> {
    const folder = await this.#folderWith(source);
    const request = { folder, source: 'source', limits: { ...LIMITS, ...limits }, outputs, placeholder };
    const result = await this.renderer.connection.render(request, new AbortController().signal);
    const files = await Promise.all(result.outputs.map(({ file }) => readFile(join(folder, file))));
    return { result, files };
  }

  /** The failure, and the files that lie in the job's folder after it. */
  async failure(
    source: Buffer,
    outputs: readonly ResolvedOutput[] = [output()],
    limits: Partial<JobLimits> = {},
  ): Promise<{ reason: string; message: string; left: string[] }> {
    const folder = await this.#folderWith(source);
    const request = { folder, source: 'source', limits: { ...LIMITS, ...limits }, outputs };
    const failure = await this.renderer.connection.render(request, new AbortController().signal).then(
      ({ outputs }) => new Error(`no failure: ${JSON.stringify(outputs)}`),
      (error: Error) => error,
    );
    const reason = failure instanceof PreviewFailure ? failure.reason : failure.constructor.name;
    return { reason, message: failure.message, left: await readdir(folder) };
  }

  async #folderWith(source: Buffer): Promise<string> {
    const folder = join(this.scratch, randomUUID());
    await mkdir(folder);
    await writeFile(join(folder, 'source'), source);
    await this.prepare(folder);
    return folder;
  }
}

export function conforms({ renderer, good, bad }: ConformanceCases, bench: Bench): void {
  describe(`${renderer}: what every renderer owes`, () => {
    it('is listed with a version and its formats, and renders its own sample', () => {
      const { selfTest, renderers } = bench.renderer.connection.capabilities;
      const info = renderers.find(({ name }) => name === renderer);
      expect(selfTest).to.include({ passed: true });
      expect(info?.version).to.match(/\S/);
      expect(info?.formats).to.not.be.empty;
    });

    for (const { title, make, mediaType, width, height, pages } of good) {
      it(`renders ${title} within every box, and the same bytes in another process`, async () => {
        const source = await make();
        const outputs = [
          output(),
          output({ name: 'square', fit: 'cover', format: 'jpeg' }),
          output({ name: 'card', width: 90, height: 40, fit: 'contain', format: 'png' }),
          output({ name: 'bar', width: 50, height: 20, fit: 'fill', format: 'avif' }),
        ];
        const [one, two] = await Promise.all([bench.render(source, outputs), bench.render(source, outputs)]);
        expect(one.result.renderer.name).to.equal(renderer);
        expect(one.result.source).to.include({ mediaType, width, height, ...(pages === undefined ? {} : { pages }) });
        for (const [at, file] of one.files.entries()) {
          const [asked, told] = [outputs[at]!, one.result.outputs[at]!];
          const seen = await sharp(file).metadata();
          expect(seen, asked.name).to.include({ width: told.width, height: told.height });
          expect(seen.format === 'heif' ? 'avif' : seen.format, asked.name).to.equal(asked.format);
          expect(seen.space, asked.name).to.be.oneOf(['srgb', 'b-w']);
          expect(seen.depth, asked.name).to.equal('uchar');
          expect(told, asked.name).to.include({
            name: asked.name,
            mediaType: `image/${asked.format}`,
            bytes: file.length,
          });
          // Padding may be wider than the source; the picture may not.
          const widest = asked.fit === 'contain' ? asked : { width, height };
          expect(told.width, asked.name).to.be.within(1, Math.min(asked.width, widest.width));
          expect(told.height, asked.name).to.be.within(1, Math.min(asked.height, widest.height));
        }
        expect(one.files.every((file, at) => file.equals(two.files[at]!))).to.equal(true);
      });
    }

    const empty: BadFile = { title: 'an empty file', make: () => Buffer.alloc(0), reason: 'DecodeFailed' };
    for (const { title, make, reason } of [empty, ...bad]) {
      it(`refuses ${title}: ${reason}, and leaves nothing`, async () => {
        const failure = await bench.failure(await make());
        expect(failure).to.deep.include({ reason, left: ['source'] });
        expect(failure.message).to.match(/^[^\n]{5,300}$/);
        expect(failure.message, 'a path of this machine is nothing to a producer').to.not.include(bench.scratch);
      });
    }

    it('refuses a page beyond the end', async () => {
      const source = await good[0]!.make();
      const failure = await bench.failure(source, [output({ page: 7 })], { pages: 100, frames: 100 });
      expect(failure.reason).to.equal('InvalidPayload');
      expect(failure.message).to.include('7');
    });

    it('refuses outputs of more bytes than the job may write, and leaves none of them', async () => {
      const failure = await bench.failure(await good[0]!.make(), [output(), output({ name: 'second' })], {
        outputBytes: 40,
      });
      expect(failure).to.deep.include({ reason: 'LimitExceeded', left: ['source'] });
    });

    it('did all this without losing a slot', () => {
      expect(bench.restarts).to.deep.equal([]);
    });
  });
}
