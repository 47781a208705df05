import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What is shipped together with this file, compiled or not. */
const ROOT = fileURLToPath(new URL('.', import.meta.url));

/** Tells two builds of the worker apart, whatever their tags say: 12 hexadecimal digits over the worker's own files. */
export function buildId(): string {
  const hash = createHash('sha256');
  for (const file of globSync('**/*.{ts,js}', { cwd: ROOT }).sort()) {
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(ROOT, file)));
  }
  return hash.digest('hex').slice(0, 12);
}
