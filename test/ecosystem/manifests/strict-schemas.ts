/** JSON Schemas for kubeconform from what a running API server says of its kinds: no site has those of this version. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KubeClient } from '../../../operator/kube/client.ts';

// biome-ignore lint/suspicious/noExplicitAny: schemas are looked into at will here.
type Schema = any;

interface Kind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** For kubeconform's `-schema-location`. */
export const LOCATION = '{{.Group}}_{{.ResourceAPIVersion}}_{{.ResourceKind}}.json';

/** Writes into `folder` the schema of every kind that the server of `client` takes, its CRDs among them; resolves to how many. */
export async function writeStrictSchemas(client: KubeClient, folder: string): Promise<number> {
  await mkdir(folder, { recursive: true });
  const { paths } = await client.get<{ paths: object }>('/openapi/v3');
  let written = 0;
  for (const path of Object.keys(paths)) {
    if (!/^apis?\//.test(path)) continue;
    const { components } = await client.get<{ components?: { schemas?: Record<string, Schema> } }>(
      `/openapi/v3/${path}`,
    );
    const schemas = components?.schemas ?? {};
    const definitions = Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, strict(schema)]));
    for (const [name, schema] of Object.entries(schemas)) {
      const [kind, ...others] = (schema['x-kubernetes-group-version-kind'] ?? []) as Kind[];
      // What is of every group (DeleteOptions) is nobody's manifest.
      if (!kind || others.length > 0 || !schema.properties?.metadata) continue;
      const { $ref: _, ...root } = { ...definitions[name] };
      await writeFile(join(folder, fileOf(kind)), JSON.stringify({ ...root, definitions }));
      written += 1;
    }
  }
  return written;
}

const fileOf = ({ group, version, kind }: Kind) =>
  // Of the core it has no group and says the version for one.
  LOCATION.replace('{{.Group}}', group || version)
    .replace('{{.ResourceAPIVersion}}', version)
    .replace('{{.ResourceKind}}', kind.toLowerCase());

/** With nothing but what is named, as the server's own strict validation has it. */
function strict(schema: Schema): Schema {
  if (schema.$ref !== undefined) return { $ref: schema.$ref.replace('#/components/schemas/', '#/definitions/') };
  const { properties, items, additionalProperties, allOf, ...rest } = schema;
  const isOpen = schema['x-kubernetes-preserve-unknown-fields'] || schema['x-kubernetes-embedded-resource'];
  return {
    ...rest,
    // A reference with a default stands alone in it. Other branches judge what the properties beside them have declared.
    ...(allOf ? { allOf: allOf.map((one: Schema) => (one.$ref ? strict(one) : one)) } : {}),
    ...(items ? { items: strict(items) } : {}),
    ...(typeof additionalProperties === 'object' ? { additionalProperties: strict(additionalProperties) } : {}),
    ...(properties
      ? {
          properties: Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, strict(value)])),
          ...(isOpen ? {} : { additionalProperties: false }),
        }
      : {}),
  };
}
