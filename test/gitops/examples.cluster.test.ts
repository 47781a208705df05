/** What comes of the examples for Argo CD and Flux, built as these build them: by Helm's and by kustomize's own code. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { parseAllDocuments, stringify } from 'yaml';
import { provide } from '../../scripts/tools/provide.ts';
import { type Manifest, objectsIn, rendered } from '../chart/helm.ts';

interface Deployment extends Manifest {
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly containers: readonly {
          readonly image: string;
          readonly env: readonly { readonly name: string; readonly value?: string }[];
        }[];
      };
    };
  };
}

const documentsOf = async <T>(file: string): Promise<T[]> =>
  parseAllDocuments(await readFile(`examples/gitops/${file}.yaml`, 'utf8')).map((one) => one.toJS() as T);

/** Of the operator and of the pools that name none. */
function imagesIn(objects: readonly Manifest[]): readonly (string | undefined)[] {
  const { spec } = objects.find(
    ({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'preview-worker-operator',
  ) as Deployment;
  const [operator] = spec.template.spec.containers;
  return [operator?.image, operator?.env.find(({ name }) => name === 'DEFAULT_IMAGE')?.value];
}
const definitionIn = (objects: readonly Manifest[]) =>
  objects.find(({ kind }) => kind === 'CustomResourceDefinition')?.metadata.annotations;

const IMAGES = [
  'registry.example.com/mobius-preview-worker-operator:0.1.0',
  'registry.example.com/mobius-preview-worker:0.1.0',
];

describe('the operator by the example for', function () {
  this.timeout(60_000);

  it('Argo CD runs images of a registry of yours, and leaves the definition when it goes', async () => {
    const [application] = await documentsOf<{ spec: { source: { helm: { valuesObject: object } } } }>('argo-cd');
    const objects = await rendered(application?.spec.source.helm.valuesObject);
    expect(imagesIn(objects)).to.deep.equal(IMAGES);
    expect(definitionIn(objects)).to.include({ 'helm.sh/resource-policy': 'keep' });
  });

  it('Flux does so, too', async () => {
    const [, kustomization] = await documentsOf<{ spec: { path: string; images: object; patches: object } }>('flux');
    if (kustomization === undefined) throw new Error('the example for Flux has no Kustomization');
    const { path, images, patches } = kustomization.spec;
    const folder = await mkdtemp(join(tmpdir(), 'preview-flux-'));
    try {
      await writeFile(
        join(folder, 'kustomization.yaml'),
        stringify({ resources: [relative(folder, path)], images, patches }),
      );
      const { stdout } = await promisify(execFile)(await provide('kubectl'), ['kustomize', folder], {
        maxBuffer: 16 << 20,
      });
      const objects = objectsIn(stdout);
      expect(imagesIn(objects)).to.deep.equal(IMAGES);
      expect(definitionIn(objects)).to.include({ 'kustomize.toolkit.fluxcd.io/prune': 'disabled' });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
