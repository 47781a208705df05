import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What is shipped together with this file, compiled or not. */
const ROOT = fileURLToPath(new URL('.', import.meta.url));

/** Declarations do not. */
const RUNS = /(?<!\.d)\.(ts|js)$/;

interface Locked {
  readonly version?: string;
  readonly dev?: boolean;
  readonly cpu?: readonly string[];
}

/**
 * Tells two builds of the worker apart, whatever their tags say: 12 hexadecimal digits over the worker's own programs, the
 * packages that they decode with and Node. One release has one of them on every architecture.
 */
export function buildId(root = ROOT): string {
  const hash = createHash('sha256');
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => RUNS.test(file));
  for (const file of files.sort()) {
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(root, file)));
  }
  return hash
    .update(JSON.stringify([process.version, ...installed(root)]))
    .digest('hex')
    .slice(0, 12);
}

/** Packages by npm's own list of what it installed; where another has installed them, by nothing. */
function installed(root: string): string[] {
  const list = join('node_modules', '.package-lock.json');
  let folder = root;
  while (!existsSync(join(folder, list))) {
    if (folder === dirname(folder)) return [];
    folder = dirname(folder);
  }
  const { packages } = JSON.parse(readFileSync(join(folder, list), 'utf8')) as { packages: Record<string, Locked> };
  return (
    Object.entries(packages)
      // Those for one architecture have the version of the package that brings them.
      .filter(([, { dev, cpu }]) => !dev && cpu === undefined)
      .map(([path, { version }]) => `${path}@${version}`)
      .sort()
  );
}
