/**
 * `npm run -s sbom`: what worker and operator consist of, as CycloneDX 1.5 on stdout: the installed packages that are not for
 * development, and the C libraries that lie compiled in sharp's libvips. Made of the lock file, for `npm sbom` refuses a tree
 * with an unmet peer of a development dependency, and with --omit=dev leaves out what both kinds of dependencies need.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

interface Locked {
  readonly name?: string;
  readonly version: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

interface Component {
  readonly 'bom-ref': string;
  readonly type: 'application' | 'library';
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly licenses?: readonly { readonly expression: string }[];
  readonly hashes?: readonly { readonly alg: 'SHA-512'; readonly content: string }[];
}

const LIBVIPS = /^node_modules\/(@img\/sharp-libvips-[\w-]+)$/;

const { packages } = await readJson<{ packages: Readonly<Record<string, Locked>> }>('package-lock.json');
// The lock names every platform's packages: those of others are not there.
const shipped = Object.entries(packages).filter(([path, { dev }]) => path === '' || (!dev && existsSync(path)));
const known = new Map(shipped.map(([path, locked]) => [path, refOf(path, locked)]));
const components = shipped.map(([path, locked]) => componentOf(path, locked));
const dependencies = shipped.map(([path, locked]) => ({ ref: refOf(path, locked), dependsOn: neededBy(path, locked) }));

for (const [path] of shipped) {
  const [, name] = LIBVIPS.exec(path) ?? [];
  if (name === undefined) continue;
  const libraries = Object.entries(await readJson<Record<string, string>>(`${path}/versions.json`)).map(
    ([library, version]): Component => ({
      'bom-ref': `${name}/${library}@${version}`,
      type: 'library',
      name: library,
      version,
      // No registry has what lies compiled in another package.
      purl: `pkg:generic/${library}@${version}`,
    }),
  );
  components.push(...libraries);
  for (const { ref, dependsOn } of dependencies)
    if (ref === known.get(path)) dependsOn.push(...libraries.map((one) => one['bom-ref']));
}

const [component, ...others] = components;
const bom = { bomFormat: 'CycloneDX', specVersion: '1.5', version: 1, metadata: { component }, components: others };
process.stdout.write(`${JSON.stringify({ ...bom, dependencies }, undefined, 2)}\n`);

function nameOf(path: string, { name }: Locked): string {
  return name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
}

/** One name and version may lie in several folders. */
function refOf(path: string, locked: Locked): string {
  return `${path === '' ? '' : `${path}:`}${nameOf(path, locked)}@${locked.version}`;
}

function componentOf(path: string, locked: Locked): Component {
  const name = nameOf(path, locked);
  const sha512 = /^sha512-(\S+)/.exec(locked.integrity ?? '')?.[1];
  return {
    'bom-ref': refOf(path, locked),
    type: path === '' ? 'application' : 'library',
    name,
    version: locked.version,
    purl: `pkg:npm/${name.replace('@', '%40')}@${locked.version}`,
    ...(locked.license ? { licenses: [{ expression: locked.license }] } : {}),
    ...(sha512 ? { hashes: [{ alg: 'SHA-512', content: Buffer.from(sha512, 'base64').toString('hex') }] } : {}),
  };
}

/** As Node looks for them: in the package's own folder, then in those above. */
function neededBy(path: string, { dependencies, optionalDependencies, peerDependencies }: Locked): string[] {
  const names = Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies });
  return names.flatMap((name) => {
    for (let folder = path; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
      const ref = known.get(`${folder === '' ? '' : `${folder}/`}node_modules/${name}`);
      if (ref !== undefined) return [ref];
      if (folder === '') return [];
    }
  });
}

async function readJson<T>(path: string): Promise<T> {
  return JSON.parse(await readFile(path, 'utf8')) as T;
}
