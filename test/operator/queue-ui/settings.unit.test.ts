import { expect } from 'chai';
import { queuesOf, queueUiCommand } from '../../../operator/queue-ui/settings.ts';

describe('the queues of the queue UI', () => {
  it('are names, with the prefix before the last colon', () => {
    expect(queuesOf('previews, {bull}:films,a:b:c')).to.deep.equal([
      { prefix: 'bull', name: 'previews' },
      { prefix: '{bull}', name: 'films' },
      { prefix: 'a:b', name: 'c' },
    ]);
  });

  for (const [text, why] of [
    ['', 'is no queue'],
    ['a,,b', 'is no queue'],
    ['bull:', 'is no queue'],
    ['previews,bull:previews', 'bull:previews is named twice'],
  ] as const)
    it(`are refused as "${text}", since it ${why}`, () => {
      expect(() => queuesOf(text)).to.throw(why);
    });

  it('have to be given', () => {
    const command = queueUiCommand()
      .exitOverride()
      .configureOutput({ writeErr: () => {} });
    expect(() => command.parse(['node', 'x'])).to.throw("required option '--queues <names>' not specified");
  });
});
