import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import { PreviewFailure } from '../../../worker/failures.ts';
import { connectRenderer, type RendererConnection } from '../../../worker/renderer/connection.ts';
import { LINE_BYTES } from '../../../worker/renderer/lines.ts';
import { eventually } from '../../cluster/eventually.ts';
import { LIMITS, output } from '../renderers/conformance.ts';
import { impostor, type Peer } from './peer.ts';

const READY = {
  type: 'ready',
  capabilities: {
    slots: 1,
    renderers: [{ name: 'image', version: '1+sharp.0.0', formats: ['jpeg'] }],
    selfTest: { passed: true, milliseconds: 1 },
  },
};
const FILE = { name: 'grid', file: 'grid.webp', mediaType: 'image/webp', width: 1, height: 1, bytes: 1 };
const rendered = (result: object = {}, id: unknown = 1) => ({
  type: 'rendered',
  id,
  result: {
    source: { mediaType: 'image/jpeg', width: 1, height: 1 },
    renderer: { name: 'image', version: '1' },
    outputs: [FILE],
    timings: {},
    ...result,
  },
});
const file = (differing: object) => rendered({ outputs: [{ ...FILE, ...differing }] });
const REQUEST = { folder: 'job', source: 'source', limits: LIMITS, outputs: [output()] };

describe('the worker’s end of the socket, against a renderer that means harm', function () {
  this.timeout(30_000);
  let folder: string;
  let socketPath: string;
  let server: { close(): Promise<void> };
  const peers: Peer[] = [];
  const connections: RendererConnection[] = [];

  /** A renderer that is ready, then says `answer` to the first request it hears. */
  async function hostile(...answer: readonly (object | string | Buffer)[]): Promise<RendererConnection> {
    server = await impostor(socketPath, (peer) => {
      peers.push(peer);
      peer.say(READY);
    });
    const connection = await connectRenderer({ socketPath, signal: AbortSignal.timeout(10_000) });
    connections.push(connection);
    if (answer.length > 0) {
      void eventually('a request', () => peers[0]?.messages('render').length === 1).then(() =>
        peers[0]?.say(...answer),
      );
    }
    return connection;
  }
  const failure = (work: Promise<unknown>) =>
    work.then(
      () => new Error('no failure'),
      (error: Error) => error,
    );

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'preview-connection-'));
    socketPath = join(folder, 's');
    server = { close: async () => {} };
  });
  afterEach(async () => {
    for (const connection of connections.splice(0)) connection.close();
    peers.splice(0);
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });

  const LIES: readonly [string, readonly (object | string | Buffer)[]][] = [
    ['bytes that are no JSON', ['GET / HTTP/1.1\r\n\r\n\n']],
    ['bytes that are no text', [Buffer.from([0xff, 0xfe, 0x00, 0x0a])]],
    ['a line without an end', ['x'.repeat(LINE_BYTES + 1)]],
    ['a JSON value as deep as a line is long', [`${'['.repeat(LINE_BYTES - 1)}\n`]],
    ['a number', ['42\n']],
    ['nothing', ['null\n']],
    ['a list', ['[]\n']],
    ['a message of unknown type', [{ type: 'store', id: 1 }]],
    ['a message that the worker should have sent', [{ type: 'cancel', id: 1 }]],
    ['an id that is a text', [rendered({}, '1')]],
    ['an id that is no integer', [rendered({}, 1.5)]],
    ['an id that was never asked', [rendered({}, 2)]],
    [
      'an answer of the wrong kind',
      [{ type: 'identified', id: 1, identity: { mediaType: 'image/jpeg', renderer: { name: 'image', version: '1' } } }],
    ],
    ['an unknown reason', [{ type: 'failed', id: 1, reason: 'constructor', message: 'x' }]],
    ['a failure without a message', [{ type: 'failed', id: 1, reason: 'DecodeFailed' }]],
    ['a file outside the folder', [file({ file: '../../etc/passwd' })]],
    ['an absolute file', [file({ file: '/etc/passwd' })]],
    ['a hidden file', [file({ file: '.profile' })]],
    ['a file whose name ends early', [file({ file: 'grid.webp\0.txt' })]],
    ['an output that names a folder', [file({ name: 'a/b' })]],
    ['an output that was not asked for', [file({ name: 'other' })]],
    ['one output too many', [rendered({ outputs: [FILE, FILE] })]],
    ['no output', [rendered({ outputs: [] })]],
    ['a million outputs', [rendered({ outputs: Array(2000).fill(0) })]],
    ['a preview that is called a manifest', [file({ file: 'manifest.json' })]],
    ['a preview with the name of another', [file({ file: 'other.webp' })]],
    ['a preview of another type than was asked for', [file({ mediaType: 'text/html' })]],
    ['a negative size', [file({ bytes: -1 })]],
    ['a width that is no number', [file({ width: '1' })]],
    ['a height beyond all integers', [file({ height: 1e300 })]],
    ['markup for a media type', [file({ mediaType: '<script>' })]],
    ['a list of sources', [rendered({ source: [] })]],
    ['a restart for no known cause', [{ type: 'slot-restarted', cause: 'boredom' }]],
  ];
  for (const [title, answer] of LIES) {
    it(`hangs up on ${title}, and the job is given back`, async () => {
      const connection = await hostile(...answer);
      const error = await failure(connection.render(REQUEST, AbortSignal.timeout(20_000)));
      expect(error).to.be.instanceOf(PreviewFailure);
      expect(error).to.include({ reason: 'RendererUnavailable', permanent: false });
      expect(error.message.length).to.be.within(20, 300);
      await connection.closed;
      const after = await failure(connection.render(REQUEST, AbortSignal.timeout(20_000)));
      expect(after).to.include({ reason: 'RendererUnavailable' });
    });
  }

  it('copies what it was told and drops what was added', async () => {
    const connection = await hostile({ ...rendered({ extra: 1 }), extra: 1 });
    const result = await connection.render(REQUEST, AbortSignal.timeout(20_000));
    expect(Object.keys(result).sort()).to.deep.equal(['outputs', 'renderer', 'source', 'timings']);
    expect(result.outputs).to.deep.equal([FILE]);
  });

  it('cuts a failure’s message short', async () => {
    const connection = await hostile({ type: 'failed', id: 1, reason: 'DecodeFailed', message: 'x'.repeat(100_000) });
    const error = await failure(connection.render(REQUEST, AbortSignal.timeout(20_000)));
    expect(error).to.include({ reason: 'DecodeFailed' });
    expect(error.message).to.have.length(1000);
  });

  it('fails every job when the renderer hangs up in the middle of a line', async () => {
    const connection = await hostile();
    const jobs = [1, 2, 3].map(() => failure(connection.render(REQUEST, AbortSignal.timeout(20_000))));
    const peer = await eventually('three requests', () => peers[0]?.messages('render').length === 3 && peers[0]);
    peer.say('{"type":"rendered","id":1,');
    peer.end();
    for (const error of await Promise.all(jobs)) expect(error).to.include({ reason: 'RendererUnavailable' });
  });

  it('understands a message that arrives byte by byte', async () => {
    const connection = await hostile();
    const job = connection.render(REQUEST, AbortSignal.timeout(20_000));
    const peer = await eventually('a request', () => peers[0]?.messages('render').length === 1 && peers[0]);
    for (const letter of `${JSON.stringify(rendered())}\n`) {
      peer.say(letter);
      await delay(0);
    }
    expect((await job).outputs).to.have.length(1);
  });

  it('leaves a renderer that never answers once the job is cancelled', async () => {
    const connection = await hostile();
    const reason = new Error('enough');
    const controller = new AbortController();
    const job = failure(connection.render(REQUEST, controller.signal));
    await eventually('a request', () => peers[0]?.messages('render').length === 1);
    controller.abort(reason);
    const start = performance.now();
    expect(await job).to.equal(reason);
    expect(performance.now() - start).to.be.within(1500, 5000);
    expect(peers[0]?.messages('cancel')).to.deep.equal([{ type: 'cancel', id: 1 }]);
  });

  it('hangs up on a renderer that does not answer in time, and every job is given back', async () => {
    server = await impostor(socketPath, (peer) => {
      peers.push(peer);
      peer.say(READY);
    });
    const signal = AbortSignal.timeout(20_000);
    const connection = await connectRenderer({ socketPath, signal, patienceSeconds: 0.2 });
    connections.push(connection);
    const limits = { ...LIMITS, timeoutSeconds: 1 };
    const patient = failure(connection.render(REQUEST, signal));
    const overdue = failure(connection.identify({ ...REQUEST, limits }, signal));
    expect(await overdue).to.include({ reason: 'RendererUnavailable' });
    expect((await overdue).message).to.match(/did not answer within 1.2 s/);
    expect(await patient).to.include({ reason: 'RendererUnavailable' });
    await connection.closed;
  });

  it('drops an answer that comes after the cancellation', async () => {
    const connection = await hostile();
    const controller = new AbortController();
    const first = failure(connection.render(REQUEST, controller.signal));
    const peer = await eventually('a request', () => peers[0]?.messages('render').length === 1 && peers[0]);
    controller.abort(new Error('enough'));
    await eventually('the cancellation', () => peer.messages('cancel').length === 1);
    peer.say({ type: 'failed', id: 1, reason: 'RendererUnavailable', message: 'cancelled' });
    expect(await first).to.include({ message: 'enough' });
    peer.say(rendered());
    const second = connection.render(REQUEST, AbortSignal.timeout(20_000));
    await eventually('the second request', () => peer.messages('render').length === 2);
    peer.say(rendered({}, 2));
    expect((await second).outputs).to.have.length(1);
  });

  it('outlives the signal that bounded the attempts', async () => {
    const attempts = new AbortController();
    server = await impostor(socketPath, (peer) => {
      peers.push(peer);
      peer.say(READY);
    });
    const connection = await connectRenderer({ socketPath, signal: attempts.signal });
    connections.push(connection);
    attempts.abort();
    const job = connection.render(REQUEST, AbortSignal.timeout(20_000));
    await eventually('a request', () => peers[0]?.messages('render').length === 1);
    peers[0]?.say(rendered());
    expect((await job).outputs).to.have.length(1);
  });

  it('waits for a renderer that is not there yet, refuses or hangs up, and no longer than it is told to', async () => {
    const reason = new Error('no longer');
    const attempts = new AbortController();
    const absent = failure(connectRenderer({ socketPath, signal: attempts.signal }));
    await delay(120);
    server = await impostor(socketPath, (peer) => {
      peers.push(peer);
      peer.hangUp();
    });
    await eventually('several attempts', () => peers.length >= 3);
    attempts.abort(reason);
    expect(await absent).to.equal(reason);
  });

  it('is not kept by a renderer that accepts and says nothing', async () => {
    server = await impostor(socketPath, (peer) => peers.push(peer));
    const attempts = new AbortController();
    const silent = failure(connectRenderer({ socketPath, signal: attempts.signal }));
    const peer = await eventually('a call', () => peers[0]);
    attempts.abort(new Error('no longer'));
    expect(await silent).to.include({ message: 'no longer' });
    await peer.closed;
  });

  it('says so when who listens is no renderer', async () => {
    server = await impostor(socketPath, (peer) => peer.say('220 smtp.example.org ESMTP\n'));
    const error = await failure(connectRenderer({ socketPath, signal: AbortSignal.timeout(20_000) }));
    expect(error).to.include({ reason: 'RendererUnavailable' });
    expect(error.message).to.include('no JSON').and.include(socketPath);
  });
});
