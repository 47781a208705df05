/** Traces from who submits a job to its manifest: sent by real exporters to a collector in this process. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { eventually } from '../cluster/eventually.ts';
import { freePorts } from '../cluster/ports.ts';
import { scene } from '../fixtures/images.ts';
import { poison } from '../fixtures/poison-renderer.ts';
import { slow } from '../fixtures/slow-renderer.ts';
import { attribute, type Collector, type Span, startCollector } from './collector.ts';
import { Workplace } from './workplace.ts';

const MAIN = fileURLToPath(new URL('../../worker/main.ts', import.meta.url));
const SECRET = 'k3y-0f-the-c0llector';
const picture = (seed: number) => scene({ width: 120, height: 90, seed }).jpeg().toBuffer();

describe('traces of jobs', function () {
  this.timeout(90_000);
  let place: Workplace;
  let collector: Collector;

  beforeEach(async () => {
    [place, collector] = await Promise.all([Workplace.open(), startCollector()]);
  });
  afterEach(async () => {
    await place?.close();
    await collector?.stop();
  });

  const otel = (url: string) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_EXPORTER_OTLP_HEADERS: `api-key=${SECRET}` });
  /** By the command line, in a process of its own with traces on. */
  const submit = async (source: string, env: Record<string, string>) => {
    const args = [MAIN, 'submit', '--redis', place.redis.url, '--source', source, '--preset', 'grid', '--json'];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...process.env, ...env } });
    return (JSON.parse(stdout) as { id: string }).id;
  };
  const spansOf = (traceId: string) => collector.spans.filter((span) => span.traceId === traceId);
  const named = (spans: readonly Span[], name: string) => spans.find((span) => span.name === name);
  /** All spans of the trace in which this job was done, once they have come. */
  const traceOf = (id: string) =>
    eventually(
      `the trace of ${id}`,
      () => {
        const done = collector.spans.find(
          (span) => span.name === 'process previews' && attribute(span, 'bullmq.job.id') === id,
        );
        return done && spansOf(done.traceId);
      },
      { seconds: 30 },
    );

  it('go from who submits a job by the queue to each step of it, up to the manifest', async () => {
    await place.pod('traced', { env: otel(collector.url) });
    const id = await submit(await place.file('seen.jpg', await picture(1)), otel(collector.url));
    expect(await place.outcome(id)).to.equal('completed');
    const spans = await traceOf(id);

    const added = named(spans, 'add previews.preview');
    const done = named(spans, 'process previews');
    expect(done?.parentSpanId).to.equal(added?.spanId);
    const steps = spans.filter(({ parentSpanId }) => parentSpanId === done?.spanId).map(({ name }) => name);
    expect(steps).to.include.members(['fetch', 'identify', 'render', 'store', 'manifest']);
    expect(spans.every(({ name }) => /^(add previews\.preview|process previews|[a-z]+)$/.test(name))).to.equal(true);

    const service = (span: Span | undefined) => attribute({ attributes: span?.resource ?? [] }, 'service.name');
    expect([service(added), service(done)]).to.deep.equal(['preview-submit', 'preview-worker']);
    expect(attribute({ attributes: done?.resource ?? [] }, 'service.instance.id')).to.equal('traced');
    // Asking for jobs is no trace: there is one for each that was done, and no more.
    expect(new Set(collector.spans.map(({ traceId }) => traceId)).size).to.equal(1);
    expect(collector.headers.every((headers) => headers['api-key'] === SECRET)).to.equal(true);
  });

  it('say by what reason a job failed, and neither its message nor its source, metadata or result', async () => {
    await place.pod('traced', { env: otel(collector.url) });
    const metadata = { token: 'metad4ta-t0ken' };
    const good = await place.submit('private-name.jpg', await picture(2), { metadata });
    const bad = await place.submit('private-poison.jpg', poison('untyped'), { metadata });
    const { id: query } = await place.client.submit({
      version: 1,
      source: { uri: 'https://files.example.com/a.jpg?signature=s1gned' },
      outputs: [{ preset: 'grid' }],
    });
    expect(await place.outcome(good)).to.equal('completed');
    expect(await place.outcome(bad)).to.equal('DecodeFailed');
    expect(await place.outcome(query)).to.equal('SourceForbidden');

    const [spans] = await Promise.all([traceOf(bad), traceOf(good), traceOf(query)]);
    const failed = named(spans, 'render');
    expect([failed && attribute(failed, 'error.type'), failed?.status.code]).to.deep.equal(['DecodeFailed', 2]);
    const whole = named(spans, 'process previews');
    expect(whole && attribute(whole, 'error.type'), 'of the job, too').to.equal('DecodeFailed');
    const told = collector.bodies.join('\n');
    for (const word of ['s1gned', 'metad4ta', 'private-', 'files.example.com', SECRET, '"stringValue":"{'])
      expect(told).not.to.contain(word);
  });

  it('say of a job that a worker gives back at its end that it was, and not that it failed', async () => {
    const pod = await place.pod('drained', { env: otel(collector.url), graceSeconds: 1 });
    const id = await place.submit('long', slow(60_000));
    await place.inState(id, 'active');
    await eventually('it renders', async () => (await place.job(id)).progress !== 0);
    expect((await pod.terminate()).worker).to.equal('code 0');
    const render = await eventually('its step has come', () => named(collector.spans, 'render'));
    expect([attribute(render, 'error.type'), render.status.code ?? 0]).to.deep.equal([undefined, 0]);
  });

  it('ends a submit in time whose collector is away, and says that spans are lost', async () => {
    const mute = await startCollector({ mute: true });
    try {
      const args = [MAIN, 'submit', '--redis', place.redis.url, '--source', 'file:///nowhere', '--preset', 'grid'];
      const env = { ...process.env, ...otel(mute.url), OTEL_EXPORTER_OTLP_TIMEOUT: '600000' };
      const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { env, timeout: 20_000 });
      expect(stdout).to.match(/^submitted r/);
      expect(stderr).to.match(/the last spans were not sent in time/);
    } finally {
      await mute.stop();
    }
  });

  it('are not believed where a job says what no trace can be, and the job is done', async () => {
    const pod = await place.pod('traced', { env: otel(collector.url) });
    const hostile = [
      '{',
      'null',
      '7',
      '[]',
      '{"traceparent":{}}',
      '{"traceparent":"00-zz-zz-01"}',
      `"${'x'.repeat(70_000)}"`,
    ];
    const ids: string[] = [];
    for (const [at, telemetry] of hostile.entries()) {
      const source = { uri: await place.file(`hostile-${at}.jpg`, await picture(10 + at)) };
      const data = { version: 1, source, outputs: [{ preset: 'grid' }] };
      const opts = JSON.stringify({ attempts: 1, tm: telemetry });
      const id = `hostile-${at}`;
      await place.raw.hset(`bull:previews:${id}`, {
        name: 'preview',
        timestamp: String(Date.now()),
        data: JSON.stringify(data),
        opts,
      });
      await place.raw.rpush('bull:previews:wait', id);
      ids.push(id);
    }
    await place.raw.zadd('bull:previews:marker', 0, '0');
    for (const id of ids) await place.inState(id, 'completed', 40);
    await Promise.all(ids.map((id) => traceOf(id)));
    expect(await pod.log()).not.to.match(/"level":"(error|fatal)"/);
  });

  it('hold up neither jobs nor the end of a worker whose collector is away or does not answer', async () => {
    const [port = 0] = await freePorts(1);
    const mute = await startCollector({ mute: true });
    try {
      const away = await place.pod('away', { env: otel(`http://127.0.0.1:${port}`) });
      for (const seed of [20, 21])
        expect(await place.outcome(await place.submit(`${seed}.jpg`, await picture(seed)))).to.equal('completed');
      expect((await away.terminate()).worker).to.equal('code 0');

      // Else the exporter gives up by itself.
      const patient = { ...otel(mute.url), OTEL_EXPORTER_OTLP_TIMEOUT: '600000' };
      const unanswered = await place.pod('unanswered', { graceSeconds: 1, env: patient });
      for (const seed of [22, 23])
        expect(await place.outcome(await place.submit(`${seed}.jpg`, await picture(seed)))).to.equal('completed');
      expect((await unanswered.terminate()).worker).to.equal('code 0');
      expect(await unanswered.log()).to.match(/the last spans were not sent in time/);
      expect(await unanswered.log()).not.to.contain(SECRET);
    } finally {
      await mute.stop();
    }
  });

  it('need nothing that is loaded while nobody asks for them', async () => {
    const pod = await place.pod('untraced', { preload: '../fixtures/told-modules.ts' });
    expect(await place.outcome(await place.submit('plain.jpg', await picture(30)))).to.equal('completed');
    await pod.terminate();
    const [modules = ''] =
      /modules: .*/.exec(await readFile(join(place.site.folder, 'untraced', 'worker.log'), 'utf8')) ?? [];
    // The API alone comes with the registry of metrics.
    expect(modules).to.contain(' bullmq/');
    expect(modules).not.to.match(/@opentelemetry\/(?!api\/)|bullmq-otel/);
  });

  it('are refused at the start by an environment that can not be meant', async () => {
    const refused = async (env: Record<string, string>) => {
      const args = [MAIN, 'work', '--config', '/dev/null'];
      const { stderr } = await promisify(execFile)(process.execPath, args, { env: { ...process.env, ...env } }).catch(
        (error: { stderr: string }) => error,
      );
      return stderr;
    };
    expect(await refused({ OTEL_TRACES_EXPORTER: 'zipkin' })).to.match(
      /OTEL_TRACES_EXPORTER is 'zipkin': it must be otlp/,
    );
    expect(await refused({ ...otel(collector.url), OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' })).to.match(
      /port 4318; set http\/json/,
    );
    expect(await refused({ ...otel(collector.url), OTEL_TRACES_SAMPLER_ARG: '7' })).to.match(/between 0 and 1/);
  });
});
