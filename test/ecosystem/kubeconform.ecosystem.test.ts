/** kubeconform over all that is shipped. Needs Go and its module proxy, for it and for the Prometheus Operator's CRDs. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'chai';
import type { KubeClient } from '../../operator/kube/client.ts';
import { provide } from '../../scripts/tools/provide.ts';
import type { Manifest } from '../chart/helm.ts';
import { type ControlPlane, startControlPlane } from '../cluster/control-plane.ts';
import { eventually } from '../cluster/eventually.ts';
import { adminClient, installCrd } from '../operator/operator.ts';
import { goModule, MONITORING_MODULE } from './go-module.ts';
import { changed, SHIPPED } from './manifests/shipped.ts';
import { LOCATION, writeStrictSchemas } from './manifests/strict-schemas.ts';

interface Answer {
  readonly resources: readonly { readonly kind: string; readonly name: string; readonly msg: string }[];
  readonly summary: {
    readonly valid: number;
    readonly invalid: number;
    readonly errors: number;
    readonly skipped: number;
  };
}

describe('kubeconform, strict, by what the API server itself says of its kinds', function () {
  this.timeout(10 * 60_000);
  let cluster: ControlPlane;
  let client: KubeClient;
  let schemas: string;

  before(async () => {
    await Promise.all([provide('kubeconform'), provide('helm')]);
    cluster = await startControlPlane({ controllers: false });
    client = adminClient(cluster);
    await installCrd(cluster);
    const crds = join(await goModule(MONITORING_MODULE), 'example', 'prometheus-operator-crd');
    for (const plural of ['servicemonitors', 'prometheusrules'])
      await cluster.kubectl(['apply', '--server-side', '-f', join(crds, `monitoring.coreos.com_${plural}.yaml`)]);
    schemas = join(cluster.folder, 'schemas');
    await eventually('the server tells of all kinds', async () => {
      const { paths } = await client.get<{ paths: object }>('/openapi/v3');
      return ['previews.mobius.dev/v1alpha1', 'monitoring.coreos.com/v1'].every((name) => `apis/${name}` in paths);
    });
    console.log(`      ${await writeStrictSchemas(client, schemas)} schemas`);
  });
  after(async () => {
    await client?.close();
    await cluster?.stop();
  });

  const conform = async (objects: readonly Manifest[]): Promise<Answer> => {
    const program = await provide('kubeconform');
    const args = ['-strict', '-summary', '-output', 'json', '-schema-location', join(schemas, LOCATION), '-'];
    return new Promise((resolve, reject) => {
      // What it found is in its answer, whatever its exit code.
      const child = execFile(program, args, { timeout: 60_000, maxBuffer: 16 << 20 }, (error, stdout, stderr) =>
        stdout ? resolve(JSON.parse(stdout) as Answer) : reject(error ?? new Error(stderr)),
      );
      child.stdin?.end(objects.map((object) => JSON.stringify(object)).join('\n---\n'));
    });
  };

  for (const [title, manifests] of Object.entries(SHIPPED))
    it(`finds nothing in ${title}`, async () => {
      const objects = await manifests();
      const { resources, summary } = await conform(objects);
      expect(resources).to.deep.equal([]);
      expect(summary).to.deep.equal({ valid: objects.length, invalid: 0, errors: 0, skipped: 0 });
    });

  for (const [title, folder, kind, path, value] of [
    ['a field that nobody knows', 'config/operator', 'Deployment', ['spec', 'template', 'spec', 'hostNetworks'], true],
    ['a field of the wrong type', 'config/operator', 'Deployment', ['spec', 'replicas'], 'two'],
    ['an unknown field of a pool', 'config/samples', 'PreviewWorkerPool', ['spec', 'queue', 'nam'], 'previews'],
    ['a mode that no pool has', 'config/samples', 'PreviewWorkerPool', ['spec', 'scaling', 'mode'], 'Fix'],
    [
      'an unknown field of a kind of others',
      'config/preview-worker/monitoring',
      'ServiceMonitor',
      ['spec', 'endpoint'],
      [],
    ],
  ] as const)
    it(`finds ${title}`, async () => {
      const object = (await SHIPPED[folder]?.())?.find((one) => one.kind === kind);
      const { resources, summary } = await conform(object ? [changed(object, path, value)] : []);
      expect([summary.invalid, resources[0]?.kind]).to.deep.equal([1, kind]);
      expect(resources[0]?.msg).to.include(path.at(-1));
    });
});
