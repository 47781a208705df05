import { setImmediate as turn } from 'node:timers/promises';
import { expect } from 'chai';
import fc from 'fast-check';
import { WorkQueue } from '../../../operator/runtime/work-queue.ts';
import { eventually } from '../../cluster/eventually.ts';

describe('the work queue', () => {
  it('takes what a user changed before what is only checked', async () => {
    const queue = new WorkQueue();
    for (let i = 0; i < 1000; i += 1) queue.add(`resync-${i}`, 'resync');
    queue.add('changed');
    queue.add('resync-7', 'user');
    expect([await queue.take(), await queue.take(), await queue.take()]).to.deep.equal([
      'changed',
      'resync-7',
      'resync-0',
    ]);
  });

  it('tells for how long what is worked on longest has been', async () => {
    const queue = new WorkQueue();
    for (const key of ['one', 'other']) queue.add(key);
    expect(queue.longestSeconds).to.equal(0);
    const ago = (at: number) => (performance.now() - at) / 1000;
    await queue.take();
    const afterOne = performance.now();
    await eventually('it has taken a moment', () => queue.longestSeconds > 0.02);
    const beforeOther = performance.now();
    await queue.take();
    expect(queue.longestSeconds).to.be.at.least((beforeOther - afterOne) / 1000);
    queue.done('one');
    const ofOther = queue.longestSeconds;
    expect(ofOther).to.be.within(0, ago(beforeOther));
    queue.done('other');
    expect(queue.longestSeconds).to.equal(0);
  });

  it('gives waiting takers nothing more once closed', async () => {
    const queue = new WorkQueue();
    const waiting = queue.take();
    queue.addAfter('later', 1);
    queue.close();
    queue.add('too late');
    expect([await waiting, await queue.take(), queue.depth]).to.deep.equal([undefined, undefined, 0]);
  });

  it('keeps the earlier of two wishes for later', async () => {
    const queue = new WorkQueue();
    queue.addAfter('key', 600_000);
    queue.addAfter('key', 1);
    queue.addAfter('key', 500_000);
    expect(await queue.take()).to.equal('key');
    queue.close();
  });

  it('holds a key against all who ask for it, and then takes it before what is only checked', async () => {
    const queue = new WorkQueue();
    queue.add('held');
    expect(await queue.take()).to.equal('held');
    queue.hold('held', 60);
    const since = performance.now();
    queue.add('held', 'resync');
    queue.done('held');
    queue.add('held', 'user');
    queue.addAfter('held', 1);
    expect(queue.depth).to.equal(0);
    const next = queue.take();
    queue.add('other', 'resync');
    expect(await next).to.equal('other');
    expect(await queue.take()).to.equal('held');
    expect(performance.now() - since).to.be.at.least(55);
    queue.close();
  });

  it('never works on one key twice at once, and loses none', async () => {
    const key = fc.constantFrom('a', 'b', 'c');
    const lane = fc.constantFrom('user' as const, 'resync' as const);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(key, lane, fc.nat(3)), { maxLength: 60 }), async (adds) => {
        const queue = new WorkQueue();
        const seen = new Map<string, number>();
        const added = new Map<string, number>();
        const working = new Set<string>();
        let step = 0;
        const worker = async () => {
          for (let taken = await queue.take(); taken !== undefined; taken = await queue.take()) {
            expect(working.has(taken), `${taken} is worked on twice`).to.equal(false);
            working.add(taken);
            seen.set(taken, step);
            await turn();
            working.delete(taken);
            queue.done(taken);
          }
        };
        const workers = [worker(), worker(), worker()];
        for (const [name, where, turns] of adds) {
          step += 1;
          added.set(name, step);
          queue.add(name, where);
          for (let i = 0; i < turns; i += 1) await turn();
        }
        for (let i = 0; i < 20; i += 1) await turn();
        for (const [name, last] of added)
          expect(seen.get(name), `${name} was worked on after it last came in`).to.be.at.least(last);
        queue.close();
        await Promise.all(workers);
      }),
      { numRuns: 200 },
    );
  });
});
