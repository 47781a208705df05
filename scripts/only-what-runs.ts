/**
 * `node scripts/only-what-runs.ts FOLDER` in a built checkout, while an image is built: takes away from dist/ and from
 * package.json what the programs of dist/FOLDER load neither themselves nor by each other. `npm prune` takes the packages.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const SPECIFIER = /(?:\bfrom\s*|\bimport\s*\(?\s*|\bimport\.meta\.resolve\(\s*)(['"])([^'"]+)\1/g;

const [part] = process.argv.slice(2);
if (part === undefined) throw new Error('name the folder below dist/ whose programs the image is for');

const built = filesBelow('dist');
const [loaded, packages] = reachedBy(filesBelow(join('dist', part)));
for (const file of built) if (!loaded.has(file)) rmSync(file);

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as {
  bin: Record<string, string>;
  dependencies: Record<string, string>;
  optionalDependencies?: unknown;
};
const kept = <T>(entries: Record<string, T>, keep: (name: string, value: T) => boolean) =>
  Object.fromEntries(Object.entries(entries).filter(([name, value]) => keep(name, value)));
const dependencies = kept(manifest.dependencies, (name) => packages.has(name));
writeFileSync(
  'package.json',
  JSON.stringify({
    ...manifest,
    bin: kept(manifest.bin, (_, path) => loaded.has(join(path))),
    dependencies,
    // The Node that npm scripts run on; the image has its own.
    optionalDependencies: undefined,
  }),
);
console.log(`${part}: ${loaded.size} of ${built.length} files, packages ${Object.keys(dependencies).join(' ')}`);

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative('.', join(entry.parentPath, entry.name)));
}

/** The files that are loaded, and the packages that they name. Programs start one another by path, within their folder. */
function reachedBy(files: readonly string[]): [Set<string>, Set<string>] {
  const reached = new Set(files);
  const named = new Set<string>();
  for (const file of reached) {
    if (!/\.[cm]?js$/.test(file)) continue;
    for (const [, , specifier = ''] of readFileSync(file, 'utf8').matchAll(SPECIFIER)) {
      if (specifier.startsWith('.')) reached.add(relative('.', join(dirname(file), specifier)));
      else if (!specifier.startsWith('node:'))
        named.add(specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/'));
    }
  }
  return [reached, named];
}
