import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What is shipped together with this file, compiled or not. */
const ROOT = fileURLToPath(new URL('.', import.meta.url));

/** Declarations do not. */
const RUNS = /(?<!\.d)\.(ts|js)$/;

/** Tells two builds of the worker apart, whatever their tags say: 12 hexadecimal digits over the worker's own programs. */
export function buildId(): string {
  const hash = createHash('sha256');
  const files = readdirSync(ROOT, { recursive: true, encoding: 'utf8' }).filter((file) => RUNS.test(file));
  for (const file of files.sort()) {
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(ROOT, file)));
  }
  return hash.digest('hex').slice(0, 12);
}
