import { join } from 'node:path';
import { expect } from 'chai';
import { provide } from '../../scripts/tools/provide.ts';
import { CHART, helm } from '../chart/helm.ts';
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

  it('begins nothing where there is a release of that name, whatever its objects are called, and leaves that alone', async () => {
    const namespace = 'preview-worker-operator';
    const asked = (...words: string[]) =>
      helm([...words, '--namespace', namespace], { kubeconfig: ground.cluster.kubeconfigPath });
    await asked('install', 'taken', CHART, '--create-namespace', '--set', 'fullnameOverride=other');
    try {
      const { code, stderr } = await ground.walk('--release', 'taken');
      expect(code).to.equal(1);
      expect(stderr).to.match(/there is a release taken in preview-worker-operator already: name another by --release/);
      expect(await asked('list', '--short')).to.equal('taken\n');
    } finally {
      await asked('uninstall', 'taken', '--wait');
      await ground.cluster.kubectl(['delete', 'namespace', namespace, '--timeout=60s']);
      await ground.cluster.kubectl(['delete', 'crd', 'previewworkerpools.previews.mobius.dev', '--timeout=60s']);
    }
  });

  it('says at which step it ended and what to do, and leaves nothing of it', async () => {
    const { code, stdout, stderr } = await ground.walk('--redis-url-file', join(ground.cluster.folder, 'absent'));
    expect(code).to.equal(1);
    expect(stdout).to.match(/ done\n +make a namespace/);
    expect(stderr).to.match(/FAILED: .*absent.*\n +to do: the file of --redis-url-file holds one line/);
    expect(await ground.left()).to.deep.equal([]);
  });
});
