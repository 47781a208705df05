/** Values that came from outside, held against a JSON Schema; what does not fit is told as path, problem and remedy. */
import type { ErrorObject } from 'ajv/dist/2020.js';

/** `message` reads as one sentence: `outputs[0].width must be <= 16384: correct it`. */
export class SchemaError extends Error {
  /** As in `outputs[0].width`; empty for the whole document. */
  readonly path: string;

  constructor(path: string, problem: string) {
    super(`${path === '' ? 'the document' : path} ${problem}`);
    this.name = 'SchemaError';
    this.path = path;
  }
}

/** What `npm run generate` makes of a schema; `errors` are of the last call. */
export interface Validate {
  (document: unknown): boolean;
  errors?: readonly ErrorObject[] | null;
}

/**
 * A function that returns its argument as `T`, or throws SchemaError. `speakOf` picks the problem to tell of several.
 */
export function validator<T>(
  validate: Validate,
  speakOf: (errors: readonly ErrorObject[], document: unknown) => ErrorObject | undefined = ([first]) => first,
): (document: unknown) => T {
  return (document) => {
    if (validate(document)) return document as T;
    const error = speakOf(validate.errors ?? [], document);
    if (error === undefined) throw new SchemaError('', 'does not fit its schema');
    throw new SchemaError(pathOf(error), problemOf(error));
  };
}

function pathOf({ instancePath }: ErrorObject): string {
  return instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((path, part) => (/^\d+$/.test(part) ? `${path}[${part}]` : path === '' ? part : `${path}.${part}`), '')
    .slice(0, 200);
}

function problemOf(error: ErrorObject): string {
  const { keyword, params, parentSchema } = error;
  const known = Object.keys((parentSchema?.['properties'] as object | undefined) ?? {}).join(', ');
  const hint = typeof parentSchema?.['description'] === 'string' ? ` (${parentSchema['description']})` : '';
  switch (keyword) {
    case 'additionalProperties':
      return `has the unknown field '${String(params['additionalProperty']).slice(0, 64)}': remove it or correct its name; there are: ${known}`;
    case 'required':
      return `lacks the field '${params['missingProperty']}': add it`;
    case 'enum':
      return `must be one of ${(params['allowedValues'] as unknown[]).join(', ')}`;
    case 'const':
      return `must be ${JSON.stringify(params['allowedValue'])}`;
    case 'pattern':
      return `must match ${params['pattern']}${hint}`;
    case 'type':
      return `must be of type ${params['type']}`;
    default:
      return `${error.message ?? 'is not valid'}${hint}`;
  }
}
