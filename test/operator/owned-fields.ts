/** Which leaves of an object a field manager owns by server-side apply, by the object's own `managedFields`. */
import type { KubeObject } from '../../operator/kube/object.ts';

/** Keys of objects and indices of lists, from the top. */
export type Path = readonly (string | number)[];

interface Entry {
  readonly manager: string;
  readonly operation: string;
  readonly subresource?: string;
  readonly fieldsV1: Fields;
}
interface Fields {
  readonly [key: string]: Fields;
}

export function ownedLeaves(object: KubeObject, manager: string): Path[] {
  const entries = (object.metadata.managedFields ?? []) as readonly Entry[];
  return entries
    .filter((entry) => entry.manager === manager && entry.operation === 'Apply' && !entry.subresource)
    .flatMap(({ fieldsV1 }) => leaves(fieldsV1, object, []));
}

function leaves(fields: Fields, value: unknown, path: Path): Path[] {
  const inner = Object.entries(fields).filter(([key]) => key !== '.');
  if (inner.length === 0) return scalars(value, path);
  return inner.flatMap(([key, below]) => {
    const step = stepOf(key, value);
    if (step === undefined) return [];
    // What tells an item from its neighbours is no field to edit: another key is another item, and somebody else's.
    const identity = key.startsWith('k:') ? Object.keys(JSON.parse(key.slice(2)) as object) : [];
    const rest = Object.fromEntries(Object.entries(below).filter(([name]) => !identity.includes(name.slice(2))));
    const isBare = identity.length > 0 && Object.keys(rest).every((name) => name === '.');
    return isBare ? [] : leaves(rest, at(value, [step]), [...path, step]);
  });
}

/** A list or map that is owned as a whole is so in each of its values. */
const scalars = (value: unknown, path: Path): Path[] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, inner]) =>
        scalars(inner, [...path, Array.isArray(value) ? Number(key) : key]),
      )
    : [path];

/** `f:name` is a field, `k:{…}` the item of a list with these keys, `v:…` the item of that value. */
function stepOf(key: string, value: unknown): string | number | undefined {
  const rest = key.slice(2);
  if (key.startsWith('f:')) return rest;
  const items = value as unknown[];
  const wanted = JSON.parse(rest) as Record<string, unknown>;
  const index = items.findIndex((item) =>
    key.startsWith('v:')
      ? item === wanted
      : Object.entries(wanted).every(([name, expected]) => (item as Record<string, unknown>)[name] === expected),
  );
  return index < 0 ? undefined : index;
}

export const at = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((inner, step) => (inner as Record<string | number, unknown> | undefined)?.[step], value);

/** A copy with another value at `path`. */
export function withValue<T>(object: T, path: Path, value: unknown): T {
  const copy = structuredClone(object);
  (at(copy, path.slice(0, -1)) as Record<string | number, unknown>)[path.at(-1) as string] = value;
  return copy;
}
