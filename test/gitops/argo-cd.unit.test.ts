/** Health and actions of pools in Argo CD: scripts that its own Lua runs. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Pool } from '../../operator/pool/pool.ts';
import { statusOf } from '../../operator/pool/status.ts';
import { CUSTOMIZATIONS } from '../../scripts/manifests/argo-cd.ts';
import { NOW, TABLE } from '../operator/pool/observed-pools.ts';
import { actionCases, expectedHealth, type Health, healthCases, scriptOf } from './customizations.ts';
import { runLua } from './lua.ts';

describe('a pool in Argo CD', function () {
  // The interpreter is built the first time.
  this.timeout(5 * 60_000);

  const healthOf = (pools: readonly object[]) => runLua<Health>(scriptOf('health.lua'), pools);
  const onlyHealth = async (pools: readonly object[]) => (await healthOf(pools)).map(({ status }) => status);

  it('has the health that its cases say', async () => {
    const cases = await healthCases();
    expect(await healthOf(cases.map(({ pool }) => pool))).to.deep.equal(cases.map(({ healthStatus }) => healthStatus));
  });

  it('has a health in every situation: what stands still is Suspended, what needs somebody Degraded, what moves Progressing', async () => {
    const pools = TABLE.map(({ facts }) => ({ ...facts.pool, status: statusOf(facts, NOW) }) as Pool);
    const expected = pools.map(expectedHealth);
    expect(new Set(expected)).to.have.all.keys('Degraded', 'Healthy', 'Progressing', 'Suspended');
    const said = (health: readonly string[]) => TABLE.map(({ situation }, at) => `${situation}: ${health[at]}`);
    expect(said(await onlyHealth(pools))).to.deep.equal(said(expected));
  });

  it('is Progressing while a newer spec has not been looked at, whatever was said of the older one', async () => {
    const pools = TABLE.map(({ facts }) => {
      const status = statusOf(facts, NOW);
      const { generation = 0 } = facts.pool.metadata;
      return { ...facts.pool, metadata: { ...facts.pool.metadata, generation: generation + 1 }, status };
    });
    expect(new Set(await onlyHealth(pools))).to.deep.equal(new Set(['Progressing']));
  });

  it('is Progressing where there is nothing to read yet', async () => {
    const { metadata, spec } = TABLE[0]!.facts.pool;
    const status = { observedGeneration: 3 };
    const pools = [
      { metadata, spec },
      { metadata, spec, status },
      { metadata, spec, status: { ...status, conditions: [] } },
    ];
    expect(new Set(await onlyHealth(pools))).to.deep.equal(new Set(['Progressing']));
  });

  it('offers the actions that would do something', async () => {
    const { discoveries } = await actionCases();
    const found = await runLua<Record<string, object>>(
      scriptOf('actions/discovery.lua'),
      discoveries.map(({ pool }) => pool),
    );
    const listed = found.map((actions) =>
      Object.entries(actions).map(([name, more]) => ({ disabled: false, ...more, name })),
    );
    for (const [at, { result }] of discoveries.entries()) expect(listed[at]).to.have.deep.members([...result]);
  });

  it('is changed by an action in one field and no other', async () => {
    const { actions } = await actionCases();
    expect(actions.map(({ action }) => action)).to.have.members(['suspend', 'resume', 'restart']);
    for (const { action, pool, expected } of actions) {
      const [changed] = await runLua<Pool>(scriptOf(`actions/${action}/action.lua`), [pool]);
      expect(comparable(changed), action).to.deep.equal(comparable(expected));
    }
  });

  it('has a case for each file that lies beside the scripts', async () => {
    const [health, { discoveries, actions }] = [await healthCases(), await actionCases()];
    const used = [
      ...health.map(({ inputPath }) => inputPath),
      ...[...discoveries, ...actions].map(({ inputPath }) => `actions/${inputPath}`),
      ...actions.map(({ expectedOutputPath }) => `actions/${expectedOutputPath}`),
    ];
    const there = await Promise.all(
      ['testdata', 'actions/testdata'].map(async (folder) =>
        (await readdir(join(CUSTOMIZATIONS, folder))).map((name) => `${folder}/${name}`),
      ),
    );
    expect(new Set(used)).to.deep.equal(new Set(there.flat()));
  });
});

/** When it was restarted is the clock's; an empty object is a list to Lua, and Argo CD puts it right. */
const comparable = (pool: unknown): unknown =>
  JSON.parse(
    JSON.stringify(pool)
      .replaceAll('{}', '[]')
      .replace(/"\d{4}(-\d\d){2}T[\d:]{8}Z"/g, '"a time"'),
  );
