/** checkov's rules over all that is shipped, its roles too. Needs Python and its package registry. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { provide } from '../../scripts/tools/provide.ts';
import type { Manifest } from '../chart/helm.ts';
import { exceptionsOf } from './manifests/posture-exceptions.ts';
import { changed, SHIPPED } from './manifests/shipped.ts';

const run = promisify(execFile);
const CHECKOV = 'checkov==3.3.30';

interface Scanned {
  readonly results: {
    readonly failed_checks: readonly {
      readonly check_id: string;
      readonly check_name: string;
      readonly resource: string;
      readonly repo_file_path: string;
    }[];
  };
  readonly summary: { readonly resource_count: number; readonly parsing_errors: number };
}

const EXCEPTIONS = exceptionsOf('checkov');
const isExcepted = (finding: string) => EXCEPTIONS.some((pattern) => pattern.test(finding));

describe('the posture of what is shipped, by checkov', function () {
  this.timeout(15 * 60_000);
  let folder: string;
  let scans = 0;

  before(async () => {
    await provide('helm');
    folder = await mkdtemp(join(tmpdir(), 'preview-checkov-'));
    await run('python3', ['-m', 'venv', join(folder, 'python')]);
    const pip = join(folder, 'python', 'bin', 'pip');
    await run(pip, ['install', '--quiet', '--disable-pip-version-check', CHECKOV]);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  /** A start takes seconds, so many are looked at in one. */
  const scan = async (objects: readonly Manifest[]): Promise<string[]> => {
    scans += 1;
    const files = join(folder, `scan-${scans}`);
    await mkdir(files);
    for (const [index, object] of objects.entries())
      await writeFile(join(files, `${index}.json`), JSON.stringify(object));
    const args = ['--directory', files, '--framework', 'kubernetes', '--skip-download', '--quiet', '--compact'];
    const { stdout } = await run(
      join(folder, 'python', 'bin', 'checkov'),
      [...args, '--soft-fail', '--output', 'json'],
      {
        ...{ cwd: folder, timeout: 300_000, maxBuffer: 64 << 20 },
      },
    );
    const { results, summary } = JSON.parse(stdout) as Scanned;
    expect(summary.parsing_errors).to.equal(0);
    return results.failed_checks.map(({ check_id: id, check_name: name, resource }) => `${id} ${resource}: ${name}`);
  };

  it('has nothing against it, but for exceptions that have a reason, each of them needed', async () => {
    const objects = (await Promise.all(Object.values(SHIPPED).map((manifests) => manifests()))).flat();
    const findings = await scan(objects);
    expect([...new Set(findings.filter((finding) => !isExcepted(finding)))]).to.deep.equal([]);
    expect(EXCEPTIONS.filter((pattern) => !findings.some((finding) => pattern.test(finding)))).to.deep.equal([]);
  });

  it('finds what was loosened', async () => {
    const objects = (await SHIPPED['config/operator']?.()) ?? [];
    const looser = objects.map((object) => {
      if (object.kind === 'ClusterRole')
        return changed(object, ['rules'], [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }]);
      if (object.kind !== 'Deployment') return object;
      const shared = changed(object, ['spec', 'template', 'spec', 'hostPID'], true);
      return changed(shared, ['spec', 'template', 'spec', 'containers', 0, 'securityContext'], {});
    });
    const found = (await scan(looser))
      .filter((finding) => !isExcepted(finding))
      .map((finding) => finding.split(' ', 1)[0]);
    // The processes of the node; rights to gain; a root that can be written; capabilities; roles by wildcard.
    expect(found).to.include.members(['CKV_K8S_17', 'CKV_K8S_20', 'CKV_K8S_22', 'CKV_K8S_37', 'CKV_K8S_49']);
  });
});
