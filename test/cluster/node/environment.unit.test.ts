import { expect } from 'chai';
import { resolveEnvironment } from './environment.ts';
import type { Pod } from './pod.ts';

const POD: Pod = {
  metadata: {
    name: 'p',
    namespace: 'n',
    uid: 'u',
    labels: { 'pod-template-hash': 'h1', b: '2' },
    annotations: { 'example.com/a': 'x' },
  },
  spec: { containers: [], serviceAccountName: 'sa' },
};

const OBJECTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'ConfigMap/settings': { LEVEL: 'info', NAME: 'from-map' },
  'Secret/login': { PASSWORD: 'pw' },
};

const references = {
  values: async (kind: string, _namespace: string, name: string, optional = false) => {
    const found = OBJECTS[`${kind}/${name}`];
    if (!found && !optional) throw new Error(`${kind.toLowerCase()} "${name}" not found`);
    return found && Object.fromEntries(Object.entries(found).map(([key, value]) => [key, Buffer.from(value)]));
  },
};

function environment(container: object): Promise<Record<string, string>> {
  return resolveEnvironment({
    facts: { pod: POD, podIP: '127.10.0.1', nodeName: 'node-1' },
    container: { name: 'c', ...container },
    references,
    allocatable: { cpu: '64', memory: '1Gi' },
    server: 'https://127.0.0.1:6443',
  });
}

const field = (fieldPath: string) => ({ name: 'V', valueFrom: { fieldRef: { fieldPath } } });
const resource = (of: string, divisor?: string) => ({
  name: 'V',
  valueFrom: { resourceFieldRef: { resource: of, ...(divisor ? { divisor } : {}) } },
});

describe("A container's environment on the local node", () => {
  it('takes values in order, so that a later one may name the earlier', async () => {
    const env = await environment({
      env: [
        { name: 'A', value: '$(B)' },
        { name: 'B', value: '1' },
        { name: 'C', value: '$(A)-$(B)' },
      ],
    });
    expect(env).to.include({ A: '$(B)', B: '1', C: '$(B)-1' });
  });

  it('lets env override envFrom, and a later envFrom the earlier; a prefix goes before the key', async () => {
    const env = await environment({
      envFrom: [{ configMapRef: { name: 'settings' } }, { prefix: 'X_', secretRef: { name: 'login' } }],
      env: [{ name: 'NAME', value: 'own' }],
    });
    expect(env).to.include({ LEVEL: 'info', NAME: 'own', X_PASSWORD: 'pw' });
  });

  const fields: readonly [path: string, expected: string][] = [
    ['metadata.name', 'p'],
    ['metadata.namespace', 'n'],
    ['metadata.uid', 'u'],
    ["metadata.labels['pod-template-hash']", 'h1'],
    ["metadata.labels['absent']", ''],
    ["metadata.annotations['example.com/a']", 'x'],
    ['metadata.labels', 'b="2"\npod-template-hash="h1"'],
    ['spec.nodeName', 'node-1'],
    ['spec.serviceAccountName', 'sa'],
    ['status.podIP', '127.10.0.1'],
  ];
  for (const [path, expected] of fields) {
    it(`gives ${path}`, async () => expect(await environment({ env: [field(path)] })).to.include({ V: expected }));
  }

  it('gives limits in units of the divisor, rounded up, and the whole node where none is set', async () => {
    const resources = { limits: { memory: '100Mi', cpu: '1500m' } };
    const of = async (...args: Parameters<typeof resource>) =>
      (await environment({ resources, env: [resource(...args)] }))['V'];
    expect(await of('limits.memory')).to.equal(String(100 * 2 ** 20));
    expect(await of('limits.memory', '1Mi')).to.equal('100');
    expect(await of('limits.cpu')).to.equal('2');
    expect(await of('limits.cpu', '1m')).to.equal('1500');
    expect((await environment({ env: [resource('limits.memory')] }))['V']).to.equal(String(2 ** 30));
  });

  it('leaves out what may be absent and is', async () => {
    const optional = { optional: true };
    const env = await environment({
      envFrom: [{ configMapRef: { name: 'gone', ...optional } }],
      env: [
        { name: 'V', valueFrom: { secretKeyRef: { name: 'gone', key: 'k', ...optional } } },
        { name: 'W', valueFrom: { secretKeyRef: { name: 'login', key: 'k', ...optional } } },
      ],
    });
    expect(env).not.to.have.any.keys('V', 'W');
  });

  const refused: readonly [title: string, container: object, message: string][] = [
    ['a ConfigMap', { envFrom: [{ configMapRef: { name: 'gone' } }] }, 'configmap "gone" not found'],
    [
      'a key',
      { env: [{ name: 'V', valueFrom: { secretKeyRef: { name: 'login', key: 'k' } } }] },
      "couldn't find key k in Secret login",
    ],
    ['a field', { env: [field('status.phase')] }, 'fieldPath status.phase: the local node knows no such field'],
  ];
  for (const [what, container, message] of refused) {
    it(`is refused when ${what} that it names is not there`, async () => {
      const error = await environment(container).catch((reason: Error) => reason);
      expect(error).to.be.an('error').with.property('message', message);
    });
  }
});
