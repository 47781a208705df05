/** docs/api.md: each field of a pool with its type, bounds, default and rules, from the schema inside the CRD. */
import { parse } from 'yaml';

interface Rule {
  readonly message: string;
  readonly fieldPath?: string;
}

interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: Schema;
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-list-type'?: string;
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-validations'?: readonly Rule[];
}

interface Definition {
  readonly spec: { readonly versions: readonly [{ readonly schema: { readonly openAPIV3Schema: Schema } }] };
}

/** Throws when a field has no description: it would be missing from `kubectl explain` too. */
export function apiReference(crd: string): string {
  const schema = (parse(crd) as Definition).spec.versions[0].schema.openAPIV3Schema;
  const { spec, status } = schema.properties ?? {};
  if (spec === undefined || status === undefined) throw new Error('the CRD has no spec or no status');
  const known = new Map<Schema, string>();
  const sections = [...sectionsOf('spec', spec, known), ...sectionsOf('status', status, known)];
  return `<!-- Generated from crds/previewworkerpools.yaml by \`npm run generate\`. Do not edit. -->

# PreviewWorkerPool

\`previews.mobius.dev/v1alpha1\`, namespaced, short name \`pwp\`. ${schema.description ?? ''}

The same text is in the cluster: \`kubectl explain pwp.spec.worker\`. A field without a default may be left out unless it is
*required*. A quantity is a number of bytes or cores such as \`512Mi\` or \`1500m\`. What is said under *Rules* is refused with
that message; what the API server can not tell is a [condition](conditions.md) of the pool. A pool that uses most of it:
[examples/complete.yaml](../examples/complete.yaml).

${sections.join('\n')}`;
}

/** Of an object: its own section, then those of the objects inside it. One that stands in several places is told once. */
function sectionsOf(path: string, schema: Schema, known: Map<Schema, string>): string[] {
  known.set(schema, path);
  const { properties = {}, required = [] } = schema;
  const inner: string[] = [];
  const lines = Object.entries(properties).map(([name, field]) => {
    const fieldPath = `${path}.${name}`;
    const target = objectIn(field);
    const told = target && known.get(target);
    if (target && told === undefined) inner.push(...sectionsOf(pathOf(fieldPath, field), target, known));
    return lineOf(name, fieldPath, field, required.includes(name), told);
  });
  const rules = rulesOf('', schema).concat(Object.entries(properties).flatMap(scalarRules));
  const text = [
    `## \`${path}\`\n`,
    schema.description ? `${schema.description}\n` : '',
    `${lines.join('\n')}\n`,
    rules.length > 0 ? `Rules:\n\n${[...new Set(rules)].join('\n')}\n` : '',
  ];
  return [text.filter(Boolean).join('\n'), ...inner];
}

function lineOf(name: string, path: string, field: Schema, isRequired: boolean, told: string | undefined): string {
  if (!field.description) throw new Error(`${path} has no description; write one for kubectl explain`);
  const facts = [typeOf(field), ...(isRequired ? ['*required*'] : []), ...defaultOf(field)];
  const reference = told === undefined ? '' : ` As \`${told}\`.`;
  return `- \`${name}\` (${facts.join(', ')}): ${field.description}${reference}`;
}

/** An empty object says nothing: what is filled into it stands with its own fields. */
function defaultOf({ default: value }: Schema): string[] {
  if (value === undefined || JSON.stringify(value) === '{}') return [];
  const text = JSON.stringify(value)
    .replaceAll('"', '')
    .replaceAll(/([:,])/g, '$1 ');
  return [`default \`${text}\``];
}

/** The object that a field is or holds, when it has fields of its own. */
function objectIn(field: Schema): Schema | undefined {
  const object = field.items ?? field.additionalProperties ?? field;
  return object.properties === undefined ? undefined : object;
}

const pathOf = (path: string, { items, additionalProperties }: Schema): string =>
  `${path}${items ? '[]' : additionalProperties ? '.*' : ''}`;

function typeOf(schema: Schema): string {
  const { type, items, additionalProperties, pattern } = schema;
  if (schema.enum) return schema.enum.map((value) => `\`${value}\``).join(' or ');
  if (schema['x-kubernetes-int-or-string'])
    return pattern?.includes('%') ? `${schema.minimum} … ${schema.maximum}, or a share such as \`25%\`` : 'quantity';
  if (items) {
    const keys = schema['x-kubernetes-list-map-keys'];
    const kind = schema['x-kubernetes-list-type'] === 'set' ? 'set' : 'list';
    const of = items.properties ? 'objects' : typeOf(items);
    return `${kind} of ${of}${keys ? ` by ${keys.join(' and ')}` : ''}${range('', schema.minItems, schema.maxItems)}`;
  }
  if (additionalProperties) return `map of ${typeOf(additionalProperties)}${range('', 0, schema.maxProperties)}`;
  if (type === 'integer') {
    const { minimum, maximum } = schema;
    return minimum === undefined || maximum === undefined ? 'integer' : `integer ${minimum} … ${maximum}`;
  }
  if (type === 'string') {
    const characters =
      schema.maxLength === undefined ? '' : range(' characters', schema.minLength ?? 0, schema.maxLength);
    return `${schema.format ?? 'string'}${characters}${pattern ? `, \`${pattern}\`` : ''}`;
  }
  return type ?? 'any';
}

function range(unit: string, from: number | undefined, to: number | undefined): string {
  if (from === undefined && to === undefined) return '';
  if (to === undefined) return ` from ${from}`;
  return from === undefined || from === 0 ? ` up to ${to}${unit}` : ` ${from} … ${to}${unit}`;
}

/** Rules of fields that have no section of their own. */
function scalarRules([name, field]: readonly [string, Schema]): string[] {
  const own = objectIn(field) === field ? [] : rulesOf(`.${name}`, field);
  const items = field.items && !field.items.properties ? rulesOf(`.${name}[]`, field.items) : [];
  return [...own, ...items];
}

const rulesOf = (path: string, { 'x-kubernetes-validations': rules = [] }: Schema): string[] =>
  rules.map(({ message, fieldPath = '' }) => {
    const at = `${path}${fieldPath}`;
    return `- ${at === '' ? '' : `\`${at}\`: `}${message}`;
  });
