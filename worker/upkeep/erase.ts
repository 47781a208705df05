/** Forgets a source: its previews, what is known of its failures, and the records of its requests. */
import { type Catalogue, MANIFEST_NAME, quarantineName } from '../storage/catalogue.ts';

export interface Erased {
  /** Sets of previews taken away. */
  readonly artifacts: number;
  /** Sets kept, because another source has the same content. */
  readonly shared: number;
  readonly requests: number;
  /** Jobs that a producer's outbox held: they are not added again. */
  readonly pending: number;
}

/**
 * The manifest goes first: without it a reader sees no preview, whatever is left when this is cut off. It can be run again.
 * With `dryRun` it only counts.
 */
export async function eraseSource(
  catalogue: Catalogue,
  uri: string,
  { dryRun = false }: { readonly dryRun?: boolean } = {},
): Promise<Erased> {
  const { sink } = catalogue;
  const own = new Map<string, string[]>();
  for await (const { name, manifest } of catalogue.sources(uri))
    own.set(manifest, [...(own.get(manifest) ?? []), name]);
  const others = await manifestsOfOthers(catalogue, new Set([...own.values()].flat()));

  const erased = { artifacts: 0, shared: 0, requests: 0, pending: 0 };
  for (const manifest of own.keys()) {
    if (others.has(manifest)) {
      erased.shared += 1;
      continue;
    }
    if (!dryRun) await removeArtifacts(catalogue, manifest);
    erased.artifacts += 1;
  }
  for await (const { name, request } of catalogue.requests()) {
    if ((request.job as { source?: { uri?: unknown } }).source?.uri !== uri) continue;
    if (!dryRun) await sink.remove(name);
    erased.requests += 1;
  }
  for await (const { name, entry } of catalogue.outbox()) {
    if ((entry.job as { source?: { uri?: unknown } }).source?.uri !== uri) continue;
    if (!dryRun) await sink.remove(name);
    erased.pending += 1;
  }
  if (dryRun) return erased;
  for (const name of [...own.values()].flat()) await sink.remove(name);
  return erased;
}

/** One set of previews, and the quarantine of its content. */
export async function removeArtifacts(catalogue: Catalogue, manifest: string): Promise<void> {
  const [, folder = '', contentKey = ''] = MANIFEST_NAME.exec(manifest) ?? [];
  if (contentKey === '') throw new Error(`${manifest} is no name of a manifest`);
  const { sink } = catalogue;
  await sink.remove(manifest);
  const place = `${folder}artifacts/${contentKey}/`;
  for await (const { name } of catalogue.all(place)) await sink.remove(name);
  for await (const { name } of sink.unfinished(place)) await sink.remove(name);
  await sink.remove(quarantineName(contentKey));
}

async function manifestsOfOthers(catalogue: Catalogue, own: ReadonlySet<string>): Promise<ReadonlySet<string>> {
  const manifests = new Set<string>();
  for await (const { name, manifest } of catalogue.sources()) if (!own.has(name)) manifests.add(manifest);
  return manifests;
}
