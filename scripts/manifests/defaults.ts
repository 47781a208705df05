/** What the API server fills into a pool, without a server. */
import { parse } from 'yaml';

export interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: Schema;
  readonly [key: string]: unknown;
}

/** Of a pool's spec, from the text of the CRD. */
export function specSchemaOf(crd: string): Schema {
  const { spec } = parse(crd) as {
    spec: { versions: [{ schema: { openAPIV3Schema: { properties: { spec: Schema } } } }] };
  };
  return spec.versions[0].schema.openAPIV3Schema.properties.spec;
}

/** A copy with every default that `schema` names. */
export function withDefaults(value: unknown, schema: Schema): unknown {
  const { properties = {}, items } = schema;
  if (Array.isArray(value)) return items ? value.map((item) => withDefaults(item, items)) : value;
  if (typeof value !== 'object' || value === null) return value;
  const given = { ...value } as Record<string, unknown>;
  for (const [key, inner] of Object.entries(properties)) {
    if (given[key] === undefined && inner.default !== undefined) given[key] = structuredClone(inner.default);
    if (given[key] !== undefined) given[key] = withDefaults(given[key], inner);
  }
  return given;
}
