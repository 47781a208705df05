/**
 * What every storage owes, as source and as sink, against the real thing. A storage brings a place; the suite brings the
 * questions. What only one kind can be asked (servers, links, mounts) is asked in that kind's own file.
 */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { type FileHandle, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import { type FailureReason, PreviewFailure } from '../../../worker/failures.ts';
import type { FetchRequest, ListOptions, Sink, Source, Stored } from '../../../worker/storage/storage.ts';
import { parseUri } from '../../../worker/storage/uri.ts';

const MEGABYTE = 2 ** 20;
const KEEP = { replace: false };
const REPLACE = { replace: true };

export interface SinkPlace {
  readonly sink: Sink;
  /** The same sink, opened by another worker. */
  readonly another: Sink;
  /** The same kind of sink, of a storage that does not work. */
  readonly broken: Sink;
  /** Folders that do not lie in it: beside it, above it, in its parent under a name that begins like it. */
  readonly outside: readonly string[];
  close(): Promise<void>;
}

export interface SourcePlace {
  readonly source: Source;
  /** Makes a file; its URI. */
  put(name: string, bytes: Buffer): Promise<string>;
  readonly absent: string;
  readonly forbidden: readonly string[];
  /** Names that this kind can hold. */
  readonly names: readonly string[];
  close(): Promise<void>;
}

export const sha256 = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex');

export const factsOf = (bytes: Buffer | string) => ({ bytes: Buffer.byteLength(bytes), sha256: sha256(bytes) });

/** The reason of a failure that is typed, as every failure of a storage must be; fails for one that is not. */
export async function failureOf(work: Promise<unknown>): Promise<PreviewFailure> {
  const error = await work.then(
    (value) => new Error(`it did not fail but gave ${JSON.stringify(value)}`),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof PreviewFailure)) throw error;
  return error;
}

export async function listed(sink: Sink, prefix = '', options: ListOptions = { limit: 10_000 }): Promise<Stored[]> {
  const found: Stored[] = [];
  for await (const stored of sink.list(prefix, options)) found.push(stored);
  return found;
}

const namesOf = (stored: readonly Stored[]) => stored.map(({ name }) => name);

/** Scratch files of a test. */
export class Scratch {
  #folder = '';

  async open(): Promise<this> {
    this.#folder = await mkdtemp(join(tmpdir(), 'preview-storage-'));
    return this;
  }

  async file(bytes: Buffer | string): Promise<FileHandle> {
    const path = join(this.#folder, randomUUID());
    await writeFile(path, bytes);
    return open(path, 'r+');
  }

  /** Zeros that take no room. */
  async hole(bytes: number): Promise<FileHandle> {
    const file = await this.file('');
    await file.truncate(bytes);
    return file;
  }

  /** What `source` gives: the facts that it says, and the bytes that are there. */
  async fetched(source: Source, uri: string, options: Partial<FetchRequest> = {}) {
    const path = join(this.#folder, randomUUID());
    await using target = await open(path, 'wx');
    const signal = new AbortController().signal;
    const facts = await source.fetch({ uri: parseUri(uri), target, maxBytes: 64 * MEGABYTE, signal, ...options });
    return { facts, content: await readFile(path) };
  }

  async close(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** The most that was held outside of V8's heap beyond what was held before, in bytes; garbage does not count. */
async function heldDuring(limit: number, work: () => Promise<unknown>): Promise<number> {
  collectGarbage();
  const before = process.memoryUsage().external;
  const held = () => process.memoryUsage().external - before;
  let most = 0;
  const timer = setInterval(() => {
    // Of all that this process holds after hundreds of tests a collection takes its time: only where garbage would decide.
    if (held() >= limit) collectGarbage();
    most = Math.max(most, held());
  }, 100);
  await work().finally(() => clearInterval(timer));
  return most;
}

export function sinkConformance(kind: string, open: () => Promise<SinkPlace>): void {
  describe(`a sink of ${kind}`, function () {
    this.timeout(60_000);
    const scratch = new Scratch();
    let place: SinkPlace;
    let sink: Sink;

    before(async () => {
      await scratch.open();
      place = await open();
      sink = place.sink;
    });
    after(async () => {
      await place?.close();
      await scratch.close();
    });

    it('says what it wrote and gives text back; of what is not there it gives nothing', async () => {
      const text = '{"größe": 1}\n';
      expect(await sink.write('requests/one.json', text, KEEP)).to.deep.equal(factsOf(text));
      expect(await sink.read('requests/one.json')).to.equal(text);
      expect(await sink.write('sources/a/b', '', KEEP)).to.deep.equal(factsOf(''));
      expect(await sink.read('sources/a/b')).to.equal('');
      for (const absent of ['requests/none.json', 'nowhere/none.json', 'requests/one.json/none']) {
        expect(await sink.read(absent), absent).to.equal(undefined);
      }
    });

    it('keeps what is there unless told to replace it, and says what has the name afterwards', async () => {
      expect(await sink.write('kept', 'first', KEEP)).to.deep.equal(factsOf('first'));
      expect(await sink.write('kept', 'second', KEEP)).to.deep.equal(factsOf('first'));
      expect(await sink.read('kept')).to.equal('first');
      expect(await sink.write('kept', 'second', REPLACE)).to.deep.equal(factsOf('second'));
      expect(await sink.read('kept')).to.equal('second');
    });

    it('lets one of 20 concurrent writers win and tells all of them what the winner wrote', async () => {
      for (const round of [1, 2, 3]) {
        const texts = Array.from({ length: 20 }, (_, at) => `writer ${at} `.repeat(at + 1));
        const told = await Promise.all(
          texts.map((text, at) => (at % 2 === 0 ? sink : place.another).write(`race/${round}`, text, KEEP)),
        );
        const won = (await sink.read(`race/${round}`)) ?? '';
        expect(texts).to.include(won);
        for (const facts of told) expect(facts).to.deep.equal(factsOf(won));
      }
    });

    it('shows readers an object in full or not at all, while it is made and while it is replaced', async () => {
      const texts = ['a', 'b'].map((letter) => letter.repeat(900_000));
      let writing = true;
      const seen = new Set<string | undefined>();
      const reader = async (from: Sink) => {
        while (writing) seen.add(await from.read('seen/whole'));
      };
      const readers = [reader(sink), reader(place.another)];
      for (let round = 0; round < 20; round += 1) await sink.write('seen/whole', texts[round % 2] ?? '', REPLACE);
      writing = false;
      await Promise.all(readers);
      seen.delete(undefined);
      expect([...seen].every((text) => texts.includes(text ?? ''))).to.equal(true);
      expect(seen.size, 'a reader has seen both').to.equal(2);
    });

    it('streams a big file: from its start, in full, without holding it', async () => {
      const bytes = 96 * MEGABYTE;
      await using big = await scratch.hole(bytes);
      await big.write(randomBytes(1000), 0, 1000, 5_000_000);
      const hash = createHash('sha256');
      for await (const chunk of big.createReadStream({ start: 0, autoClose: false })) hash.update(chunk as Buffer);
      const held = await heldDuring(48 * MEGABYTE, async () => {
        expect(await sink.write('big.webp', big, KEEP)).to.deep.equal({ bytes, sha256: hash.digest('hex') });
      });
      expect(held, 'bytes held').to.be.lessThan(48 * MEGABYTE);
      expect((await listed(sink, 'big'))[0]?.bytes).to.equal(bytes);
      expect(await sink.read('big.webp'), 'none of our texts is so big').to.equal(undefined);
      await sink.remove('big.webp');
    });

    it('a write that is aborted ends with the reason that was given, and leaves nothing', async () => {
      await using big = await scratch.hole(1024 * MEGABYTE);
      const before = await listed(sink);
      const reason = new Error('told to stop');
      const stop = new AbortController();
      const written = sink.write('aborted/big', big, { ...KEEP, signal: stop.signal }).catch((error) => error);
      await delay(30);
      expect(await listed(sink), 'on its way').to.deep.equal(before);
      const begun = performance.now();
      stop.abort(reason);
      expect(await written).to.equal(reason);
      expect(performance.now() - begun).to.be.lessThan(3_000);
      expect(await listed(sink)).to.deep.equal(before);
      const already = AbortSignal.abort(reason);
      expect(await sink.write('aborted/big', 'x', { ...KEEP, signal: already }).catch((error) => error)).to.equal(
        reason,
      );
      expect(await sink.read('aborted/big')).to.equal(undefined);
    });

    it('takes no more than it is told to, and then nothing', async () => {
      const before = await listed(sink);
      await using file = await scratch.file('12345');
      const write = (maxBytes: number) => sink.write('bounded', file, { ...KEEP, maxBytes });
      expect((await failureOf(write(4))).reason).to.equal('SourceTooLarge');
      expect(await listed(sink)).to.deep.equal(before);
      expect(await write(5)).to.deep.equal(factsOf('12345'));
    });

    it('lists by prefix, in the order of the bytes, some at a time, with sizes and times', async () => {
      const names = ['l/a', 'l/a.txt', 'l/a/b', 'l/a/c/d', 'l/a0', 'l/B', 'l/z', 'l/ä', 'l/～', 'l/😀', 'l2/x'];
      const since = Date.now();
      for (const name of names) await sink.write(name, name, KEEP).catch(() => {});
      const inOrder = ['l/B', 'l/a.txt', 'l/a/b', 'l/a/c/d', 'l/a0', 'l/z', 'l/ä', 'l/～', 'l/😀'];
      // A folder and a file can not share a name everywhere.
      const all = namesOf(await listed(sink, 'l/')).filter((name) => name !== 'l/a');
      expect(all.length).to.be.greaterThan(4);
      expect(all).to.deep.equal(inOrder.filter((name) => all.includes(name)));
      const every = namesOf(await listed(sink, 'l/'));
      for (const [at, after] of every.entries()) {
        expect(namesOf(await listed(sink, 'l/', { limit: 2, after })), `after ${after}`).to.deep.equal(
          every.slice(at + 1, at + 3),
        );
      }
      expect(namesOf(await listed(sink, 'l2'))).to.deep.equal(['l2/x']);
      expect(namesOf(await listed(sink, 'l/a0'))).to.deep.equal(['l/a0']);
      expect(namesOf(await listed(sink, 'none'))).to.deep.equal([]);
      expect(namesOf(await listed(sink, 'l', { limit: 1 }))).to.deep.equal([every[0]]);
      expect(namesOf(await listed(sink, 'l', { limit: 0 }))).to.deep.equal([]);
      const [{ bytes, modifiedAt } = { bytes: 0, modifiedAt: new Date(0) }] = await listed(sink, 'l2/');
      expect(bytes).to.equal(4);
      expect(modifiedAt.getTime()).to.be.within(since - 2_000, Date.now() + 2_000);
    });

    it('removes one name and nothing else, as often as it is told', async () => {
      await sink.write('gone/deep/one', '1', KEEP);
      await sink.write('gone/other', '2', KEEP);
      for (const _ of [1, 2]) await sink.remove('gone/deep/one');
      await sink.remove('never/was/there');
      expect(await sink.read('gone/deep/one')).to.equal(undefined);
      expect(namesOf(await listed(sink, 'gone'))).to.deep.equal(['gone/other']);
      expect(await sink.write('gone/deep/one', 'again', KEEP)).to.deep.equal(factsOf('again'));
    });

    it('takes what is written while its neighbours are removed', async () => {
      const work = Array.from({ length: 8 }, async (_, writer) => {
        for (let round = 0; round < 30; round += 1) {
          await sink.write(`busy/one/file-${writer}`, 'x', KEEP);
          await sink.remove(`busy/one/file-${writer}`);
        }
      });
      await Promise.all(work);
      expect(await listed(sink, 'busy')).to.deep.equal([]);
    });

    it('its probe leaves nothing', async () => {
      const before = await listed(sink);
      await sink.probe();
      expect(await listed(sink)).to.deep.equal(before);
    });

    it('finds the folders that its URIs name, and forbids what lies outside', async () => {
      for (const folder of ['', 'acme/', 'acme/2024 summer/', 'acme/50%/']) {
        expect(sink.folderOf(sink.uriOf(folder))).to.equal(folder);
        expect(sink.folderOf(sink.uriOf(folder).replace(/\/$/, ''))).to.equal(folder);
      }
      for (const outside of place.outside) {
        const work = async () => sink.folderOf(outside);
        expect((await failureOf(work())).reason, outside).to.equal('DestinationForbidden');
      }
    });

    it('a storage that does not work is SinkUnavailable, whatever is asked of it', async () => {
      const { broken } = place;
      const asked = {
        read: () => broken.read('a'),
        write: () => broken.write('a', 'x', KEEP),
        replace: () => broken.write('a', 'x', REPLACE),
        list: () => listed(broken),
        remove: () => broken.remove('a'),
        probe: () => broken.probe(),
      };
      const answered = Object.entries(asked).map(async ([what, work]) => {
        const failure = await failureOf(work());
        expect(failure.reason, what).to.equal('SinkUnavailable');
        expect(failure.message, what).to.match(/: E[A-Z]+$/);
      });
      await Promise.all(answered);
    });
  });
}

export function sourceConformance(kind: string, openPlace: () => Promise<SourcePlace>): void {
  describe(`a source of ${kind}`, function () {
    this.timeout(60_000);
    const scratch = new Scratch();
    let place: SourcePlace;

    before(async () => {
      await scratch.open();
      place = await openPlace();
    });
    after(async () => {
      await place?.close();
      await scratch.close();
    });
    const reasonOf = async (uri: string, options: Partial<FetchRequest> = {}): Promise<FailureReason> =>
      (await failureOf(scratch.fetched(place.source, uri, options))).reason;

    it('gives the content and says what it is, whatever the name', async () => {
      for (const name of place.names) {
        const bytes = randomBytes(1 + Math.floor(Math.random() * 100_000));
        const { facts, content } = await scratch.fetched(place.source, await place.put(name, bytes));
        expect(facts, name).to.deep.include(factsOf(bytes));
        expect(content.equals(bytes), name).to.equal(true);
      }
    });

    it('gives an empty file', async () => {
      const { facts, content } = await scratch.fetched(place.source, await place.put('empty', Buffer.alloc(0)));
      expect(facts).to.deep.include(factsOf(''));
      expect(content.length).to.equal(0);
    });

    it('what is not there is SourceNotFound, what may not be read SourceForbidden', async () => {
      expect(await reasonOf(place.absent)).to.equal('SourceNotFound');
      for (const uri of place.forbidden) expect(await reasonOf(uri), uri).to.equal('SourceForbidden');
    });

    it('takes a file of exactly the limit; a byte more is SourceTooLarge before it is read', async () => {
      const bytes = randomBytes(MEGABYTE);
      const uri = await place.put('limit', bytes);
      const { content } = await scratch.fetched(place.source, uri, { maxBytes: MEGABYTE });
      expect(content.equals(bytes)).to.equal(true);
      await using target = await scratch.file('');
      expect(await reasonOf(uri, { maxBytes: MEGABYTE - 1, target })).to.equal('SourceTooLarge');
      expect((await target.stat()).size).to.equal(0);
    });

    it('streams a big file without holding it', async () => {
      const bytes = Buffer.alloc(192 * MEGABYTE, 'stream');
      const uri = await place.put('big', bytes);
      let fetched: Awaited<ReturnType<Scratch['fetched']>> | undefined;
      await using target = await scratch.file('');
      const held = await heldDuring(96 * MEGABYTE, async () => {
        fetched = await scratch.fetched(place.source, uri, { target, maxBytes: bytes.length });
      });
      expect(fetched?.facts).to.deep.include(factsOf(bytes));
      // Freed buffers are counted until a thread in the background has swept them, which a busy machine puts off.
      expect(held, 'bytes held').to.be.lessThan(96 * MEGABYTE);
    });

    it('a fetch that is aborted ends at once with the reason that was given', async () => {
      const uri = await place.put('long', Buffer.alloc(48 * MEGABYTE));
      const reason = new Error('told to stop');
      const stop = new AbortController();
      const work = scratch.fetched(place.source, uri, { signal: stop.signal });
      setTimeout(() => stop.abort(reason), 10);
      expect(await work.catch((error) => error)).to.equal(reason);
      expect(await scratch.fetched(place.source, uri, { signal: stop.signal }).catch((error) => error)).to.equal(
        reason,
      );
    });
  });
}

export { KEEP, MEGABYTE, REPLACE };
