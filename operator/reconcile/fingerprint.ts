/** Whether a live object still is what was rendered, without asking the server: the ground for writing nothing. */
import type { Child } from '../desired/child.ts';
import type { KubeObject } from '../kube/object.ts';
import { hashOf } from '../pool/hash.ts';
import { ANNOTATIONS } from '../pool/pool.ts';
import { quantityOf } from '../pool/quantity.ts';

/** The child with the hash of itself on it. */
export function stamped(child: Child): Child {
  const annotations = { ...child.metadata.annotations, [ANNOTATIONS.fingerprint]: hashOf(child) };
  return { ...child, metadata: { ...child.metadata, annotations } };
}

/**
 * The live object was applied from this very rendering and still carries every field of it. What others added beside
 * (defaults, sidecars, annotations) is theirs. A field that an earlier rendering had and this one has not shows in the hash.
 */
export function isUpToDate({ apiVersion: _, kind: __, ...rendered }: Child, live: KubeObject): boolean {
  // Items of a list carry neither: the path they came from says what they are.
  return carries(live, rendered, []);
}

function carries(live: unknown, rendered: unknown, path: readonly string[]): boolean {
  if (isExact(path)) return hashOf(live ?? null) === hashOf(rendered);
  if (Array.isArray(rendered)) return Array.isArray(live) && listCarries(live, rendered, path);
  if (typeof rendered === 'object' && rendered !== null) {
    if (typeof live !== 'object' || live === null) return Object.keys(rendered).length === 0;
    return Object.entries(rendered).every(([key, value]) =>
      carries((live as Record<string, unknown>)[key], value, [...path, key]),
    );
  }
  return live === rendered || (isQuantity(path) && quantityOf(String(live)) === quantityOf(String(rendered)));
}

/** The server rewrites `1024Mi` to `1Gi`: equal in amount is equal. */
const isQuantity = (path: readonly string[]): boolean => path.includes('resources') || path.at(-1) === 'sizeLimit';

/** A field that somebody adds to a rule of a NetworkPolicy (an end of a range of ports) opens it; the server adds none. */
const isExact = (path: readonly string[]): boolean =>
  path.length === 2 && /^spec\.(ingress|egress)$/.test(path.join('.'));

/** Lists of named things may hold more than ours (a sidecar, a volume); other lists are one value. */
function listCarries(live: readonly unknown[], rendered: readonly unknown[], path: readonly string[]): boolean {
  const key = ['name', 'mountPath'].find(
    (candidate) =>
      rendered.length > 0 && rendered.every((item) => typeof item === 'object' && item !== null && candidate in item),
  );
  const identity = key === 'name' && path.at(-1) === 'volumeMounts' ? 'mountPath' : key;
  if (!identity) return live.length === rendered.length && rendered.every((item, i) => carries(live[i], item, path));
  const byIdentity = new Map(live.map((item) => [(item as Record<string, unknown>)[identity], item]));
  return rendered.every((item) => carries(byIdentity.get((item as Record<string, unknown>)[identity]), item, path));
}
