/** The definitions of Argo CD and Flux take the examples as they are. Needs Go and its module proxy. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { ARGO_CD_VERSION } from '../../scripts/tools/catalogue.ts';
import { type ControlPlane, startControlPlane } from '../cluster/control-plane.ts';
import { eventually } from '../cluster/eventually.ts';
import { goModule } from './go-module.ts';

const FLUX_VERSION = '1.9.6';
const DEFINITIONS = [
  [`github.com/argoproj/argo-cd/v3@v${ARGO_CD_VERSION}`, 'manifests/crds/application-crd.yaml'],
  ...[
    'kustomize-controller kustomize.toolkit.fluxcd.io_kustomizations',
    'source-controller source.toolkit.fluxcd.io_gitrepositories',
  ].map((text) => {
    const [module = '', file = ''] = text.split(' ');
    return [`github.com/fluxcd/${module}@v${FLUX_VERSION}`, `config/crd/bases/${file}.yaml`] as const;
  }),
] as const;

describe('the examples for GitOps', function () {
  this.timeout(10 * 60_000);
  let cluster: ControlPlane;

  before(async () => {
    const files = await Promise.all(DEFINITIONS.map(async ([module, path]) => join(await goModule(module), path)));
    cluster = await startControlPlane({ controllers: false });
    await cluster.kubectl(['apply', '--server-side', ...files.flatMap((file) => ['-f', file])]);
    const established = '{.items[*].status.conditions[?(@.type=="Established")].status}';
    await eventually('the definitions are established', async () => {
      const found = await cluster.kubectl(['get', 'crds', '-o', `jsonpath=${established}`]);
      return found === 'True True True';
    });
    for (const namespace of ['argocd', 'flux-system']) await cluster.kubectl(['create', 'namespace', namespace]);
  });
  after(() => cluster?.stop());

  const apply = (input: string) =>
    cluster.kubectl(['apply', '--server-side', '--dry-run=server', '--validate=strict', '-f', '-'], { input });

  for (const [file, field] of [
    ['argo-cd', 'selfHeal'],
    ['flux', 'healthCheckExprs'],
  ] as const) {
    it(`${file}.yaml is taken, and would not be with a field that is not there`, async () => {
      const text = await readFile(`examples/gitops/${file}.yaml`, 'utf8');
      await apply(text);
      const refusal = await apply(text.replace(field, `${field}s`)).then(
        () => 'taken',
        (error: Error) => error.message,
      );
      expect(refusal)
        .to.contain(`${field}s`)
        .and.match(/unknown field|field not declared/);
    });
  }
});
