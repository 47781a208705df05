/** What a kustomization makes of images, and which files it speaks of. */
import { statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { type Document, isMap, isScalar, isSeq, type YAMLMap } from 'yaml';
import { at, type Edit, insertion, pairOf, removal, renamed, replacement } from './edits.ts';
import { changed, type ImageChange, type ImageReference, referenceText } from './image-reference.ts';

const NAMES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

export const isKustomization = (file: string): boolean => NAMES.includes(basename(file));

export interface ImageEntry {
  /** Which image it changes: by this very name. */
  readonly name: string;
  readonly now: ImageReference;
  readonly map: YAMLMap;
}

export function imageEntriesOf(document: Document): ImageEntry[] {
  const images = at(document, document.contents, 'images');
  if (!isSeq(images)) return [];
  return images.items.flatMap((item): ImageEntry[] => {
    const map = at(document, item);
    if (!isMap(map)) return [];
    const text = (key: string) => {
      const node = at(document, map, key);
      return isScalar(node) && node.value !== null ? String(node.source ?? node.value) : undefined;
    };
    const name = text('name');
    if (name === undefined) return [];
    return [{ name, now: { name: text('newName') ?? name, tag: text('newTag'), digest: text('digest') }, map }];
  });
}

/** None when it says so already. */
export function entryEdits({ name, now, map }: ImageEntry, change: ImageChange, text: string): Edit[] {
  const wanted = changed(now, change);
  if (referenceText(now) === referenceText(wanted)) return [];
  const edits: Edit[] = [];
  const first = pairOf(map, 'name');
  if (!first) return [];
  // A key that another takes the place of keeps its line and its comment.
  const spare = (['newTag', 'digest'] as const).filter(
    (key) => wantedOf(key, wanted) === undefined && pairOf(map, key),
  );
  for (const [key, value] of [
    ['newName', wanted.name === name && !pairOf(map, 'newName') ? undefined : wanted.name],
    ['newTag', wanted.tag],
    ['digest', wanted.digest],
  ] as const) {
    if (value === undefined) continue;
    const pair = pairOf(map, key);
    const other = key === 'newName' || pair ? undefined : spare.pop();
    const place = pair ?? (other && pairOf(map, other));
    if (!place) edits.push(insertion(map, first, key, value, text));
    else {
      if (!pair) edits.push(renamed(place, key));
      if (isScalar(place.value)) edits.push(replacement(place.value, value));
    }
  }
  for (const key of spare) {
    const pair = pairOf(map, key);
    if (pair) edits.push(removal(map, pair, text));
  }
  return edits;
}

const wantedOf = (key: 'newTag' | 'digest', { tag, digest }: ImageReference) => (key === 'newTag' ? tag : digest);

/** Files and folders of this machine that it builds from. */
export function sourcesOf(document: Document, file: string): string[] {
  const listed = ['resources', 'bases', 'components', 'patchesStrategicMerge', 'patches'].flatMap((key) => {
    const list = at(document, document.contents, key);
    return isSeq(list) ? list.items : [];
  });
  return listed.flatMap((item) => {
    const node = isMap(item) ? at(document, item, 'path') : at(document, item);
    const path = isScalar(node) ? resolve(dirname(file), String(node.value)) : undefined;
    if (path === undefined) return [];
    const found = statSync(path, { throwIfNoEntry: false });
    if (found?.isFile()) return [path];
    const inside = NAMES.map((name) => join(path, name));
    return inside.filter((one) => statSync(one, { throwIfNoEntry: false })?.isFile());
  });
}
