import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect } from 'chai';

describe('npm run sbom', function () {
  this.timeout(60_000);

  it('lists what is shipped, and the C libraries that lie in libvips, each with its version', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['scripts/sbom.ts'], { maxBuffer: 64 << 20 });
    const bom = JSON.parse(stdout) as {
      bomFormat: string;
      metadata: { component: { name: string; 'bom-ref': string } };
      components: { 'bom-ref': string; name: string; group?: string; version: string; purl: string }[];
      dependencies: { ref: string; dependsOn: string[] }[];
    };
    expect(bom.bomFormat).to.equal('CycloneDX');
    expect(bom.metadata.component.name).to.equal('mobius-preview-worker');
    const { dependencies } = JSON.parse(await readFile('package.json', 'utf8')) as {
      dependencies: Record<string, string>;
    };
    const purls = new Set(bom.components.map(({ purl }) => decodeURIComponent(purl)));
    for (const [name, version] of Object.entries(dependencies)) expect(purls).to.include(`pkg:npm/${name}@${version}`);
    for (const decoder of ['vips', 'heif', 'tiff', 'webp', 'rsvg', 'aom', 'zlib-ng']) {
      const [one] = bom.components.filter(({ purl }) => purl.startsWith(`pkg:generic/${decoder}@`));
      expect(one?.version, decoder).to.match(/^\d/);
    }
    expect(bom.components.map(({ name }) => name)).not.to.include('mocha');
    const names = bom.components.map((one) => one['bom-ref']);
    const refs = new Set([...names, bom.metadata.component['bom-ref']]);
    expect(refs.size).to.equal(names.length + 1);
    expect(bom.dependencies.flatMap(({ dependsOn }) => dependsOn).filter((ref) => !refs.has(ref))).to.deep.equal([]);
  });
});
