import { writeFile } from 'node:fs/promises';
import { Queue } from 'bullmq';
import { expect } from 'chai';
import { Redis } from 'ioredis';
import { documentedUsers } from '../../cluster/acl.ts';
import { eventually } from '../../cluster/eventually.ts';
import { startRedis, type TestRedis } from '../../cluster/redis.ts';
import { basic, LOGIN, type RunningQueueUi, startQueueUi } from './queue-ui.ts';

const PASSWORD = 'op3rator-s3cret';
const READ = { authorization: basic() };

interface Answer {
  readonly queues: readonly [
    {
      readonly counts: object;
      readonly isPaused: boolean;
      readonly globalConcurrency: number | null;
      readonly readOnlyMode: boolean;
      readonly jobs: readonly { readonly id: string; readonly data: object; readonly failedReason: string }[];
    },
  ];
}

describe('the queue UI, as the user that docs/redis.md gives it', function () {
  this.timeout(60_000);
  let server: TestRedis;
  let admin: Redis;
  let queue: Queue;
  let ui: RunningQueueUi;

  const urlFor = (user = 'preview-queue-ui', password = PASSWORD) =>
    `redis://${user}:${password}@127.0.0.1:${server.port}`;
  const get = (path: string, headers: Record<string, string> = READ, method = 'GET') =>
    fetch(`${ui.url}${path}`, { method, headers, redirect: 'manual' });
  const queues = async (query = '') => {
    const response = await get(`/api/queues?activeQueue=previews&jobsPerPage=10${query}`);
    const text = await response.text();
    expect(response.status, text).to.equal(200);
    return { text, queue: (JSON.parse(text) as Answer).queues[0] };
  };
  const add = (id: string, more: object = {}, data: object = {}) =>
    queue.add(
      'preview',
      { version: 1, source: { uri: 'file:///a.jpg' }, outputs: [{ preset: 'grid' }], ...data },
      {
        jobId: id,
        ...more,
      },
    );
  const fail = async (id: string, failedReason: string) => {
    await add(id);
    await admin.lrem(queue.toKey('wait'), 0, id);
    await admin.hset(queue.toKey(id), { failedReason, stacktrace: '["of-a-s3cret"]', atm: 5, finishedOn: 2_000 });
    await admin.zadd(queue.toKey('failed'), 2_000, id);
  };

  before(async () => {
    server = await startRedis({ password: PASSWORD, users: documentedUsers(PASSWORD) });
    admin = new Redis(server.port, { password: PASSWORD, maxRetriesPerRequest: null });
    queue = new Queue('previews', { connection: admin });
  });
  beforeEach(async () => {
    await admin.flushall();
    ui = await startQueueUi(urlFor());
  });
  afterEach(() => ui?.stop());
  after(async () => {
    await queue?.close();
    admin?.disconnect();
    await server?.stop();
  });

  it('tells of each state how many jobs there are, and shows them page by page', async () => {
    for (let at = 0; at < 15; at += 1) await add(`waits-${at}`);
    await add('lane', { priority: 3 });
    await add('due', { delay: 60_000 });
    await fail('is-failed', 'TimedOut: too slow');
    await admin.rpoplpush(queue.toKey('wait'), queue.toKey('active'));
    const { queue: shown } = await queues('&status=waiting&page=2');
    expect(shown.counts).to.deep.equal({ active: 1, waiting: 15, delayed: 1, failed: 1, completed: 0 });
    expect(shown.jobs.map(({ id }) => id)).to.deep.equal(['waits-11', 'waits-12', 'waits-13', 'waits-14', 'lane']);
    expect((await queues()).queue.jobs).to.have.length(13);
    expect(shown).to.include({ isPaused: false, globalConcurrency: null, readOnlyMode: true });
    await queue.pause();
    await queue.setGlobalConcurrency(7);
    expect((await queues()).queue).to.include({ isPaused: true, globalConcurrency: 7 });
  });

  it('finds a job by its id in each state, and none by the names of the queue’s own keys', async () => {
    await add('is-active');
    await admin.rpoplpush(queue.toKey('wait'), queue.toKey('active'));
    await add('is-waiting');
    await add('is-prioritized', { priority: 3 });
    await add('is-delayed', { delay: 60_000 });
    await fail('is-failed', 'TimedOut: too slow');
    const stateOf = async (id: string) => {
      const response = await get(`/api/queues/previews/${encodeURIComponent(id)}`);
      return response.status === 200 ? ((await response.json()) as { status: string }).status : response.status;
    };
    expect(await stateOf('is-prioritized')).to.equal('waiting');
    for (const state of ['active', 'waiting', 'delayed', 'failed'])
      expect(await stateOf(`is-${state}`)).to.equal(state);
    const keys = ['wait', 'active', 'meta', 'events', 'delayed', 'failed', 'id', '*', '../x', 'x'.repeat(3_000)];
    for (const key of keys) expect(await stateOf(key), key).to.equal(404);
  });

  it('shows nothing of a job that kubectl pwp jobs does not', async () => {
    const secret = 'of-a-s3cret';
    await add(
      'hostile',
      {},
      {
        source: { uri: `https://user:${secret}@files.example.com/a.jpg?X-Amz-Signature=${secret}` },
        metadata: { note: secret },
      },
    );
    await admin.hset(queue.toKey('hostile'), { returnvalue: `"${secret}"`, progress: `"${secret}"` });
    await admin.rpush(queue.toKey('hostile:logs'), secret);
    await fail('is-failed', `SourceForbidden: https://user:${secret}@files.example.com/a?token=${secret} was 403`);
    const pages = [
      '/api/queues/previews/hostile',
      '/api/queues/previews/hostile/logs',
      '/api/queues/previews/is-failed',
    ];
    const told = await Promise.all(pages.map(async (path) => (await get(path)).text()));
    const all = [...told, (await queues()).text, await ui.log()].join('\n');
    expect(all).to.include('https://files.example.com/a.jpg?…').and.to.include('SourceForbidden: ');
    expect(all).to.not.include(secret);
    expect(all).to.not.include(PASSWORD);
  });

  it('lets nobody see anything without the login, but whether it is alive', async () => {
    expect(await (await get('/healthz', {})).text()).to.equal('ok');
    const paths = ['/', '/queue/previews', '/static/favicon.ico', '/api/queues', '/api/redis/stats', '/nowhere'];
    for (const path of paths) {
      for (const headers of [
        {},
        { authorization: 'Bearer x' },
        { authorization: basic('other') },
        { authorization: basic('board', 'no') },
      ]) {
        const response = await get(path, headers as Record<string, string>);
        expect([401, 429], path).to.include(response.status);
        expect(await response.text()).to.not.match(/html|queues":/);
      }
    }
    expect(await ui.log())
      .to.include('a wrong login')
      .and.not.include(LOGIN.password);
  });

  it('answers no more guesses from one address than ten at once, right or wrong, also when they come together', async () => {
    const guesses = [...Array.from({ length: 30 }, (_, at) => basic('board', `guess-${at}`)), basic()];
    const answers = await Promise.all(guesses.map(async (authorization) => (await get('/', { authorization })).status));
    expect(answers.filter((status) => status === 401)).to.have.length(10);
    const late = await get('/');
    expect(late.status).to.equal(429);
    expect(Number(late.headers.get('retry-after'))).to.be.within(1, 5);
    await eventually('there is room again', async () => (await get('/')).status === 200);
  });

  it('changes nothing, whoever asks and however', async () => {
    await fail('is-failed', 'TimedOut: too slow');
    await add('waits');
    const before = await admin.dump(queue.toKey('wait'));
    for (const [method, path] of [
      ['PUT', '/api/queues/previews/is-failed/retry'],
      ['PUT', '/api/queues/previews/retry/failed'],
      ['PUT', '/api/queues/previews/pause'],
      ['PUT', '/api/queues/previews/empty'],
      ['PUT', '/api/queues/previews/obliterate'],
      ['POST', '/api/queues/previews/add'],
      ['PATCH', '/api/queues/previews/waits/update-data'],
      ['DELETE', '/api/queues/previews'],
    ] as const) {
      const response = await get(path, { ...READ, 'x-http-method-override': method }, method);
      expect(response.status, path).to.equal(405);
      expect(await response.text()).to.include('kubectl pwp retry');
    }
    expect(await admin.zcard(queue.toKey('failed'))).to.equal(1);
    expect((await admin.dump(queue.toKey('wait')))?.toString()).to.equal(before?.toString());
    const reader = new Redis(urlFor(), { enableReadyCheck: false });
    const refused = await reader.set('bull:previews:x', '1').catch(({ message }: Error) => message);
    reader.disconnect();
    expect(refused).to.include('NOPERM');
  });

  it('takes no page that is larger than what it reads at once', async () => {
    for (const [asked, status] of [
      ['200', 200],
      ['201', 400],
      ['1e9', 400],
      ['', 400],
    ] as const)
      expect((await get(`/api/queues?activeQueue=previews&page=1&jobsPerPage=${asked}`)).status, asked).to.equal(
        status,
      );
  });

  it('tells browsers to run, fetch, frame and keep nothing of others', async () => {
    const { headers } = await get('/');
    expect(headers.get('content-security-policy')).to.include("default-src 'none'").and.include("script-src 'self'");
    expect(headers.get('content-security-policy')).to.include("frame-ancestors 'none'");
    expect(headers.get('strict-transport-security'), 'for the host it does not own').to.equal(null);
    expect(headers.get('x-content-type-options')).to.equal('nosniff');
    expect(headers.get('cache-control')).to.equal('no-store');
    expect(headers.get('referrer-policy')).to.equal('no-referrer');
    expect(headers.get('x-powered-by')).to.equal(null);
    expect(headers.get('access-control-allow-origin')).to.equal(null);
  });

  it('does not start without a login, or with one that can be guessed', async () => {
    const said = (login: object) =>
      startQueueUi(urlFor(), { login }).then(
        async (running) => running.stop().then(() => 'it runs'),
        ({ message }: Error) => message,
      );
    expect(await said({ username: 'board' })).to.match(/the password is not to be had \(ENOENT/);
    expect(await said({ username: 'board', password: '\n' })).to.include('is empty: there is no way in');
    expect(await said({ username: 'board', password: 'short' })).to.include('make one by openssl rand -hex 24');
    expect(await said({ username: 'a:b', password: LOGIN.password })).to.include('must not hold a colon');
  });

  it('takes a rotated login and another user of Redis without a restart, and lets nobody in while there is no login', async () => {
    await writeFile(ui.files.password, 'another-long-s3cret');
    expect((await get('/')).status).to.equal(401);
    const headers = { authorization: basic('board', 'another-long-s3cret') };
    expect((await get('/', headers)).status).to.equal(200);
    await writeFile(ui.files.redisUrl, urlFor('preview-queue-ui', 'wr0ng-s3cret'));
    const refused = await (await get('/api/queues', headers)).text();
    expect(refused).to.include('Redis can not be asked now').and.not.include('wr0ng');
    await writeFile(ui.files.redisUrl, urlFor());
    expect((await get('/api/queues', headers)).status).to.equal(200);
    await writeFile(ui.files.password, '');
    expect((await get('/', headers)).status).to.equal(503);
  });

  it('says what its user of Redis lacks', async () => {
    await admin.acl('SETUSER', 'poor', 'on', `>${PASSWORD}`, '~bull:previews:*', '-@all', '+zcard', '+select');
    await writeFile(ui.files.redisUrl, urlFor('poor'));
    expect(await (await get('/api/queues')).text()).to.include('docs/queue-ui.md has the rights that it takes');
  });

  it('ends at once when it is asked to', async () => {
    await get('/api/queues');
    ui.process.kill('SIGTERM');
    expect(await ui.process.exited).to.equal('code 0');
  });
});
