/** `npm run walk-through` with Helm 3, up to a preview and back. Needs Go and its module proxy. */
import { expect } from 'chai';
import { provide } from '../../scripts/tools/provide.ts';
import { startWalkingGround, type WalkingGround } from '../e2e/walking-ground.ts';

describe('the path of a platform engineer by Helm 3', function () {
  this.timeout(10 * 60_000);
  let ground: WalkingGround;

  before(async () => {
    ground = await startWalkingGround();
  });
  after(() => ground?.stop());

  it('leads to a preview, an upgrade, a roll-back and back by the same commands, and leaves nothing', async () => {
    const { code, stdout, stderr } = await ground.walk('--helm', await provide('helm3'));
    console.log(stdout.replace(/^(?!.* s {2}).*\n/gm, '').replace(/^/gm, '      '));
    expect([code, stderr]).to.deep.equal([0, '']);
    expect(await ground.previews()).to.have.length(1);
    expect(await ground.left()).to.deep.equal([]);
  });
});
