/** Names of the fields of an OpenAPI schema, as `queue.redis.url`; what lists and maps hold is written as a field of theirs. */
export interface FieldSchema {
  readonly properties?: Readonly<Record<string, FieldSchema>>;
  readonly items?: FieldSchema;
  readonly additionalProperties?: FieldSchema | boolean;
}

export function fieldsOf({ properties = {}, items, additionalProperties }: FieldSchema, within = ''): string[] {
  const own = Object.entries(properties).flatMap(([name, schema]) => [
    `${within}${name}`,
    ...fieldsOf(schema, `${within}${name}.`),
  ]);
  const values = typeof additionalProperties === 'object' ? fieldsOf(additionalProperties, within) : [];
  return [...own, ...(items ? fieldsOf(items, within) : []), ...values];
}
