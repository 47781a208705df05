import { join } from 'node:path';
import { expect } from 'chai';
import { provide } from '../../scripts/tools/provide.ts';
import { CHART } from '../chart/helm.ts';
import { previousChart } from '../chart/releases.ts';
import { shownIn } from '../documents/shown.ts';
import { startWalkingGround, type WalkingGround } from './walking-ground.ts';

describe('the path of a platform engineer', function () {
  // The first time Helm is built.
  this.timeout(20 * 60_000);
  const shown = shownIn('docs/install.md', import.meta.url);
  let ground: WalkingGround;

  before(async () => {
    await provide('helm');
    ground = await startWalkingGround();
  });
  after(() => ground?.stop());

  it('leads from the chart before this one to a preview, an upgrade, a roll-back and back, and leaves nothing', async () => {
    const { path } = await previousChart(join(ground.cluster.folder, 'previous'));
    const { code, stdout, stderr } = await ground.walk('--from-chart', path);
    console.log(stdout.replace(/^/gm, '      '));
    expect([code, stderr]).to.deep.equal([0, '']);
    const ran = stdout
      .replaceAll(path, CHART)
      .split('\n')
      .flatMap((line) => line.trim().match(/^\$ (.*)/)?.[1] ?? []);
    expect(ran).to.include.members(shown.rest());
    expect(await ground.previews()).to.have.length(1);
    expect(await ground.left()).to.deep.equal([]);
  });

  it('says at which step it ended and what to do, and leaves nothing of it', async () => {
    const { code, stdout, stderr } = await ground.walk('--redis-url-file', join(ground.cluster.folder, 'absent'));
    expect(code).to.equal(1);
    expect(stdout).to.match(/ done\n +make a namespace/);
    expect(stderr).to.match(/FAILED: .*absent.*\n +to do: the file of --redis-url-file holds one line/);
    expect(await ground.left()).to.deep.equal([]);
  });
});
