/** Where a Kubernetes manifest names images: in its containers, and in the spec of a pool. */
import { type Document, isScalar, isSeq, type Scalar } from 'yaml';
import { GROUP, KIND } from '../../operator/pool/pool.ts';
import { at } from './edits.ts';

export interface ImagePlace {
  /** As in `Deployment preview-worker, container worker`. */
  readonly where: string;
  readonly scalar: Scalar;
  readonly value: string;
  /** A pool's image is the worker's whatever its name, and no kustomization changes it. */
  readonly isPools: boolean;
}

const CONTAINERS = ['initContainers', 'containers'];
/** To the spec of a pod, by the kinds that have none at `spec.template.spec`. */
const POD_SPECS: Readonly<Record<string, readonly string[]>> = {
  Pod: ['spec'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
};
const USUAL = ['spec', 'template', 'spec'];

export function imagesIn(document: Document, object: unknown = document.contents): ImagePlace[] {
  const text = (...path: string[]): string => {
    const node = at(document, object, ...path);
    return isScalar(node) ? String(node.value) : '';
  };
  const kind = text('kind');
  if (kind.endsWith('List')) {
    const items = at(document, object, 'items');
    return isSeq(items) ? items.items.flatMap((item) => imagesIn(document, item)) : [];
  }
  const what = `${kind} ${text('metadata', 'name')}`;
  if (kind === KIND && text('apiVersion').startsWith(`${GROUP}/`))
    return placeAt(at(document, object, 'spec', 'image'), what, true);
  const podSpec = at(document, object, ...(POD_SPECS[kind] ?? USUAL));
  return CONTAINERS.flatMap((list) => {
    const containers = at(document, podSpec, list);
    if (!isSeq(containers)) return [];
    return containers.items.flatMap((container) => {
      const name = at(document, container, 'name');
      const image = at(document, container, 'image');
      return placeAt(image, `${what}, container ${isScalar(name) ? String(name.value) : '?'}`, false);
    });
  });
}

const placeAt = (node: unknown, where: string, isPools: boolean): ImagePlace[] =>
  isScalar(node) && typeof node.value === 'string' ? [{ where, scalar: node, value: node.value, isPools }] : [];
