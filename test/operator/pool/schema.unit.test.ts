import { expect } from 'chai';
import { apiReference } from '../../../scripts/api-reference.ts';
import { type Schema, SPEC_SCHEMA } from './filled.ts';

/** Every schema below one, with its path. */
function* within(schema: Schema, path: string): Generator<readonly [string, Schema]> {
  yield [path, schema];
  for (const [name, field] of Object.entries(schema.properties ?? {})) yield* within(field, `${path}.${name}`);
  if (schema.items) yield* within(schema.items, `${path}[]`);
  if (typeof schema.additionalProperties === 'object') yield* within(schema.additionalProperties, `${path}.*`);
}

const failing = (holds: (schema: Schema) => boolean): string[] =>
  [...within(SPEC_SCHEMA, 'spec')].filter(([, schema]) => !holds(schema)).map(([path]) => path);

describe('the schema of a pool’s spec', () => {
  it('bounds every string, list, map and number', () => {
    expect(
      failing(({ type, enum: values, maxLength }) => type !== 'string' || Boolean(values) || Boolean(maxLength)),
    ).to.deep.equal([]);
    expect(failing(({ type, maxItems }) => type !== 'array' || maxItems !== undefined)).to.deep.equal([]);
    expect(
      failing(({ additionalProperties, maxProperties }) => !additionalProperties || Boolean(maxProperties)),
    ).to.deep.equal([]);
    expect(
      failing(({ type, minimum, maximum }) => type !== 'integer' || (minimum !== undefined && maximum !== undefined)),
    ).to.deep.equal([]);
  });

  it('says of every list how two owners share it', () => {
    expect(
      failing((schema) => schema.type !== 'array' || schema['x-kubernetes-list-type'] !== undefined),
    ).to.deep.equal([]);
  });
});

describe('the API reference', () => {
  const crd = (field: string) => `
spec:
  versions:
    - schema:
        openAPIV3Schema:
          description: A pool.
          properties:
            status: {type: object, properties: {}}
            spec:
              description: What it should be.
              type: object
              properties:
                slots: {${field}}`;

  it('tells type, bounds, default and rules of a field', () => {
    const text = apiReference(
      crd(`description: Jobs at once., type: integer, minimum: 1, maximum: 64, default: 2,
                        x-kubernetes-validations: [{rule: 'true', message: must be even}]`),
    );
    expect(text).to.include('- `slots` (integer 1 … 64, default `2`): Jobs at once.');
    expect(text).to.include('- `.slots`: must be even');
  });

  it('is refused for a field without a description', () => {
    expect(() => apiReference(crd('type: integer'))).to.throw('spec.slots has no description');
  });
});
