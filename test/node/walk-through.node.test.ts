/** The last of its suite, by its name: the path begins where nothing is installed. */
import { join } from 'node:path';
import { expect } from 'chai';
import { helm, RELEASE } from '../chart/helm.ts';
import { walkOn } from '../e2e/walk.ts';
import { ADMIN_PASSWORD, NAMESPACE, previewNode } from './preview-node.ts';
import { NODE_ADDRESS, nodeFolder } from './surroundings.ts';

describe('the path of a platform engineer on a real node', function () {
  this.timeout(10 * 60_000);

  it('leads from nothing to a preview, an upgrade, a roll-back and back, with the defaults of the chart', async () => {
    const { controlPlane, redis } = await previewNode();
    const { kubectl, kubeconfigPath: kubeconfig } = controlPlane;
    await helm(['uninstall', RELEASE, '--namespace', RELEASE, '--wait'], { kubeconfig, seconds: 130 });
    await kubectl(['delete', 'namespace', RELEASE, NAMESPACE, '--timeout=120s']);
    await kubectl(['delete', 'crd', 'previewworkerpools.previews.mobius.dev', '--timeout=60s']);

    const path = await walkOn({
      cluster: controlPlane,
      folder: join(nodeFolder(), 'walk'),
      redisUrl: `redis://:${ADMIN_PASSWORD}@${NODE_ADDRESS}:${redis.port}`,
    });
    const { code, stdout, stderr } = await path.walk();
    console.log(stdout.replace(/^/gm, '      '));
    expect([code, stderr]).to.deep.equal([0, '']);
    expect(stdout).to.not.include(ADMIN_PASSWORD);
    expect(await path.previews()).to.have.length(1);
    expect(await path.left()).to.deep.equal([]);
  });
});
