import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { Backoff } from '../../../operator/runtime/backoff.ts';
import { Controller } from '../../../operator/runtime/controller.ts';
import { WorkQueue } from '../../../operator/runtime/work-queue.ts';
import { eventually } from '../../cluster/eventually.ts';

describe('the controller', () => {
  it('tries a failed key again until it succeeds', async () => {
    const queue = new WorkQueue();
    const outcomes: boolean[] = [];
    const controller = new Controller({
      queue,
      concurrency: 1,
      reconcile: async () => {
        if (outcomes.length < 2) throw new Error('not yet');
        return {};
      },
      onResult: ({ error }) => outcomes.push(error === undefined),
    });
    controller.start();
    queue.add('key');
    await eventually('it succeeded', () => outcomes.length === 3);
    await controller.stop();
    expect(outcomes).to.deep.equal([false, false, true]);
  });

  // A timer beyond 2³¹ ms fires at once. What must not happen needs a span in which it could have happened.
  it('does not run hot when an error asks for a wait longer than a timer can hold', async () => {
    const queue = new WorkQueue();
    let runs = 0;
    const controller = new Controller({
      queue,
      concurrency: 1,
      reconcile: async () => {
        runs += 1;
        throw new Error('come back in a month');
      },
      retryAfterSeconds: () => 3_000_000,
    });
    controller.start();
    queue.add('key');
    await eventually('it ran', () => runs > 0);
    await sleep(50);
    await controller.stop();
    expect(runs).to.equal(1);
  });

  it('waits on stop for what it is working on', async () => {
    const queue = new WorkQueue();
    const work = Promise.withResolvers<void>();
    let begun = false;
    let ended = false;
    const controller = new Controller({
      queue,
      concurrency: 1,
      reconcile: async () => {
        begun = true;
        await work.promise;
        ended = true;
        return {};
      },
    });
    controller.start();
    queue.add('key');
    await eventually('it began', () => begun);
    const stopped = controller.stop();
    work.resolve();
    await stopped;
    expect(ended).to.equal(true);
  });
});

describe('the back-off', () => {
  it('doubles from 5 ms to 1000 s with at most a fifth of jitter, and starts anew once forgotten', () => {
    const backoff = new Backoff();
    for (let failures = 0; failures < 40; failures += 1) {
      const plain = Math.min(1_000_000, 5 * 2 ** failures);
      expect(backoff.next('key')).to.be.within(plain, plain * 1.2);
    }
    backoff.forget('key');
    expect(backoff.next('key')).to.be.within(5, 6);
  });
});
