/** Argo CD's own engine on the settings that config/argocd has for it: each case, and pools that have lived. */
import { expect } from 'chai';
import { actionCases, expectedHealth, healthCases } from '../gitops/customizations.ts';
import { type LivedPools, startLivedPools } from '../gitops/lived-pools.ts';
import { type ArgoCd, openArgoCd } from './argo-cd.ts';

describe('Argo CD', function () {
  // Its program is built the first time.
  this.timeout(45 * 60_000);
  let argoCd: ArgoCd;

  before(async () => {
    argoCd = await openArgoCd();
  });
  after(() => argoCd?.stop());

  it('finds the health that the cases say', async () => {
    for (const { inputPath, pool, healthStatus } of await healthCases())
      expect(await argoCd.health(pool), inputPath).to.deep.equal(healthStatus);
  });

  it('offers the actions that the cases say', async () => {
    const { discoveries } = await actionCases();
    for (const { inputPath, pool, result } of discoveries) {
      const expected = Object.fromEntries(result.map(({ name, disabled }) => [name, disabled]));
      expect(await argoCd.actions(pool), inputPath).to.deep.equal(expected);
    }
  });

  it('changes by an action what the cases say, and keeps what is empty', async () => {
    const { actions } = await actionCases();
    for (const { action, pool, expected } of actions) {
      const changed = await argoCd.run(pool, action);
      const at = changed.metadata.annotations?.['previews.mobius.dev/restarted-at'];
      if (action === 'restart') expect(at).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      const { annotations } = expected.metadata;
      expect(
        { ...changed, metadata: { ...changed.metadata, ...(annotations && { annotations }) } },
        action,
      ).to.deep.equal(expected);
    }
  });

  it('finds the health of pools that have lived', async () => {
    let lived: LivedPools | undefined;
    try {
      lived = await startLivedPools();
      for (const [what, pool] of lived.pools)
        expect((await argoCd.health(pool)).status, what).to.equal(expectedHealth(pool));
      const deleted = { ...[...lived.pools.values()][0] };
      const metadata = { ...deleted.metadata, deletionTimestamp: '2030-01-01T00:00:00Z' };
      expect(await argoCd.health({ ...deleted, metadata })).to.deep.equal({
        status: 'Progressing',
        message: 'Pending deletion',
      });
    } finally {
      await lived?.stop();
    }
  });
});
