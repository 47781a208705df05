/** The fields of a spec that hold a value of their own, and what may happen to each. */
import type { Schema } from './filled.ts';

export interface Leaf {
  /** As in `worker.perJob.memory` or `tolerations.0.key`. */
  readonly path: readonly (string | number)[];
  readonly schema: Schema;
}

export interface Mutation {
  readonly name: string;
  /** Absent: the field is taken out. */
  readonly value?: unknown;
}

/** The same field of every item of a list is one. */
export const pathOf = ({ path }: Leaf): string =>
  path.reduce<string>((text, part) => (typeof part === 'number' ? `${text}[]` : text ? `${text}.${part}` : part), '');

/** Of a spec: those that it sets. Lists of plain values and maps are leaves. */
export function leavesOf(value: unknown, schema: Schema, path: Leaf['path'] = []): Leaf[] {
  if (Array.isArray(value) && schema.items?.properties) {
    const { items } = schema;
    return value.flatMap((item, index) => leavesOf(item, items, [...path, index]));
  }
  if (!schema.properties) return [{ path, schema }];
  const fields = Object.entries(value as object).map(
    ([name, field]) => [name, field, schema.properties?.[name]] as const,
  );
  return fields.flatMap(([name, field, inner]) => (inner ? leavesOf(field, inner, [...path, name]) : []));
}

/** All that the schema has, as `pathOf` names them. */
export function allLeaves(schema: Schema, path = ''): string[] {
  const { properties, items } = schema;
  if (items?.properties) return allLeaves(items, `${path}[]`);
  if (!properties) return [path];
  return Object.entries(properties).flatMap(([name, field]) =>
    allLeaves(field, path === '' ? name : `${path}.${name}`),
  );
}

/** Delete, empty, least, most, other values, invalid. */
export function mutationsOf({ schema }: Leaf, current: unknown): Mutation[] {
  const changed = valuesOf(schema, current).filter(({ value }) => JSON.stringify(value) !== JSON.stringify(current));
  return [{ name: 'deleted' }, ...changed];
}

function valuesOf(schema: Schema, current: unknown): Mutation[] {
  const {
    type,
    enum: values,
    minimum,
    maximum,
    minLength = 0,
    maxLength = 64,
    maxItems = 8,
  } = schema as Schema & {
    readonly [bound in 'minimum' | 'maximum' | 'minLength' | 'maxLength' | 'maxItems']?: number;
  };
  const of = (name: string, value: unknown): Mutation => ({ name, value });
  if (Array.isArray(values))
    return [of('empty', ''), of('invalid', 'nonsense'), ...values.map((value) => of('another value', value))];
  if (schema['x-kubernetes-int-or-string'])
    return [of('empty', ''), of('least', 1), of('most', '64Gi'), of('invalid', 'banana'), of('negative', -1)];
  if (type === 'boolean') return [of('the other value', !current), of('invalid', 'yes')];
  if (type === 'integer') {
    const [least, most] = [Number(minimum), Number(maximum)];
    return [of('least', least), of('most', most), of('below', least - 1), of('above', most + 1), of('invalid', 'ten')];
  }
  if (type === 'number')
    return [of('least', 0.001), of('most', maximum), of('below', -1), of('above', Number(maximum) + 1)];
  if (type === 'string') {
    const text = (length: number) => 'a'.repeat(Math.max(0, length));
    const [least, most] = [of('least', text(minLength)), of('most', text(maxLength))];
    return [of('empty', ''), least, most, of('too long', text(maxLength + 1)), of('invalid', ' ../$%')];
  }
  if (type === 'array') {
    const many = Array.from({ length: Number(maxItems) }, (_, index) => `a${index}.b`);
    return [of('empty', []), of('most', many), of('too many', [...many, 'z']), of('invalid', [' ../$%'])];
  }
  return [of('empty', {}), of('invalid', { ' ../$%': 'x' }), of('invalid value', { a: { b: 1 } })];
}

/** A copy of `spec` in which the leaf is what the mutation makes of it. */
export function mutated(spec: unknown, { path }: Leaf, mutation: Mutation): unknown {
  const copy = structuredClone(spec);
  const parent = path.slice(0, -1).reduce((at, part) => (at as Record<string | number, unknown>)[part], copy);
  const fields = parent as Record<string | number, unknown>;
  const last = path.at(-1) ?? '';
  if ('value' in mutation) fields[last] = mutation.value;
  else delete fields[last];
  return copy;
}
