/** Every manifest that is shipped or rendered from what is. */
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { desiredChildren } from '../../../operator/desired/index.ts';
import type { Pool } from '../../../operator/pool/pool.ts';
import { specSchemaOf, withDefaults } from '../../../scripts/manifests/defaults.ts';
import { provide } from '../../../scripts/tools/provide.ts';
import { EVERYTHING_ON } from '../../chart/everything-on.ts';
import { type Manifest, objectsIn, rendered } from '../../chart/helm.ts';

async function configured(folder: string): Promise<Manifest[]> {
  const { stdout } = await promisify(execFile)(await provide('kubectl'), ['kustomize', folder], {
    maxBuffer: 16 << 20,
  });
  return objectsIn(stdout);
}

async function filesOf(folder: string): Promise<Manifest[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.yaml') && name !== 'kustomization.yaml');
  const texts = await Promise.all(names.map((name) => readFile(`${folder}/${name}`, 'utf8')));
  return texts.flatMap(objectsIn);
}

/** What the operator makes of a pool, with the defaults that a server gives it. */
async function childrenOf(file: string): Promise<Manifest[]> {
  const { metadata, spec } = parse(await readFile(file, 'utf8')) as Manifest;
  const schema = specSchemaOf(await readFile('crds/previewworkerpools.yaml', 'utf8'));
  const pool = { metadata, spec: withDefaults(spec as object, schema) } as unknown as Pool;
  const surroundings = { demandUrl: 'http://operator:8080', hasCpuMetrics: true, alerting: 'PerPool' } as const;
  return desiredChildren(pool, surroundings) as unknown as Manifest[];
}

export const SHIPPED: Readonly<Record<string, () => Promise<Manifest[]>>> = {
  'the chart as it comes': () => rendered(),
  'the chart with every option on': () => rendered(EVERYTHING_ON),
  'the chart for two namespaces': () => rendered({ watchNamespaces: ['team-a', 'team-b'], crds: { enabled: false } }),
  'config/components/monitoring': () => filesOf('config/components/monitoring'),
  'config/components/shared-alerts': () => filesOf('config/components/shared-alerts'),
  'config/operator': () => configured('config/operator'),
  'config/operator-namespaced': () => configured('config/operator-namespaced'),
  'config/preview-worker': () => configured('config/preview-worker'),
  'config/preview-worker/monitoring': () => configured('config/preview-worker/monitoring'),
  'config/queue-ui': () => configured('config/queue-ui'),
  'config/samples': () => configured('config/samples'),
  'the children of examples/complete.yaml': () => childrenOf('examples/complete.yaml'),
  'examples/chosen-namespaces': () => configured('examples/chosen-namespaces'),
  'examples/walk-through': () => filesOf('examples/walk-through'),
};

/** A copy in which the field at `path` is `value`. */
export function changed<T extends object>(object: T, path: readonly (string | number)[], value: unknown): T {
  const copy = structuredClone(object);
  // biome-ignore lint/suspicious/noExplicitAny: a manifest is changed at will here.
  const parent = path.slice(0, -1).reduce((node, key) => node[key], copy as any);
  parent[path.at(-1) ?? ''] = value;
  return copy;
}
