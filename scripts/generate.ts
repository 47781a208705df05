/**
 * `npm run generate`: writes every generated file from its one source of truth; `--check` writes nothing and
 * fails when a file on disk differs.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { compile, type JSONSchema } from 'json-schema-to-typescript';

interface Generated {
  readonly source: string;
  readonly target: string;
  readonly render: (source: string) => Promise<string>;
}

const banner = (source: string) => `// Generated from ${source} by \`npm run generate\`. Do not edit.`;

/** Types of a JSON Schema document; `name` is the root interface. */
function schemaTypes(source: string, target: string, name: string): Generated {
  return {
    source,
    target,
    render: (text) => {
      const schema = JSON.parse(text) as JSONSchema;
      return compile(schema, name, {
        bannerComment: banner(source),
        additionalProperties: false,
        style: { singleQuote: true },
      });
    },
  };
}

const GENERATED: readonly Generated[] = [
  schemaTypes('schemas/worker-config.schema.json', 'worker/config.generated.ts', 'WorkerConfig'),
  schemaTypes('schemas/worker-config.schema.json', 'operator/pool/worker-config.generated.ts', 'WorkerConfig'),
  schemaTypes('schemas/worker-heartbeat.schema.json', 'worker/heartbeat.generated.ts', 'WorkerHeartbeat'),
];

const checkOnly = process.argv.includes('--check');
let stale = 0;
for (const { source, target, render } of GENERATED) {
  const text = await render(readFileSync(source, 'utf8'));
  const current = existsSync(target) ? readFileSync(target, 'utf8') : undefined;
  if (text === current) continue;
  if (checkOnly) {
    console.error(`${target} is not what ${source} gives; run npm run generate`);
    stale += 1;
  } else {
    writeFileSync(target, text);
    console.log(`wrote ${target}`);
  }
}
process.exitCode = stale > 0 ? 1 : 0;
