import { expect } from 'chai';
import { runnableJobs } from '../../worker/backlog.ts';
import { Workplace } from './workplace.ts';

const QUEUE = { prefix: 'bull', name: 'previews' };

describe('the runnable backlog', () => {
  let place: Workplace;
  beforeEach(async () => {
    place = await Workplace.open();
  });
  afterEach(() => place?.close());

  const runnable = () => runnableJobs(place.raw, QUEUE);

  it('is what waits, what is prioritized and what is due, not what is delayed', async () => {
    expect(await runnable()).to.equal(0);
    await place.queue.add('preview', {});
    await place.queue.add('preview', {}, { priority: 1_000_000 });
    await place.queue.add('preview', {}, { delay: 3_600_000 });
    expect(await runnable()).to.equal(2);
    await place.raw.zadd('bull:previews:delayed', (Date.now() - 1_000) * 0x1000, 'due');
    expect(await runnable()).to.equal(3);
  });

  it('is 0 while the queue is paused', async () => {
    await place.queue.add('preview', {});
    await place.queue.pause();
    expect(await runnable()).to.equal(0);
    await place.queue.resume();
    expect(await runnable()).to.equal(1);
  });

  it('is 0 while as many jobs are active as the whole queue may run at once', async () => {
    await place.queue.add('preview', {});
    await place.queue.setGlobalConcurrency(1);
    expect(await runnable()).to.equal(1);
    await place.raw.rpush('bull:previews:active', 'another');
    expect(await runnable()).to.equal(0);
  });

  it('is 0 while the queue is rate limited', async () => {
    await place.queue.add('preview', {});
    await place.queue.setGlobalRateLimit(5, 60_000);
    expect(await runnable()).to.equal(1);
    await place.queue.rateLimit(60_000);
    expect(await runnable()).to.equal(0);
    await place.queue.removeRateLimitKey();
    expect(await runnable()).to.equal(1);
  });
});
