/** What a pod may be told about itself: fieldRef and resourceFieldRef, as in env and in downwardAPI files. */
import type { V1Container, V1ResourceFieldSelector } from '@kubernetes/client-node';
import { quantityOf } from '../../../operator/pool/quantity.ts';
import type { Pod } from './pod.ts';

export interface PodFacts {
  readonly pod: Pod;
  readonly podIP: string;
  readonly nodeName: string;
}

export function fieldOf({ pod, podIP, nodeName }: PodFacts, path: string): string {
  const { metadata, spec } = pod;
  const subscript = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path);
  if (subscript) return metadata[subscript[1] as 'labels' | 'annotations']?.[subscript[2] ?? ''] ?? '';
  switch (path) {
    case 'metadata.name':
      return metadata.name;
    case 'metadata.namespace':
      return metadata.namespace;
    case 'metadata.uid':
      return metadata.uid;
    case 'metadata.labels':
    case 'metadata.annotations':
      return Object.entries(metadata[path === 'metadata.labels' ? 'labels' : 'annotations'] ?? {})
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
        .join('\n');
    case 'spec.nodeName':
      return nodeName;
    case 'spec.serviceAccountName':
      return spec.serviceAccountName ?? 'default';
    case 'status.podIP':
    case 'status.podIPs':
      return podIP;
    case 'status.hostIP':
    case 'status.hostIPs':
      return '127.0.0.1';
    default:
      throw new Error(`fieldPath ${path}: the local node knows no such field`);
  }
}

/** A limit that is not set is the whole node, as the API server's users expect it. */
export function resourceOf(
  container: V1Container,
  { resource, divisor = '1' }: V1ResourceFieldSelector,
  allocatable: Readonly<Record<string, string>>,
): string {
  const [kind = '', name = ''] = resource.split('.');
  const set = kind === 'limits' ? container.resources?.limits : container.resources?.requests;
  const value = set?.[name] ?? (kind === 'limits' ? (allocatable[name] ?? '0') : '0');
  return String(Math.ceil(quantityOf(value) / (quantityOf(divisor) || 1)));
}
