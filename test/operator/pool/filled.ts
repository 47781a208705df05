/** A pool as the API server would give it: the CRD's defaults filled in, without a server. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { Pool } from '../../../operator/pool/pool.ts';
import { MINIMAL } from './rules.ts';

export interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: Schema;
  readonly [key: string]: unknown;
}

const crd = parse(readFileSync('crds/previewworkerpools.yaml', 'utf8')) as {
  spec: { versions: [{ schema: { openAPIV3Schema: Schema & { properties: { spec: Schema; status: Schema } } } }] };
};
export const SPEC_SCHEMA = crd.spec.versions[0].schema.openAPIV3Schema.properties.spec;

/** `spec` replaces whole top-level fields of the smallest pool. */
export function filledPool(spec: Readonly<Record<string, unknown>> = {}, name = 'pool'): Pool {
  const image = 'mobius-preview-worker:test';
  return {
    metadata: { name, namespace: 'ns', uid: 'u', generation: 1 },
    spec: fill({ image, ...MINIMAL, ...spec }, SPEC_SCHEMA),
  } as Pool;
}

function fill(value: unknown, schema: Schema): unknown {
  const { properties = {}, items } = schema;
  if (Array.isArray(value)) return items ? value.map((item) => fill(item, items)) : value;
  if (typeof value !== 'object' || value === null) return value;
  const given = { ...value } as Record<string, unknown>;
  for (const [key, inner] of Object.entries(properties)) {
    if (given[key] === undefined && inner.default !== undefined) given[key] = structuredClone(inner.default);
    if (given[key] !== undefined) given[key] = fill(given[key], inner);
  }
  return given;
}
