/** S3 in trouble, and what only S3 can be asked, against a real server; faults come from a proxy before it. Then a pod on it. */
import { inspect } from 'node:util';
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { expect } from 'chai';
import type { PreviewJob, RenderedResult } from '../../../worker/client.ts';
import s3 from '../../../worker/storage/s3.ts';
import type { Sink, Source } from '../../../worker/storage/storage.ts';
import { type Keys, startS3, type TestS3, writeKeys } from '../../cluster/s3.ts';
import { type S3Faults, startS3Faults } from '../../faults/s3.ts';
import { scene } from '../../fixtures/images.ts';
import { Workplace } from '../workplace.ts';
import { factsOf, failureOf, KEEP, listed, MEGABYTE, REPLACE, Scratch } from './conformance.ts';

describe('S3', function () {
  this.timeout(60_000);
  const scratch = new Scratch();
  let server: TestS3;
  let faults: S3Faults;
  let sink: Sink;
  let source: Source;

  before(async () => {
    await scratch.open();
    server = await startS3();
    faults = await startS3Faults(server.endpoint);
    const settings = { endpoint: faults.endpoint, credentials: server.keyFiles };
    sink = s3.sink({ ...settings, bucket: await server.createBucket('previews') });
    source = s3.source(settings);
    await server.createBucket('inbox');
    await server.createBucket('versions', { versioned: true });
  });
  after(async () => {
    await faults?.stop();
    await server?.stop();
    await scratch.close();
  });
  afterEach(() => faults.forget());

  const put = async (key: string, bytes: Buffer | string, bucket = 'inbox') => {
    const { ETag = '', VersionId = '' } = await server.client.send(
      new PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes, ContentLength: Buffer.byteLength(bytes) }),
    );
    return { uri: `s3://${bucket}/${key}`, etag: ETag, versionId: VersionId };
  };
  const fetched = (uri: string, options = {}) => scratch.fetched(source, uri, options);
  const reasonOf = async (uri: string, options = {}) => (await failureOf(fetched(uri, options))).reason;
  const made = (method: string) => faults.requests.filter((request) => request.method === method).length;

  describe('a sink in trouble', () => {
    it('tries again while the service is busy, and says so when it stays busy', async () => {
      faults.next('PUT', { status: 503, code: 'SlowDown' }, 2);
      expect(await sink.write('busy/1', 'x', KEEP)).to.deep.equal(factsOf('x'));
      faults.next('PUT', { status: 503, body: '<html>no XML of S3' }, 2);
      expect(await sink.write('busy/2', 'x', REPLACE)).to.deep.equal(factsOf('x'));
      faults.forget();
      faults.next('PUT', { status: 503, code: 'SlowDown' }, 10);
      const failure = await failureOf(sink.write('busy/3', 'x', KEEP));
      expect(failure.reason).to.equal('SinkUnavailable');
      expect(failure.message).to.include('SlowDown (503)');
      expect(made('PUT'), 'attempts').to.equal(4);
      expect(await sink.read('busy/3')).to.equal(undefined);
    });

    it('a big upload is tried again from its start', async () => {
      await using big = await scratch.hole(8 * MEGABYTE);
      await big.write('start', 0);
      faults.next('PUT', { status: 500, code: 'InternalError' });
      const facts = await sink.write('again/big', big, KEEP);
      expect((await listed(sink, 'again'))[0]?.bytes).to.equal(facts.bytes);
      const { content } = await scratch.fetched(source, 's3://previews/again/big');
      expect(factsOf(content)).to.deep.equal(facts);
    });

    it('what can not pass is not tried again', async () => {
      faults.next('PUT', { status: 501, code: 'NotImplemented' });
      expect((await failureOf(sink.write('never', 'x', KEEP))).message).to.include('NotImplemented (501)');
      expect(made('PUT')).to.equal(1);
      const { endpoint, keyFiles: credentials } = server;
      const nowhere = s3.sink({ endpoint, credentials, bucket: 'no-such-bucket' });
      expect((await failureOf(nowhere.write('x', 'x', KEEP))).message).to.include('NoSuchBucket (404)');
      expect((await failureOf(nowhere.read('x'))).message).to.include('NoSuchBucket (404)');
    });

    it('a write whose answer was lost finds its own work', async () => {
      faults.next('PUT', { loseAnswer: true });
      expect(await sink.write('lost/answer', 'mine', KEEP)).to.deep.equal(factsOf('mine'));
      expect(await sink.read('lost/answer')).to.equal('mine');
      expect(made('PUT')).to.equal(2);
    });

    it('two that write at the same instant are told to come again, as the one whose winner was removed', async () => {
      faults.next('PUT', { status: 409, code: 'ConditionalRequestConflict' });
      expect(await sink.write('instant/1', 'x', KEEP)).to.deep.equal(factsOf('x'));
      faults.next('PUT', { status: 412, code: 'PreconditionFailed' });
      expect(await sink.write('instant/2', 'x', KEEP)).to.deep.equal(factsOf('x'));
    });

    it('the server takes only the content that was hashed', async () => {
      await using file = await scratch.file(Buffer.alloc(3 * MEGABYTE, 'x'));
      faults.next('PUT', { spoilUpload: true }, 10);
      const failure = await failureOf(sink.write('spoilt/file', file, KEEP));
      expect(failure.reason).to.equal('SinkUnavailable');
      expect(await listed(sink, 'spoilt')).to.deep.equal([]);
    });

    it('a server that is killed in the middle of a write leaves nothing to see', async () => {
      await using big = await scratch.hole(8 * MEGABYTE);
      faults.next('PUT', { holdUploadAfter: MEGABYTE });
      const written = failureOf(sink.write('killed/big', big, KEEP));
      await faults.held();
      await server.kill();
      expect((await written).reason).to.equal('SinkUnavailable');
      await server.revive();
      expect(await sink.read('killed/big')).to.equal(undefined);
      expect(await listed(sink, 'killed')).to.deep.equal([]);
      await sink.write('killed/big', big, KEEP);
      expect((await listed(sink, 'killed'))[0]?.bytes).to.equal(8 * MEGABYTE);
    });

    it('an upload that is aborted on its way leaves nothing to see', async () => {
      await using big = await scratch.hole(8 * MEGABYTE);
      const [stop, reason] = [new AbortController(), new Error('told to stop')];
      faults.next('PUT', { holdUploadAfter: MEGABYTE });
      const written = sink.write('stopped/big', big, { ...KEEP, signal: stop.signal }).catch((error) => error);
      await faults.held();
      const begun = performance.now();
      stop.abort(reason);
      expect(await written).to.equal(reason);
      expect(performance.now() - begun).to.be.lessThan(2_000);
      expect(await listed(sink, 'stopped')).to.deep.equal([]);
    });

    it('a file that becomes shorter on its way is not stored', async () => {
      await using file = await scratch.hole(8 * MEGABYTE);
      let passes = 0;
      const read = async (into: Buffer, offset: number, length: number, position: number) => {
        if (position === 0) passes += 1;
        // Each attempt reads it twice: for its hash and for the upload.
        if (passes % 2 === 0 && position > MEGABYTE) return { bytesRead: 0, buffer: into };
        return file.read(into, offset, length, position);
      };
      const shrunk = new Proxy(file, {
        get: (target, name) => (name === 'read' ? read : Reflect.get(target, name).bind(target)),
      });
      expect((await failureOf(sink.write('shrunk/file', shrunk, KEEP))).message).to.include('became shorter');
      expect(await listed(sink, 'shrunk')).to.deep.equal([]);
    });

    it('lists more than the service gives at once', async () => {
      const names = Array.from({ length: 1_050 }, (_, at) => `many/${String(at).padStart(5, '0')}`);
      const writer = async () => {
        for (let name = names.pop(); name !== undefined; name = names.pop()) await put(name, '', 'previews');
      };
      await put('many/', '', 'previews');
      await Promise.all(Array.from({ length: 16 }, writer));
      const found = await listed(sink, 'many/');
      expect(found.length).to.equal(1_050);
      expect(found.at(-1)?.name).to.equal('many/01049');
      expect((await listed(sink, 'many/', { limit: 1_001, after: 'many/00001' })).at(-1)?.name).to.equal('many/01002');
      expect((await listed(sink, 'many/', { limit: 1 }))[0]?.name, 'no folder of a console').to.equal('many/00000');
    });

    it('says of what kind an object is', async () => {
      for (const [name, mediaType] of [
        ['kind/a.webp', 'image/webp'],
        ['kind/a.jpeg', 'image/jpeg'],
        ['kind/manifest.json', 'application/json'],
        ['kind/none', 'application/octet-stream'],
      ] as const) {
        await sink.write(name, 'x', KEEP);
        const { ContentType } = await server.client.send(new HeadObjectCommand({ Bucket: 'previews', Key: name }));
        expect(ContentType, name).to.equal(mediaType);
      }
    });
  });

  describe('a source in trouble', () => {
    it('reads from the start again when an answer breaks off', async () => {
      const bytes = Buffer.alloc(3 * MEGABYTE, 'some content, ');
      const { uri } = await put('cut', bytes);
      faults.next('GET', { cutAnswerAfter: 2 * MEGABYTE });
      faults.next('GET', { cutAnswerAfter: 0 });
      faults.next('GET', { status: 503, code: 'SlowDown' });
      const { facts, content } = await fetched(uri);
      expect(content.equals(bytes)).to.equal(true);
      expect(facts).to.deep.include(factsOf(bytes));
      faults.next('GET', { cutAnswerAfter: 2 * MEGABYTE });
      faults.next('GET', { status: 200, body: 'shorter meanwhile' });
      expect((await fetched(uri)).content.toString()).to.equal('shorter meanwhile');
      faults.next('GET', { cutAnswerAfter: MEGABYTE }, 4);
      expect(await reasonOf(uri)).to.equal('SourceUnavailable');
    });

    it('a service that stays busy is SourceUnavailable, after four attempts', async () => {
      faults.next('GET', { status: 500, code: 'InternalError' }, 10);
      const failure = await failureOf(fetched('s3://inbox/any'));
      expect(failure.reason).to.equal('SourceUnavailable');
      expect(failure.message).to.include('InternalError (500)');
      expect(made('GET')).to.equal(4);
    });

    it('a service that falls silent is left at the deadline, and asked again before that', async () => {
      const bytes = Buffer.alloc(MEGABYTE, 'silence');
      const { uri } = await put('silent', bytes);
      faults.next('GET', { stallAnswerAfter: 1000 });
      const [stop, reason] = [new AbortController(), new Error('overdue')];
      setTimeout(() => stop.abort(reason), 300);
      const begun = performance.now();
      expect(await fetched(uri, { signal: stop.signal }).catch((error) => error)).to.equal(reason);
      expect(performance.now() - begun).to.be.lessThan(2_000);
      faults.next('GET', { stallAnswerAfter: 1000 });
      expect((await fetched(uri)).content.equals(bytes)).to.equal(true);
      expect(performance.now() - begun).to.be.lessThan(30_000);
    });

    it('what is larger than announced is cut while it comes', async () => {
      faults.next('GET', { status: 200, body: 'x'.repeat(5_000) });
      expect(await reasonOf('s3://inbox/any', { maxBytes: 4_000 })).to.equal('SourceTooLarge');
    });

    it('names what is absent, and what its keys may not read', async () => {
      expect(await reasonOf('s3://inbox/none')).to.equal('SourceNotFound');
      expect(await reasonOf('s3://no-such-bucket/none')).to.equal('SourceNotFound');
      const { uri } = await put('private', 'x');
      const stranger = s3.source({ endpoint: server.endpoint, credentials: (await server.account('user')).files });
      const failure = await failureOf(scratch.fetched(stranger, uri));
      expect([failure.reason, failure.message.includes('AccessDenied (403)')]).to.deep.equal(['SourceForbidden', true]);
    });

    it('holds the source to the etag that the job names, in quotes or not, and says which it was', async () => {
      const { uri, etag } = await put('pinned', 'one');
      for (const pin of [etag, etag.replaceAll('"', '')]) {
        expect((await fetched(uri, { etag: pin })).facts.etag).to.equal(etag);
      }
      await put('pinned', 'two');
      expect(await reasonOf(uri, { etag })).to.equal('SourceChanged');
    });

    it('reads the version that the job names', async () => {
      const first = await put('doc', 'one', 'versions');
      const second = await put('doc', 'two', 'versions');
      const { versionId } = first;
      const { facts, content } = await fetched(first.uri, { versionId });
      expect([content.toString(), facts.versionId]).to.deep.equal(['one', versionId]);
      expect((await fetched(first.uri)).facts.versionId).to.equal(second.versionId);
      const unknown = versionId.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
      for (const version of [unknown, 'no-such-form']) {
        expect(await reasonOf(first.uri, { versionId: version }), version).to.equal('SourceChanged');
      }
      expect(await reasonOf(first.uri, { versionId, etag: second.etag })).to.equal('SourceChanged');
    });

    it('asks for the key that is written, be it with dots, slashes or spaces that URL parsing takes away', async () => {
      const keys = {
        's3://inbox/a/../b': '/inbox/a/../b',
        's3://inbox/./a//b/': '/inbox/./a//b/',
        's3://inbox/%2E%2E/b': '/inbox/../b',
        's3://inbox/a%2Fb': '/inbox/a/b',
        's3://inbox/a%252Fb': '/inbox/a%252Fb',
        's3://inbox/end ': '/inbox/end%20',
        's3://inbox/tab\tkey': '/inbox/tab%09key',
      };
      for (const [uri, path] of Object.entries(keys)) {
        faults.forget();
        faults.next('GET', { status: 404, code: 'NoSuchKey' });
        expect(await reasonOf(uri), uri).to.equal('SourceNotFound');
        expect(faults.requests[0]?.path.replace(/\?.*/, ''), uri).to.equal(path);
      }
    });
  });

  describe('credentials', () => {
    const told = (error: Error) => `${error.message} ${inspect(error, { depth: 10, showHidden: true })}`;
    const silentAbout = (error: Error, ...keys: Keys[]) => {
      for (const { accessKeyId, secretAccessKey } of keys) {
        expect(told(error)).to.not.include(accessKeyId);
        expect(told(error)).to.not.include(secretAccessKey);
      }
      expect(told(error)).to.not.match(/X-Amz-Signature|Signature=/i);
    };

    it('are read again for each request, so that rotated keys serve without a restart', async () => {
      const [one, other] = [await server.account('admin'), await server.account('admin')];
      const settings = { endpoint: server.endpoint, credentials: one.files };
      const rotated = { sink: s3.sink({ ...settings, bucket: 'previews' }), source: s3.source(settings) };
      const { uri } = await put('rotated', 'x');
      await rotated.sink.write('rotated/1', 'x', KEEP);
      await scratch.fetched(rotated.source, uri);

      await server.removeAccount(one.keys);
      const refused = await failureOf(rotated.sink.write('rotated/2', 'x', KEEP));
      expect(refused.reason).to.equal('SinkUnavailable');
      expect(refused.message).to.include('InvalidAccessKeyId');
      const unread = await failureOf(scratch.fetched(rotated.source, uri));
      expect(unread.reason, 'our keys say nothing of the source').to.equal('SourceUnavailable');
      for (const error of [refused, unread]) silentAbout(error, one.keys, other.keys);

      const early = rotated.sink.write('rotated/3', 'x', KEEP);
      await writeKeys(one.files, other.keys);
      expect(await early, 'a write that was under way').to.deep.equal(factsOf('x'));
      expect(await rotated.sink.read('rotated/3')).to.equal('x');
      expect((await scratch.fetched(rotated.source, uri)).content.toString()).to.equal('x');

      await writeKeys(one.files, { ...other.keys, secretAccessKey: 'not-the-secret-of-this-key' });
      const wrong = await failureOf(rotated.sink.write('rotated/4', 'x', KEEP));
      expect(wrong.message).to.include('SignatureDoesNotMatch');
      silentAbout(wrong, other.keys, { ...other.keys, secretAccessKey: 'not-the-secret-of-this-key' });
    });

    it('that are not there are a failure that names the problem', async () => {
      const credentials = { accessKeyIdFile: '/nowhere/id', secretAccessKeyFile: '/nowhere/secret' };
      const settings = { endpoint: server.endpoint, credentials };
      expect((await failureOf(s3.sink({ ...settings, bucket: 'previews' }).probe())).message).to.include('ENOENT');
      expect((await failureOf(scratch.fetched(s3.source(settings), 's3://inbox/x'))).reason).to.equal(
        'SourceUnavailable',
      );
    });

    const withEnvironment = async (changed: NodeJS.ProcessEnv, work: () => Promise<unknown>) => {
      const before = Object.fromEntries(Object.keys(changed).map((name) => [name, process.env[name]]));
      const set = (values: NodeJS.ProcessEnv) => {
        for (const [name, value] of Object.entries(values)) {
          if (value === undefined) delete process.env[name];
          else process.env[name] = value;
        }
      };
      set(changed);
      await work().finally(() => set(before));
    };

    it('are those of the process when none are named', async () => {
      const { accessKeyId, secretAccessKey } = server.keys;
      await withEnvironment({ AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey }, () =>
        s3.sink({ endpoint: server.endpoint, bucket: 'previews' }).probe(),
      );
    });

    it('without an endpoint and without a region it says that the region lacks', async () => {
      const none = { AWS_REGION: undefined, AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' };
      await withEnvironment(none, async () => {
        const failure = await failureOf(s3.sink({ bucket: 'previews', credentials: server.keyFiles }).probe());
        expect(failure.message).to.include('no region is set');
      });
    });
  });

  describe('a pod', () => {
    let place: Workplace;
    before(async () => {
      place = await Workplace.open();
      const { endpoint, keyFiles: credentials } = server;
      await server.createBucket('pods');
      await place.pod('on-s3', {
        config: {
          sources: { s3: { endpoint, credentials, buckets: ['inbox'] } },
          sink: { s3: { endpoint, credentials, bucket: 'pods', prefix: 'of/pool' } },
        },
      });
    });
    after(() => place?.close());
    const run = async (job: Omit<PreviewJob, 'version' | 'outputs'>) => {
      const { id } = await place.client.submit({ version: 1, outputs: [{ preset: 'grid' }], ...job });
      return (await place.client.result(id, { timeoutSeconds: 30 })) as RenderedResult;
    };
    const failed = async (job: Omit<PreviewJob, 'version' | 'outputs'>) => (await failureOf(run(job))).reason;
    const object = async (uri: string) => {
      const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri) ?? [];
      const answer = await server.client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return { type: answer.ContentType, bytes: Buffer.from((await answer.Body?.transformToByteArray()) ?? []) };
    };

    it('renders an object of a bucket into another, where the manifest names everything by its URI', async () => {
      const picture = await scene({ width: 120, height: 90, seed: 1 }).jpeg().toBuffer();
      const { uri, etag } = await put('photos/one ', picture);
      const result = await run({ source: { uri, etag }, destination: { uri: 's3://pods/of/pool/acme/' } });
      expect(result.manifest).to.match(/^s3:\/\/pods\/of\/pool\/acme\/artifacts\/c[0-9a-f]{64}\/manifest\.json$/);
      const { type, bytes } = await object(result.manifest);
      expect(type).to.equal('application/json');
      const manifest = JSON.parse(bytes.toString()) as RenderedResult;
      expect(manifest.outputs).to.deep.equal(result.outputs);
      expect(manifest.source).to.deep.include(factsOf(picture));
      const [output] = manifest.outputs;
      const preview = await object(output?.uri ?? '');
      expect(preview.type).to.equal('image/webp');
      expect(factsOf(preview.bytes)).to.deep.equal({ bytes: output?.bytes, sha256: output?.sha256 });

      const again = await run({ source: { uri }, destination: { uri: 's3://pods/of/pool/acme/' } });
      expect([again.cached, again.manifest]).to.deep.equal([true, result.manifest]);
    });

    it('reads nothing else and writes nowhere else', async () => {
      const picture = await scene({ width: 120, height: 90, seed: 2 }).jpeg().toBuffer();
      const { uri, etag } = await put('photos/two.jpg', picture);
      await put('photos/two.jpg', 'changed');
      expect(await failed({ source: { uri, etag } })).to.equal('SourceChanged');
      expect(await failed({ source: { uri: 's3://pods/of/pool/x' } })).to.equal('SourceForbidden');
      expect(await failed({ source: { uri: 'file:///etc/passwd' } })).to.equal('SourceForbidden');
      expect(await failed({ source: { uri: 's3://inbox/none.jpg' } })).to.equal('SourceNotFound');
      expect(await failed({ source: { uri }, destination: { uri: 's3://pods/of/poolside/' } })).to.equal(
        'DestinationForbidden',
      );
    });
  });
});
