/** kube-score's rules over all that is shipped. Needs Go and its module proxy. */
import { execFile } from 'node:child_process';
import { expect } from 'chai';
import { KUBERNETES_VERSION } from '../../scripts/tools/catalogue.ts';
import { provide } from '../../scripts/tools/provide.ts';
import type { Manifest } from '../chart/helm.ts';
import { exceptionsOf } from './manifests/posture-exceptions.ts';
import { changed, SHIPPED } from './manifests/shipped.ts';

interface Scored {
  readonly object_name: string;
  readonly checks: readonly {
    readonly check: { readonly id: string };
    readonly grade: number;
    readonly skipped: boolean;
    readonly comments: readonly { readonly path: string; readonly summary: string }[] | null;
  }[];
}

/** All is well. */
const FULL_MARKS = 10;

async function score(objects: readonly Manifest[]): Promise<string[]> {
  const program = await provide('kube-score');
  const version = `v${KUBERNETES_VERSION.split('.').slice(0, 2).join('.')}`;
  const args = [
    'score',
    '--kubernetes-version',
    version,
    '--output-format',
    'json',
    '--enable-optional-test',
    'container-seccomp-profile',
    '-',
  ];
  const text = await new Promise<string>((resolve, reject) => {
    // What it found is in its answer, whatever its exit code.
    const child = execFile(program, args, { timeout: 60_000, maxBuffer: 16 << 20 }, (error, stdout, stderr) =>
      stdout ? resolve(stdout) : reject(error ?? new Error(stderr)),
    );
    child.stdin?.end(objects.map((object) => JSON.stringify(object)).join('\n---\n'));
  });
  // Null where it knows none of the kinds.
  return ((JSON.parse(text) ?? []) as Scored[]).flatMap(({ object_name: name, checks }) =>
    checks
      .filter(({ grade, skipped }) => !skipped && grade < FULL_MARKS)
      .flatMap(({ check, comments }) =>
        (comments ?? []).map(({ path, summary }) =>
          `${name.replace(/\/.*\//, ' ')} ${path}: ${check.id}: ${summary}`.replace(' :', ':'),
        ),
      ),
  );
}

const EXCEPTIONS = exceptionsOf('kubeScore');
const isExcepted = (finding: string) => EXCEPTIONS.some((pattern) => pattern.test(finding));

describe('the posture of what is shipped, by kube-score', function () {
  this.timeout(10 * 60_000);
  const seen = new Set<string>();

  before(async () => {
    await Promise.all([provide('kube-score'), provide('helm')]);
  });

  for (const [title, manifests] of Object.entries(SHIPPED))
    it(`has nothing against ${title}, but for exceptions that have a reason`, async () => {
      const findings = await score(await manifests());
      for (const finding of findings) seen.add(finding);
      expect(findings.filter((finding) => !isExcepted(finding))).to.deep.equal([]);
    });

  it('needs each of these exceptions', () => {
    const unneeded = EXCEPTIONS.filter((pattern) => ![...seen].some((finding) => pattern.test(finding)));
    expect(unneeded).to.deep.equal([]);
  });

  for (const [title, path, value, check] of [
    ['a container with all rights', ['securityContext', 'privileged'], true, 'container-security-context-privileged'],
    [
      'a root that can be written',
      ['securityContext', 'readOnlyRootFilesystem'],
      false,
      'container-security-context-readonlyrootfilesystem',
    ],
    [
      'memory without a limit',
      ['resources', 'limits', 'memory'],
      undefined,
      'container-resources: Memory limit is not set',
    ],
    ['an image of no version', ['image'], 'mobius-preview-worker-operator:latest', 'container-image-tag'],
    ['no probe', ['readinessProbe'], undefined, 'pod-probes'],
  ] as const)
    it(`finds ${title}`, async () => {
      const objects = (await SHIPPED['config/operator']?.()) ?? [];
      const container = ['spec', 'template', 'spec', 'containers', 0, ...path];
      const looser = objects.map((one) => (one.kind === 'Deployment' ? changed(one, container, value) : one));
      expect((await score(looser)).filter((finding) => !isExcepted(finding)).join('\n')).to.include(check);
    });

  it('finds that a pod may have any system call', async () => {
    const objects = (await SHIPPED['config/operator']?.()) ?? [];
    const pod = ['spec', 'template', 'spec', 'securityContext', 'seccompProfile'];
    const looser = objects.map((one) => (one.kind === 'Deployment' ? changed(one, pod, undefined) : one));
    expect((await score(looser)).join('\n')).to.include('container-seccomp-profile');
  });
});
