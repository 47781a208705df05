/** The queue UI in a real browser: Debian's Chromium, which is installed where it may be. */
import { Queue } from 'bullmq';
import { expect } from 'chai';
import { Redis } from 'ioredis';
import { type Browser, chromium, type Page } from 'playwright-core';
import { provide } from '../../scripts/tools/provide.ts';
import { documentedUsers } from '../cluster/acl.ts';
import { startRedis, type TestRedis } from '../cluster/redis.ts';
import { LOGIN, type RunningQueueUi, startQueueUi } from '../operator/queue-ui/queue-ui.ts';

const PASSWORD = 'op3rator-s3cret';
const QUIET = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'];
const WHY = 'SourceForbidden: the server answered 403; look at its rights';

describe('the queue UI in a browser', function () {
  this.timeout(60_000);
  let server: TestRedis;
  let admin: Redis;
  let queue: Queue;
  let ui: RunningQueueUi;
  let browser: Browser;
  /** Of whom answers came, and what was not let out. */
  let origins: Set<string>;
  let page: Page;

  before(async function () {
    this.timeout(5 * 60_000);
    const executablePath = await provide('chromium');
    browser = await chromium.launch({ executablePath, args: QUIET });
    server = await startRedis({ password: PASSWORD, users: documentedUsers(PASSWORD) });
    admin = new Redis(server.port, { password: PASSWORD, maxRetriesPerRequest: null });
    queue = new Queue('previews', { connection: admin });
    for (let at = 0; at < 12; at += 1) {
      const source = { uri: `https://user:s3cret@files.example.com/${at}.jpg?signature=s3cret` };
      await queue.add('preview', { version: 1, source, outputs: [{ preset: 'grid' }] }, { jobId: `photo-${at}` });
    }
    await admin.lrem(queue.toKey('wait'), 0, 'photo-1');
    await admin.hset(queue.toKey('photo-1'), { failedReason: WHY, atm: 5, finishedOn: Date.now() });
    await admin.zadd(queue.toKey('failed'), Date.now(), 'photo-1');
    ui = await startQueueUi(`redis://preview-queue-ui:${PASSWORD}@127.0.0.1:${server.port}`);
  });
  beforeEach(async () => {
    page = await (await browser.newContext({ httpCredentials: LOGIN })).newPage();
    origins = new Set();
    page.on('response', (response) => origins.add(new URL(response.url()).origin));
  });
  afterEach(() => page.context().close());
  after(async () => {
    await browser?.close();
    await ui?.stop();
    await queue?.close();
    admin?.disconnect();
    await server?.stop();
  });

  it('shows who signed in the failed jobs with their reason, and one of them by itself', async () => {
    await page.goto(ui.url);
    await page.getByRole('link', { name: 'previews' }).first().click();
    await page.getByRole('link', { name: 'Failed' }).click();
    await page.getByText(WHY).waitFor();
    await page.getByRole('link', { name: /photo-1\b/ }).click();
    await page.waitForURL(/\/queue\/previews\/photo-1/);
    await page.getByText(WHY).waitFor();
    await page.getByRole('tab', { name: 'Data' }).click();
    await page.getByText('https://files.example.com/1.jpg?…').last().waitFor();
    expect(await page.content()).to.not.include('s3cret');
  });

  it('follows the queue without being asked to', async () => {
    await page.goto(`${ui.url}/queue/previews?status=waiting`);
    await page.getByText('photo-0', { exact: true }).waitFor();
    await admin.lrem(queue.toKey('wait'), 0, 'photo-0');
    await page.getByText('photo-0', { exact: true }).waitFor({ state: 'detached' });
  });

  it('has no button that would change anything', async () => {
    for (const path of ['/', '/queue/previews?status=failed', '/queue/previews/photo-1']) {
      await page.goto(`${ui.url}${path}`);
      await page
        .getByText(path === '/' ? 'previews' : WHY)
        .first()
        .waitFor();
      const names = await page.getByRole('button').allInnerTexts();
      expect(names.join(' '), path).to.not.match(/retry|clean|pause|promote|remove|delete|add|empty|duplicate/i);
      const labels = await page
        .locator('button[title], button[aria-label]')
        .evaluateAll((all) => all.map((one) => `${one.getAttribute('title')} ${one.getAttribute('aria-label')}`));
      expect(labels.join(' '), path).to.not.match(/retry|clean|pause|promote|remove|delete|add job|empty/i);
    }
  });

  it('asks nobody but the queue UI', async () => {
    await page.goto(`${ui.url}/queue/previews?status=failed`);
    await page.getByText(WHY).waitFor();
    expect([...origins]).to.deep.equal([ui.url]);
  });

  it('says what is wrong while Redis does not answer', async () => {
    const away = await startQueueUi('redis://127.0.0.1:1');
    try {
      await page.goto(away.url);
      await page.getByText('Redis can not be asked now').first().waitFor();
    } finally {
      await away.stop();
    }
  });

  it('shows nothing to who has no login', async () => {
    const stranger = await (await browser.newContext()).newPage();
    // The browser asks its user, whom there is none of.
    const said = await stranger.goto(ui.url).then(
      (response) => `${response?.status()} ${response?.headers()['www-authenticate']}`,
      ({ message }: Error) => message,
    );
    expect(said).to.match(/^401 Basic|ERR_INVALID_AUTH_CREDENTIALS/);
    await stranger.context().close();
  });
});
