/** values.yaml of the chart and its reference, both from values.schema.json: each value has its description and default there. */
import { stringify } from 'yaml';
import { markdownTable } from '../markdown-table.ts';

interface Schema {
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
}

interface Value {
  readonly path: readonly string[];
  readonly schema: Schema;
}

const COLUMNS = 118;

/** Throws for a value without a description or a default: nobody could tell what it is for. */
export function valuesIn(schema: Schema, path: readonly string[] = []): Value[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, inner]) => {
    const here = { path: [...path, name], schema: inner };
    if (inner.description === undefined) throw new Error(`${here.path.join('.')} has no description`);
    if (isLeaf(inner)) return [here];
    return [here, ...valuesIn(inner, here.path)];
  });
}

/** An object with a default is a whole, of which Kubernetes knows the parts. */
function isLeaf(schema: Schema): boolean {
  if (schema.default !== undefined) return true;
  if (schema.properties === undefined) throw new Error(`a value has no default: ${schema.description}`);
  return false;
}

function comment(text: string, indent: string): string {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line !== '' && `${indent}# ${line} ${word}`.length > COLUMNS) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines.map((line) => `${indent}# ${line}\n`).join('');
}

/** The text of values.yaml. */
export function valuesFile(schemaText: string): string {
  const text = valuesIn(JSON.parse(schemaText) as Schema).map(({ path, schema }) => {
    const indent = '  '.repeat(path.length - 1);
    const entry = isLeaf(schema)
      ? stringify({ [path.at(-1) ?? '']: schema.default }, { lineWidth: 0 }).replace(/^(?=.)/gm, indent)
      : `${indent}${path.at(-1)}:\n`;
    return `${path.length === 1 ? '\n' : ''}${comment(schema.description ?? '', indent)}${entry}`;
  });
  return `# Generated from values.schema.json by \`npm run generate\`. Do not edit; a release's own values go into a file of their own.\n${text.join('')}`;
}

const code = (text: string): string => `\`${text.replaceAll('|', '\\|')}\``;

function allowed({ enum: choices, minimum, maximum }: Schema): string {
  if (choices) return ` One of ${choices.map((choice) => code(String(choice))).join(', ')}.`;
  return minimum !== undefined && maximum !== undefined ? ` ${minimum} to ${maximum}.` : '';
}

/** The text of docs/chart-values.md. */
export function valuesReference(schemaText: string): string {
  const rows = valuesIn(JSON.parse(schemaText) as Schema).map(({ path, schema }) => [
    code(path.join('.')),
    isLeaf(schema) ? code(JSON.stringify(schema.default)) : '',
    `${schema.description ?? ''}${allowed(schema)}`.replaceAll('|', '\\|'),
  ]);
  return `<!-- Generated from charts/preview-worker-operator/values.schema.json by \`npm run generate\`. Do not edit. -->

# Values of the chart

How to install it: [install.md](install.md). A value that is not here is refused, by name.

${markdownTable([['value', 'default', 'what it does'], ...rows])}
`;
}
