/** A JSON Schema as the program that checks it, so that no worker compiles schemas while it starts. */
import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js';
import standalone from 'ajv/dist/standalone/index.js';

/** ajv writes what it needs of itself as CommonJS. */
const REQUIRED = /const (\w+) = require\("([^"]+)"\)\.default;/g;

/** A module whose `validate` is ajv's ValidateFunction. Throws when the schema is not one, or not strict. */
export function schemaValidator(schema: AnySchemaObject, banner: string): string {
  // The first problem is enough, and a hostile document can not make us collect thousands.
  const ajv = new Ajv2020({ strict: true, verbose: true, code: { source: true, esm: true, lines: true } });
  const program = standalone.default(ajv, ajv.compile(schema));
  const imports = [...program.matchAll(REQUIRED)].map(([, name, path]) => `import ${name}Module from '${path}.js';`);
  const body = program
    .replace(REQUIRED, 'const $1 = $1Module.default;')
    .replace('"use strict";', '')
    .replace(/^export default \w+;$/m, '');
  return `${[banner, '// @ts-nocheck', ...imports, body.trim()].join('\n')}\n`;
}
