import { createHash } from 'node:crypto';
import type { RequestListener, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { expect } from 'chai';
import sharp from 'sharp';
import { openSources } from '../../../worker/storage/registry.ts';
import { eventually } from '../../cluster/eventually.ts';
import { Workplace } from '../workplace.ts';
import { Origin, PUBLIC_ADDRESS } from './origin.ts';

const FILE = Buffer.from(Array.from({ length: 300_000 }, (_, at) => (at * 7919) % 251));
const SHA256 = createHash('sha256').update(FILE).digest('hex');

/** Sends pieces until the connection is gone; how many bytes it got rid of. */
async function endless(response: ServerResponse, piece: Buffer, everyMs = 0): Promise<number> {
  let sent = 0;
  const gone = new Promise((resolve) => response.once('close', resolve));
  while (!response.destroyed && response.socket?.destroyed === false) {
    if (!response.write(piece)) await Promise.race([gone, new Promise((resolve) => response.once('drain', resolve))]);
    sent += piece.length;
    await delay(everyMs);
  }
  return sent;
}

describe('files of http servers', () => {
  let origin: Origin;
  before(async () => {
    origin = await Origin.open();
  });
  beforeEach(() => origin.reset());
  after(() => origin.close());
  /** The answers one after the other, the last for ever. */
  const answers = (...all: readonly RequestListener[]) => {
    let at = 0;
    origin.answer = (request, response) => all[Math.min(at++, all.length - 1)]?.(request, response);
  };
  const status = (code: number, headers: Record<string, string> = {}): RequestListener => {
    return (_request, response) => response.writeHead(code, headers).end('a page about it');
  };
  const file: RequestListener = (_request, response) => response.end(FILE);
  const tried = () => origin.requests.length;

  describe('a file', () => {
    it('is read as it is, with its ETag, over http and https', async () => {
      origin.answer = (_request, response) => response.writeHead(200, { etag: '"v1"' }).end(FILE);
      for (const uri of [origin.url('/a.bin'), origin.secureUrl('/a.bin')]) {
        const { outcome, message, fetched, content } = await origin.read(uri);
        expect(outcome, message).to.equal('read');
        expect(fetched).to.deep.equal({ bytes: FILE.length, sha256: SHA256, etag: '"v1"' });
        expect(content.equals(FILE)).to.equal(true);
      }
    });

    it('may be empty, and may come without a length', async () => {
      answers((_request, response) => response.end());
      expect((await origin.read(origin.url('/'))).fetched?.bytes).to.equal(0);
      answers((_request, response) => {
        response.write(FILE.subarray(0, 1000));
        response.end(FILE.subarray(1000));
      });
      expect((await origin.read(origin.url('/'))).fetched?.sha256).to.equal(SHA256);
    });

    it('is asked for by path and query, with nothing that tells who asks', async () => {
      answers(file);
      await origin.read(origin.url('/a%20b?token=x#fragment'));
      const [{ url, method, headers } = { url: '', method: '', headers: {} }] = origin.requests;
      expect([method, url]).to.deep.equal(['GET', '/a%20b?token=x']);
      expect(headers).to.deep.equal({
        host: `${PUBLIC_ADDRESS}:${origin.port}`,
        connection: headers.connection,
        accept: '*/*',
        'accept-encoding': 'identity',
        'user-agent': 'mobius-preview-worker',
      });
    });

    it('is not read from a server whose certificate nobody vouches for, or that is another’s', async () => {
      const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
      process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
      try {
        const unknown = await origin.read(origin.secureUrl('/'), { world: { ca: undefined } });
        const other = await origin.read(`https://other.example:${origin.securePort}/`);
        expect([unknown.outcome, other.outcome]).to.deep.equal(['SourceUnavailable', 'SourceUnavailable']);
        expect(other.message).to.contain('ERR_TLS_CERT_ALTNAME_INVALID');
        expect(tried()).to.equal(0);
      } finally {
        if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
        else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
      }
    });

    it('that the scratch folder has no room for is a failure of that folder, never of the source or our own', async () => {
      answers(file);
      const { outcome, message } = await origin.read(origin.url('/'), { into: '/dev/full' });
      expect([outcome, tried()]).to.deep.equal(['ScratchUnavailable', 1]);
      expect(message).to.match(/E[A-Z]+$/);
    });

    it('has no versionId', async () => {
      const { outcome } = await origin.read(origin.url('/'), { versionId: '3' });
      expect([outcome, tried()]).to.deep.equal(['InvalidPayload', 0]);
    });
  });

  describe('a redirect', () => {
    const through = (times: number, location = '/next'): RequestListener[] =>
      Array.from({ length: times }, (_, at) => status([301, 302, 303, 307, 308][at % 5] ?? 301, { location }));

    it('is followed five times, not six', async () => {
      answers(...through(5), file);
      expect((await origin.read(origin.url('/'))).fetched?.sha256).to.equal(SHA256);
      origin.reset();
      answers(...through(6), file);
      expect((await origin.read(origin.url('/'))).outcome).to.equal('SourceForbidden');
      expect(tried()).to.equal(6);
    });

    it('may go from http to https', async () => {
      answers(...through(1, origin.secureUrl('/b')), file);
      expect((await origin.read(origin.url('/'))).fetched?.sha256).to.equal(SHA256);
    });

    it('takes no cookie and no referrer along', async () => {
      answers(status(302, { location: '/b', 'set-cookie': 'a=b' }), file);
      await origin.read(origin.url('/a?token=x'));
      expect(origin.requests.map(({ url }) => url)).to.deep.equal(['/a?token=x', '/b']);
      expect(origin.requests[1]?.headers).to.not.have.any.keys('cookie', 'referer', 'origin', 'authorization');
    });

    it('is not read: a body without end is left behind', async () => {
      let left: Promise<number> | undefined;
      answers((_request, response) => {
        response.writeHead(302, { location: '/b' });
        left = endless(response, Buffer.alloc(1 << 16));
      }, file);
      const { fetched, milliseconds } = await origin.read(origin.url('/'), { maxBytes: FILE.length });
      expect(fetched?.sha256).to.equal(SHA256);
      expect(milliseconds).to.be.lessThan(3000);
      expect(await Promise.race([left, delay(1000)]), 'the server is left').to.be.lessThan(16 << 20);
    });

    it('to what is no URL, or to nowhere, is no answer', async () => {
      for (const headers of [{ location: 'http://[' }, {}] as Record<string, string>[]) {
        answers(status(302, headers), file);
        expect((await origin.read(origin.url('/'))).outcome).to.equal('SourceUnavailable');
      }
    });
  });

  describe('an answer', () => {
    const PERMANENT: readonly [number, string][] = [
      [404, 'SourceNotFound'],
      [410, 'SourceNotFound'],
      [401, 'SourceForbidden'],
      [403, 'SourceForbidden'],
      [407, 'SourceForbidden'],
      [451, 'SourceForbidden'],
      [400, 'SourceForbidden'],
      [405, 'SourceForbidden'],
      [412, 'SourceForbidden'],
      [418, 'SourceForbidden'],
      [202, 'SourceUnavailable'],
      [204, 'SourceUnavailable'],
      [206, 'SourceUnavailable'],
      [300, 'SourceUnavailable'],
      [304, 'SourceUnavailable'],
    ];
    for (const [code, reason] of PERMANENT) {
      it(`of ${code} is ${reason} at once`, async () => {
        answers(status(code), file);
        const { outcome, message, content } = await origin.read(origin.url('/a?token=x'));
        expect([outcome, tried(), content.length]).to.deep.equal([reason, 1, 0]);
        expect(message).to.equal(`${origin.url('/a')} answers ${code}`);
      });
    }

    for (const code of [500, 502, 503, 504, 429, 408]) {
      it(`of ${code} is asked for three times, then SourceUnavailable`, async () => {
        answers(status(code));
        expect([(await origin.read(origin.url('/'))).outcome, tried()]).to.deep.equal(['SourceUnavailable', 3]);
        origin.reset();
        answers(status(code), status(code), file);
        expect([(await origin.read(origin.url('/'))).fetched?.sha256, tried()]).to.deep.equal([SHA256, 3]);
      });
    }

    it('that names a pause is not asked for again before, in seconds and as a date', async () => {
      answers(status(429, { 'retry-after': '1' }), file);
      expect((await origin.read(origin.url('/'))).milliseconds).to.be.within(990, 5000);
      // A date has no fractions: two seconds from now are more than one.
      answers(status(503, { 'retry-after': new Date(Date.now() + 2000).toUTCString() }), file);
      expect((await origin.read(origin.url('/'))).milliseconds).to.be.within(900, 5000);
    });

    it('that names a long pause is left to the queue', async () => {
      for (const after of ['3600', new Date(Date.now() + 3_600_000).toUTCString()]) {
        origin.reset();
        answers(status(503, { 'retry-after': after }), file);
        const { outcome, milliseconds } = await origin.read(origin.url('/'));
        expect([outcome, tried()]).to.deep.equal(['SourceUnavailable', 1]);
        expect(milliseconds).to.be.lessThan(2000);
      }
    });

    it('that names a pause in words of its own, or one that is over, is asked for again soon', async () => {
      for (const after of ['soon', '-5', '', new Date(0).toUTCString()]) {
        answers(status(503, { 'retry-after': after }), file);
        const { outcome, milliseconds } = await origin.read(origin.url('/'), { world: { backOffMs: 200 } });
        expect(outcome, after).to.equal('read');
        expect(milliseconds, after).to.be.within(190, 2000);
      }
    });

    it('is the failure told of when the time ends in a pause; a job that is stopped ends as told', async () => {
      answers(status(503, { 'retry-after': '5' }));
      const late = await origin.read(origin.url('/'), { signal: AbortSignal.timeout(300) });
      expect([late.outcome, tried()]).to.deep.equal(['SourceUnavailable', 1]);
      expect([late.message, late.milliseconds < 2000]).to.deep.equal([`${origin.url('/')} answers 503`, true]);
      const stop = new AbortController();
      setTimeout(() => stop.abort(new TypeError('told to')), 300);
      const stopped = await origin.read(origin.url('/'), { signal: stop.signal });
      expect([stopped.outcome, stopped.message, stopped.milliseconds < 2000]).to.deep.equal([
        'TypeError',
        'told to',
        true,
      ]);
    });

    it('with headers beyond 16 KiB is none', async () => {
      answers((_request, response) => response.writeHead(200, { 'x-long': 'a'.repeat(20_000) }).end(FILE));
      const { outcome, message } = await origin.read(origin.url('/'));
      expect([outcome, message]).to.deep.equal([
        'SourceUnavailable',
        `${origin.url('/')} can not be read: UND_ERR_HEADERS_OVERFLOW`,
      ]);
    });

    it('that is no HTTP is none', async () => {
      answers((request) => request.socket.end('220 mail.example ESMTP\r\n'));
      expect((await origin.read(origin.url('/'))).outcome).to.equal('SourceUnavailable');
    });
  });

  describe('a connection', () => {
    it('that is reset is tried again, three times in all', async () => {
      const reset: RequestListener = (request) => request.socket.resetAndDestroy();
      answers(reset, reset, file);
      expect([(await origin.read(origin.url('/'))).fetched?.sha256, tried()]).to.deep.equal([SHA256, 3]);
      origin.reset();
      answers(reset);
      expect([(await origin.read(origin.url('/'))).outcome, tried()]).to.deep.equal(['SourceUnavailable', 3]);
    });

    it('that breaks in the middle is no file: the next try starts from nothing', async () => {
      const half: RequestListener = (request, response) => {
        response.writeHead(200, { 'content-length': FILE.length });
        response.write(FILE.subarray(0, 200_000), () => setTimeout(() => request.socket.destroy(), 50));
      };
      const chunkless: RequestListener = (request, response) => {
        response.write(FILE.subarray(0, 200_000), () => setTimeout(() => request.socket.destroy(), 50));
      };
      answers(half, chunkless, (_request, response) => response.end('short'));
      const { fetched, content } = await origin.read(origin.url('/'));
      expect([fetched?.bytes, content.toString(), tried()]).to.deep.equal([5, 'short', 3]);
    });

    it('ends with its request, whatever came of it', async () => {
      for (const answer of [file, status(404), status(302, { location: '/' }), status(503)]) {
        answers(answer);
        await origin.read(origin.url('/'));
        // A connection that were kept would be kept for 4 s.
        await eventually('no connection is left', async () => (await origin.connections()) === 0, { seconds: 2 });
      }
    });

    it('that nobody takes is tried three times; an unknown name is SourceUnavailable', async () => {
      let lookups = 0;
      const lookup = async () => {
        lookups += 1;
        return [{ address: PUBLIC_ADDRESS, family: 4 }];
      };
      const { outcome, message } = await origin.read('http://files.example:1/', { world: { lookup } });
      expect([outcome, lookups]).to.deep.equal(['SourceUnavailable', 3]);
      expect(message).to.equal('http://files.example:1/ can not be read: ECONNREFUSED');
      const unknown = async () => {
        throw Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' });
      };
      const { outcome: told } = await origin.read('http://files.example/', { world: { lookup: unknown } });
      expect(told).to.equal('SourceUnavailable');
    });

    it('goes to another checked address of the name when the first takes none', async () => {
      answers(file);
      const world = {
        lookup: async () => [
          { address: '127.0.0.4', family: 4 },
          { address: PUBLIC_ADDRESS, family: 4 },
        ],
        refusalOfAddress: () => undefined,
      };
      const { fetched } = await origin.read(`http://files.example:${origin.port}/`, { world });
      expect(fetched?.sha256).to.equal(SHA256);
    });
  });

  describe('too much', () => {
    it('is refused by its Content-Length, before the body', async () => {
      answers((_request, response) => {
        response.writeHead(200, { 'content-length': 1001 });
        response.flushHeaders();
      });
      const { outcome, content, milliseconds } = await origin.read(origin.url('/'), { maxBytes: 1000 });
      expect([outcome, content.length, tried()]).to.deep.equal(['SourceTooLarge', 0, 1]);
      expect(milliseconds).to.be.lessThan(2000);
    });

    it('is cut at the limit when no length is told; as much as the limit is not too much', async () => {
      let sent: Promise<number> | undefined;
      answers((_request, response) => {
        sent = endless(response, Buffer.alloc(1 << 16));
      });
      const { outcome, content } = await origin.read(origin.url('/'), { maxBytes: 200_000 });
      expect([outcome, content.length <= 200_000]).to.deep.equal(['SourceTooLarge', true]);
      expect(await sent, 'the server is left').to.be.lessThan(16 << 20);
      answers(file);
      expect((await origin.read(origin.url('/'), { maxBytes: FILE.length })).outcome).to.equal('read');
      expect((await origin.read(origin.url('/'), { maxBytes: FILE.length - 1 })).outcome).to.equal('SourceTooLarge');
    });

    const encoded =
      (encoding: string, body: Buffer): RequestListener =>
      (_request, response) =>
        response.writeHead(200, { 'content-encoding': encoding }).end(body);

    it('is what a bomb decodes to, cut at the limit', async () => {
      const zeros = Buffer.alloc(64 << 20);
      for (const [encoding, bomb] of [
        ['gzip', gzipSync(zeros)],
        ['br', brotliCompressSync(zeros)],
      ] as const) {
        answers(encoded(encoding, bomb));
        const { outcome, content } = await origin.read(origin.url('/'), { maxBytes: 1 << 20 });
        expect(bomb.length, 'small as sent').to.be.lessThan(1 << 20);
        expect([outcome, content.length <= 1 << 20], encoding).to.deep.equal(['SourceTooLarge', true]);
      }
    });

    it('is what decodes to nothing, without end', async () => {
      // A stored block of no bytes, again and again.
      const nothing = Buffer.alloc(5 * 8000);
      for (let at = 0; at < nothing.length; at += 5) nothing.set([0, 0, 0, 0xff, 0xff], at);
      answers((_request, response) => {
        response.writeHead(200, { 'content-encoding': 'gzip' });
        response.write(gzipSync('').subarray(0, 10));
        void endless(response, nothing);
      });
      const { outcome, content } = await origin.read(origin.url('/'), { maxBytes: 1 << 20 });
      expect([outcome, content.length]).to.deep.equal(['SourceTooLarge', 0]);
    });

    it('is not a file that a server sends encoded though asked not to', async () => {
      const known = {
        gzip: gzipSync(FILE),
        'X-GZip': gzipSync(FILE),
        deflate: deflateSync(FILE),
        br: brotliCompressSync(FILE),
      };
      for (const [encoding, body] of Object.entries({ ...known, identity: FILE })) {
        answers(encoded(encoding, body));
        expect((await origin.read(origin.url('/'))).fetched?.sha256, encoding).to.equal(SHA256);
      }
    });

    it('encodings that are unknown, stacked or broken are no file', async () => {
      const broken = gzipSync(FILE).fill(7, 500, 700);
      for (const [encoding, body] of [
        ['compress', FILE],
        ['gzip, gzip', gzipSync(gzipSync(FILE))],
        ['gzip', FILE],
        ['gzip', broken],
        ['gzip', gzipSync(FILE).subarray(0, 800)],
        ['br', FILE],
      ] as const) {
        answers(encoded(encoding, body));
        expect((await origin.read(origin.url('/'))).outcome, encoding).to.equal('SourceUnavailable');
      }
    });
  });

  describe('a slow server', () => {
    const world = { connectMs: 400, headersMs: 400, idleMs: 400 };
    const SOON = 3000;

    it('is given up when a look-up does not end', async () => {
      const { outcome, milliseconds } = await origin.read('http://files.example/', {
        world: { ...world, lookup: () => new Promise(() => {}) },
      });
      expect([outcome, milliseconds < SOON]).to.deep.equal(['SourceUnavailable', true]);
    });

    it('is given up when it does not answer, or lets its headers drip', async () => {
      const drip: RequestListener = async (request) => {
        request.socket.write('HTTP/1.1 200 OK\r\n');
        for (let at = 0; !request.socket.destroyed && at < 100; at++) {
          request.socket.write(`x-${at}: a\r\n`);
          await delay(100);
        }
      };
      for (const answer of [() => {}, drip] as RequestListener[]) {
        origin.reset();
        answers(answer);
        const { outcome, message, milliseconds } = await origin.read(origin.url('/'), { world });
        expect([outcome, tried(), milliseconds < SOON]).to.deep.equal(['SourceUnavailable', 1, true]);
        expect(message).to.contain('UND_ERR_HEADERS_TIMEOUT');
      }
    });

    it('is given up when its body stands still', async () => {
      answers((_request, response) => response.write(FILE));
      const { outcome, message, milliseconds } = await origin.read(origin.url('/'), { world });
      expect([outcome, tried(), milliseconds < SOON]).to.deep.equal(['SourceUnavailable', 1, true]);
      expect(message).to.contain('UND_ERR_BODY_TIMEOUT');
    });

    it('that never stands still ends with the job’s time, for its reason, and is left', async () => {
      for (const headers of [{}, { 'content-encoding': 'gzip' }] as Record<string, string>[]) {
        let sent: Promise<number> | undefined;
        answers((_request, response) => {
          response.writeHead(200, headers);
          if (headers['content-encoding']) response.write(gzipSync('').subarray(0, 10));
          sent = endless(response, Buffer.from([0, 0, 0, 0xff, 0xff]), 50);
        });
        const { outcome, milliseconds } = await origin.read(origin.url('/'), {
          world,
          signal: AbortSignal.timeout(1000),
        });
        expect([outcome, tried()]).to.deep.equal(['TimeoutError', 1]);
        expect(milliseconds).to.be.within(900, SOON);
        expect(await sent).to.be.greaterThan(0);
        origin.reset();
      }
    });

    it('is not asked when the job was stopped before', async () => {
      const { outcome } = await origin.read(origin.url('/'), { signal: AbortSignal.abort(new TypeError('told to')) });
      expect([outcome, tried()]).to.deep.equal(['TypeError', 0]);
    });
  });

  describe('an ETag that the job names', () => {
    const tagged = (etag: string | undefined): RequestListener => {
      return (_request, response) => response.writeHead(200, etag === undefined ? {} : { etag }).end(FILE);
    };
    const CASES: readonly [job: string, server: string | undefined, outcome: string][] = [
      ['"a"', '"a"', 'read'],
      ['a', '"a"', 'read'],
      ['W/"a"', 'W/"a"', 'read'],
      ['"a"', 'W/"a"', 'read'],
      ['W/"a"', '"a"', 'read'],
      ['""', '""', 'read'],
      ['"a"', '"b"', 'SourceChanged'],
      ['"a"', '"A"', 'SourceChanged'],
      ['"a"', '"a-gzip"', 'SourceChanged'],
      ['"a"', undefined, 'SourceChanged'],
      ['W/"a"', undefined, 'SourceChanged'],
      ['a"\r\nx-evil: 1', '"a"', 'InvalidPayload'],
      ['a b', '"a b"', 'InvalidPayload'],
      ['"ä"', '"a"', 'InvalidPayload'],
      ['"', '"a"', 'InvalidPayload'],
    ];
    for (const [job, server, expected] of CASES) {
      it(`of ${JSON.stringify(job)} against ${JSON.stringify(server) ?? 'none'} is ${expected}`, async () => {
        answers(tagged(server));
        const { outcome, content } = await origin.read(origin.url('/'), { etag: job });
        expect([outcome, content.length > 0]).to.deep.equal([expected, expected === 'read']);
        expect(tried()).to.equal(expected === 'InvalidPayload' ? 0 : 1);
      });
    }

    it('is asked for where a server can tell: strong ones only; 412 is SourceChanged', async () => {
      answers(tagged('"a"'), tagged('"a"'), status(412));
      for (const etag of ['a', 'W/"a"']) await origin.read(origin.url('/'), { etag });
      expect(origin.requests.map(({ headers }) => headers['if-match'])).to.deep.equal(['"a"', undefined]);
      expect((await origin.read(origin.url('/'), { etag: '"a"' })).outcome).to.equal('SourceChanged');
    });
  });

  it('what goes wrong is told without query, fragment or credentials', async () => {
    const uri = origin.url('/a.jpg?X-Amz-Signature=hunter2&token=hunter2#hunter2');
    const redirect = status(302, { location: `${origin.url('/b')}?token=hunter2` });
    const reset: RequestListener = (request) => request.socket.destroy();
    const leaks: string[] = [];
    for (const last of [status(404), status(403), status(503), status(302, { location: 'http://hunter2@[' }), reset]) {
      answers(last);
      leaks.push((await origin.read(uri)).message);
      answers(redirect, last);
      leaks.push((await origin.read(uri)).message);
    }
    for (const location of [
      'http://127.0.0.1/?hunter2',
      'file:///hunter2',
      'http://a.?hunter2',
      'http://localhost/?hunter2',
    ]) {
      answers(status(302, { location }));
      leaks.push((await origin.read(uri)).message);
    }
    answers(status(302, { location: `${uri}` }));
    leaks.push((await origin.read(uri)).message);
    leaks.push((await origin.read(uri, { settings: { allowedHosts: ['files.example'] } })).message);
    expect(leaks.filter((message) => message === '' || message.includes('hunter2'))).to.deep.equal([]);
    expect(leaks.length).to.equal(16);
  });

  describe('in a worker', () => {
    let place: Workplace;
    before(async () => {
      place = await Workplace.open();
    });
    after(() => place.close());

    it('a job’s source may be a URL, and its etag is held against it', async () => {
      const image = await sharp({ create: { width: 40, height: 30, channels: 3, background: 'red' } })
        .png()
        .toBuffer();
      const served = await sharp(image).jpeg().toBuffer();
      origin.answer = (_request, response) => response.writeHead(200, { etag: '"v1"' }).end(served);
      await place.pod('reader', { config: { sources: { http: { allowPrivateNetworks: true } } } });
      const outcome = async (source: { uri: string; etag?: string; versionId?: string }) => {
        const { id } = await place.client.submit({ version: 1, source, outputs: [{ preset: 'grid' }] });
        return place.outcome(id);
      };
      expect(await outcome({ uri: origin.url('/a.jpg'), etag: '"v1"' })).to.equal('completed');
      expect(await outcome({ uri: origin.url('/a.jpg'), etag: '"v2"' })).to.equal('SourceChanged');
      expect(await outcome({ uri: origin.url('/a.jpg'), versionId: '1' })).to.equal('InvalidPayload');
      expect(await outcome({ uri: 'http://169.254.169.254/latest/meta-data/' })).to.equal('SourceForbidden');
      expect(await outcome({ uri: 'file:///etc/hostname' })).to.equal('SourceForbidden');
      const [request] = origin.requests;
      expect([request?.url, request?.headers['if-match']]).to.deep.equal(['/a.jpg', '"v1"']);
    });

    it('a pool that reads http reads https, and says what it reads', async () => {
      const sources = await openSources({ http: {} });
      const request = { target: undefined as never, maxBytes: 1, signal: AbortSignal.timeout(1000) };
      const told = (uri: string) =>
        sources.fetch({ ...request, uri: new URL(uri) }).catch((error: Error) => error.message);
      expect(await told('https://127.0.0.1/')).to.contain('a loopback address');
      expect(await told('file:///etc/hostname')).to.equal('this pool reads no file: URIs, only http:, https:');
    });
  });
});
