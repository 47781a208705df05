/**
 * `npm run -s sbom`: what a worker and an operator consist of, as CycloneDX 1.5 on stdout: npm's own list, and the C libraries
 * that lie compiled in sharp's libvips, which npm does not know.
 */
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

interface Component {
  readonly 'bom-ref': string;
  readonly type: 'library';
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly properties?: readonly { readonly name: string; readonly value: string }[];
}

interface Bom {
  readonly metadata: {
    readonly component: { readonly name: string; readonly 'bom-ref': string } & Record<string, unknown>;
  } & Record<string, unknown>;
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

const IMAGES = 'node_modules/@img';

const { name: project } = await readJson<{ name: string }>('package.json');
// Not by --omit=dev: npm 11 then leaves out what is shipped and also serves a development dependency.
const listed = await promisify(execFile)('npm', ['sbom', '--sbom-format', 'cyclonedx'], { maxBuffer: 64 << 20 });
const lock = await readJson<{ packages: Record<string, { dev?: boolean }> }>('package-lock.json');
const bom = JSON.parse(listed.stdout) as Bom;
const shipped = bom.components.filter(
  ({ properties = [] }) =>
    !lock.packages[properties.find(({ name }) => name === 'cdx:npm:package:path')?.value ?? '']?.dev,
);
const refs = new Set([...shipped.map((one) => one['bom-ref']), bom.metadata.component['bom-ref']]);
const dependencies = bom.dependencies
  .filter(({ ref }) => refs.has(ref))
  .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((one) => refs.has(one)) }));
const bundled: Component[] = [];
for (const folder of (await readdir(IMAGES)).filter((name) => name.startsWith('sharp-libvips-')).sort()) {
  const [libraries, { version }] = await Promise.all([
    readJson<Record<string, string>>(`${IMAGES}/${folder}/versions.json`),
    readJson<{ version: string }>(`${IMAGES}/${folder}/package.json`),
  ]);
  const ref = `@img/${folder}@${version}`;
  const components = Object.entries(libraries).map(([name, its]) => component(folder, name, its));
  bundled.push(...components);
  const known = dependencies.findIndex((dependency) => dependency.ref === ref);
  const dependsOn = components.map((one) => one['bom-ref']);
  dependencies.splice(known, known < 0 ? 0 : 1, { ref, dependsOn });
}
if (bundled.length === 0) throw new Error(`${IMAGES} holds no libvips: run npm ci without --omit=optional`);
const metadata = { ...bom.metadata, component: { ...bom.metadata.component, name: project } };
process.stdout.write(
  `${JSON.stringify({ ...bom, metadata, components: [...shipped, ...bundled], dependencies }, undefined, 2)}\n`,
);

/** No registry has it: its purl names it alone. */
function component(folder: string, name: string, version: string): Component {
  return {
    'bom-ref': `${folder}/${name}@${version}`,
    type: 'library',
    name,
    version,
    purl: `pkg:generic/${name}@${version}`,
  };
}

async function readJson<T>(path: string): Promise<T> {
  return JSON.parse(await readFile(path, 'utf8')) as T;
}
