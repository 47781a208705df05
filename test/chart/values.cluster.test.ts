import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { valuesIn } from '../../scripts/chart/values.ts';
import { EVERY_VALUE } from './every-value.ts';
import { CHART, type Manifest, rendered } from './helm.ts';
import type { OperatorDeployment } from './releases.ts';

/** Of a parent chart: nothing of ours reads them. */
const OF_PARENTS = ['global', 'enabled'];

const refusal = (values: object): Promise<string> =>
  rendered(values).then(
    () => 'taken',
    ({ message }: Error) => message,
  );

describe('the values of the chart', function () {
  // The first time Helm is built.
  this.timeout(20 * 60_000);
  let usual: readonly Manifest[];

  before(async () => {
    usual = await rendered();
  });

  it('have a case each', async () => {
    const schema = JSON.parse(await readFile(`${CHART}/values.schema.json`, 'utf8'));
    const leaves = valuesIn(schema)
      .filter(({ schema: { default: value } }) => value !== undefined)
      .map(({ path }) => path.join('.'));
    expect([...Object.keys(EVERY_VALUE), ...OF_PARENTS]).to.have.members(leaves);
  });

  for (const [name, { values, gives, wanted }] of Object.entries(EVERY_VALUE)) {
    it(`${name} does what it says`, async () => {
      expect(gives(await rendered(values))).to.deep.equal(wanted);
      expect(gives(usual)).to.not.deep.equal(wanted);
    });
  }

  it('without an API of its own bring no Secret, no port and no right for one', async () => {
    const objects = await rendered({ externalMetrics: { enabled: false }, queueApi: { enabled: false } });
    const without = objects.filter(
      ({ kind, metadata }) => /APIService|Secret/.test(kind) || /-metrics$/.test(metadata.name),
    );
    expect(without).to.deep.equal([]);
    expect(JSON.stringify(objects)).to.not.match(/metrics-api|subjectaccessreviews|EXTERNAL_METRICS|QUEUE_API/);
  });

  it('can not set by extraEnv what the chart sets', async () => {
    const { properties } = JSON.parse(await readFile(`${CHART}/values.schema.json`, 'utf8'));
    const refused: readonly string[] = properties.extraEnv.items.properties.name.not.enum;
    const objects = [...usual, ...(await rendered({ watchNamespaces: ['team-a'] }))];
    const set = objects
      .filter(({ kind }) => kind === 'Deployment')
      .flatMap(({ spec }) =>
        (spec as OperatorDeployment['spec']).template.spec.containers[0].env.map(({ name }) => name),
      );
    expect(refused).to.have.members([...new Set(set)]);
  });

  it('that nobody knows are refused by name, at every level', async () => {
    for (const values of [
      { replicaCount: 1 },
      { image: { name: 'x' } },
      { workerImage: { pullPolicy: 'Always' } },
      { settings: { leaderElect: false } },
      { crds: { install: true } },
      { queueApi: { own: true } },
      { queueUi: { readOnly: false } },
      { monitoring: { serviceMonitor: { on: true } } },
    ]) {
      const [unknown] = JSON.stringify(values).match(/\w+(?=":(?:\d|"|true|false))/) ?? [''];
      expect(await refusal(values), JSON.stringify(values)).to.match(
        new RegExp(`additional propert.*'${unknown}' not allowed`),
      );
    }
  });

  it('that can not work, or would loosen the pod, are refused', async () => {
    for (const [values, at] of [
      [{ replicas: -1 }, '/replicas'],
      [{ image: { digest: 'sha256:1' } }, '/image/digest'],
      [{ settings: { logLevel: 'loud' } }, '/settings/logLevel'],
      [{ fullnameOverride: 'Previews' }, '/fullnameOverride'],
      [{ watchNamespaces: ['a', 'a'] }, '/watchNamespaces'],
      [{ queueUi: { queues: [] } }, '/queueUi/queues'],
      [{ queueUi: { queues: ['a,b'] } }, '/queueUi/queues/0'],
      [{ queueUi: { loginSecret: '' } }, '/queueUi/loginSecret'],
      [{ extraEnv: [{ name: 'LEASE_NAME', value: 'x' }] }, '/extraEnv/0/name'],
      [{ podSecurityContext: { runAsNonRoot: false } }, '/podSecurityContext/runAsNonRoot'],
      [{ podSecurityContext: { runAsUser: 0 } }, '/podSecurityContext/runAsUser'],
      [{ podSecurityContext: { seccompProfile: { type: 'Unconfined' } } }, '/podSecurityContext/seccompProfile/type'],
    ] as const)
      expect(await refusal(values)).to.include(at);
  });
});
