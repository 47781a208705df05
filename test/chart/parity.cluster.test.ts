import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { parse } from 'yaml';
import { operatorCommand } from '../../operator/settings.ts';
import { provide } from '../../scripts/tools/provide.ts';
import { CHART, helm, type Manifest, objectsIn, RELEASE, rendered } from './helm.ts';

interface Variable {
  readonly name: string;
  readonly value?: string;
}

/** Helm's own labels: of `config/` there is one in a namespace, of releases there may be two. */
const OF_HELM = [
  'app.kubernetes.io/instance',
  'app.kubernetes.io/managed-by',
  'app.kubernetes.io/version',
  'helm.sh/chart',
];
/** What the operator takes by itself; the chart states it, because another release has other names. */
const OWN_DEFAULTS = new Map([
  ...operatorCommand().options.map(({ envVar, defaultValue }) => [envVar, String(defaultValue)] as const),
  ['DEMAND_URL', `http://${RELEASE}.${RELEASE}.svc:8080`],
]);
/** In `config/` the namespace comes from the pod, for an overlay to change. */
const OWN_NAMESPACE = { name: 'WATCH_NAMESPACES', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } };

function withoutHelm(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withoutHelm);
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(
    Object.entries(node)
      .filter(([key]) => !OF_HELM.includes(key))
      .map(([key, value]) => [key, withoutHelm(value)]),
  );
}

/** As `config/` has it, but for differences with a reason. */
function plain(object: Manifest): unknown {
  const { metadata, ...rest } = withoutHelm(object) as Manifest;
  // Cluster-wide, so that the releases of two namespaces need two names.
  const name = metadata.name.replace(`${RELEASE}-pools-`, 'preview-worker-pools-');
  // The file that people apply has no labels, and is not told to stay.
  if (object.kind === 'CustomResourceDefinition') return { ...rest, metadata: { name } };
  if (object.kind !== 'Deployment') return { ...rest, metadata: { ...metadata, name } };
  const { spec } = rest as unknown as { spec: { template: { spec: { containers: [Record<string, unknown>] } } } };
  const [{ imagePullPolicy, env, ...container }] = spec.template.spec.containers;
  // What a server fills in for an image with a tag.
  expect(imagePullPolicy).to.equal('IfNotPresent');
  const variables = (env as Variable[])
    .filter(({ name, value }) => value === undefined || OWN_DEFAULTS.get(name) !== value)
    .map((variable) => (variable.name === OWN_NAMESPACE.name && variable.value === RELEASE ? OWN_NAMESPACE : variable));
  spec.template.spec.containers = [{ ...container, env: variables }];
  return { ...rest, metadata };
}

const byName = (objects: readonly unknown[]) =>
  Object.fromEntries(
    (objects as Manifest[]).map((object) => [
      `${object.kind} ${object.metadata.namespace ?? ''} ${object.metadata.name}`,
      object,
    ]),
  );

async function configured(folder: string): Promise<Record<string, unknown>> {
  const { stdout } = await promisify(execFile)(await provide('kubectl'), ['kustomize', folder], {
    maxBuffer: 16 << 20,
  });
  // A release brings no Namespace: `--create-namespace` does, or who made it.
  return byName(objectsIn(stdout).filter(({ kind }) => kind !== 'Namespace'));
}

/** One by one: a difference is then told in full. */
async function expectSame(values: object, folder: string): Promise<void> {
  const [chart, wanted] = [byName((await rendered(values)).map(plain)), await configured(folder)];
  expect(Object.keys(chart)).to.have.members(Object.keys(wanted));
  for (const [name, object] of Object.entries(wanted)) expect(chart[name], name).to.deep.equal(object);
}

describe('the chart', function () {
  // The first time Helm is built.
  this.timeout(20 * 60_000);

  it('passes helm lint --strict', async () => {
    expect(await helm(['lint', '--strict', CHART])).to.include('1 chart(s) linted, 0 chart(s) failed');
  });

  it('is by default what config/operator is', async () => {
    await expectSame({}, 'config/operator');
  });

  it('is for its own namespace what config/operator-namespaced is', async () => {
    const values = { watchNamespaces: [RELEASE], crds: { enabled: false } };
    await expectSame(values, 'config/operator-namespaced');
  });

  it('is with all that is watched what config/operator is with its components', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'preview-components-'));
    after(() => rm(folder, { recursive: true, force: true }));
    const config = relative(folder, resolve('config'));
    const kustomization = {
      resources: [`${config}/operator`],
      components: ['monitoring', 'shared-alerts'].map((name) => `${config}/components/${name}`),
    };
    await writeFile(join(folder, 'kustomization.yaml'), JSON.stringify(kustomization));
    const monitoring = { serviceMonitor: { enabled: true }, alerts: { enabled: true }, dashboards: { enabled: true } };
    await expectSame({ settings: { alerting: 'Shared' }, monitoring }, folder);
  });

  it('has the queue UI as config/queue-ui has it', async () => {
    const plainly = byName((await rendered({ queueUi: { enabled: true } })).map(plain));
    const [chart, without, wanted] = [Object.keys(plainly), await rendered(), await configured('config/queue-ui')];
    expect(chart).to.have.members([...Object.keys(byName(without.map(plain))), ...Object.keys(wanted)]);
    for (const [name, object] of Object.entries(wanted)) expect(plainly[name], name).to.deep.equal(object);
  });

  it('bears the version of the package', async () => {
    const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
    const chart = parse(await readFile(`${CHART}/Chart.yaml`, 'utf8')) as Record<string, string>;
    expect([chart['version'], chart['appVersion']]).to.deep.equal([version, version]);
  });
});
