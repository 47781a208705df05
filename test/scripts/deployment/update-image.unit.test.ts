import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { script } from './deployment.ts';

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

const DEPLOYMENT = `# Of the media team.
apiVersion: apps/v1
kind: Deployment
metadata: { name: previews }   # one of two
spec:
  template:
    spec:
      initContainers:
        - { name: warm, image: 'registry.example.com/mobius-preview-worker:1.0.0' }
      containers:
        - name: worker

          image: "registry.example.com/mobius-preview-worker:1.0.0"  # pinned by us
        - name: operator
          image: mobius-preview-worker-operator:1.0.0
        - name: proxy
          image: docker.io/library/envoy:1.0.0
`;

const POOLS = `apiVersion: previews.mobius.dev/v1alpha1
kind: PreviewWorkerPool
metadata: {name: photos}
spec:
    image:   renamed.example.com:5000/previews@${DIGEST}   # whatever its name, it is the worker's
    queue: {name: mobius-preview-worker, redis: {url: "redis://redis:6379"}}
---
# A pool without one follows the operator's.
apiVersion: previews.mobius.dev/v1alpha1
kind: PreviewWorkerPool
metadata: {name: plain}
spec: {queue: {name: plain}}
`;

describe('update-preview-worker-image', function () {
  this.timeout(30_000);
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'preview-images-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const put = async (files: Readonly<Record<string, string>>) => {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), text);
    }
  };
  const update = (...args: string[]) => script('update-preview-worker-image', args, { cwd: folder });
  const textOf = (name: string) => readFile(join(folder, name), 'utf8');
  const updated = async (text: string, ...args: string[]) => {
    await put({ 'kustomization.yaml': text });
    const { code, stderr } = await update(...args, '.');
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    return textOf('kustomization.yaml');
  };

  it('changes the worker’s image in every container, and nothing else of the file', async () => {
    await put({ 'deployment.yaml': DEPLOYMENT });
    const { code, stdout } = await update('--tag', '1.2.0', 'deployment.yaml');
    expect(code).to.equal(0);
    expect(await textOf('deployment.yaml')).to.equal(
      DEPLOYMENT.replaceAll('mobius-preview-worker:1.0.0', 'mobius-preview-worker:1.2.0'),
    );
    expect(stdout.trim().split('\n')).to.deep.equal([
      'deployment.yaml: Deployment previews, container warm: registry.example.com/mobius-preview-worker:1.0.0 -> registry.example.com/mobius-preview-worker:1.2.0',
      'deployment.yaml: Deployment previews, container worker: registry.example.com/mobius-preview-worker:1.0.0 -> registry.example.com/mobius-preview-worker:1.2.0',
    ]);
  });

  it('changes the image of a pool whatever its name, and leaves a pool without one alone', async () => {
    await put({ 'pools/all.yml': POOLS });
    await update('--tag', '1.2.0', '.');
    expect(await textOf('pools/all.yml')).to.equal(POOLS.replace(`previews@${DIGEST}`, 'previews:1.2.0'));
  });

  it('by digest, by tag and digest, and by a whole reference', async () => {
    const name = 'registry.example.com/mobius-preview-worker';
    for (const [args, wanted] of [
      [['--digest', DIGEST], `${name}@${DIGEST}`],
      [['--tag', '2', '--digest', DIGEST], `${name}:2@${DIGEST}`],
      [['--image', 'mirror.example.com:5000/a/b:3'], 'mirror.example.com:5000/a/b:3'],
    ] as const) {
      await put({ 'deployment.yaml': DEPLOYMENT });
      await update(...args, '.');
      expect(await textOf('deployment.yaml')).to.equal(DEPLOYMENT.replaceAll(`${name}:1.0.0`, wanted));
    }
  });

  it('a second time it changes nothing and says so', async () => {
    await put({ 'deployment.yaml': DEPLOYMENT, 'pools.yaml': POOLS });
    await update('--tag', '1.2.0', '.');
    const before = [await textOf('deployment.yaml'), await textOf('pools.yaml')];
    const { code, stdout } = await update('--tag', '1.2.0', '.');
    expect(code).to.equal(0);
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => /already$/.test(line)),
    ).to.deep.equal([true, true, true]);
    expect([await textOf('deployment.yaml'), await textOf('pools.yaml')]).to.deep.equal(before);
  });

  describe('in a kustomization', () => {
    it('changes the tag of its entry, and leaves other entries alone', async () => {
      const text = `images:
  # ours
  - name: mobius-preview-worker
    newTag: 1.0.0 # since May
  - name: envoy
    newTag: 1.0.0
`;
      expect(await updated(text, '--tag', '1.2.0')).to.equal(text.replace('1.0.0 #', '1.2.0 #'));
    });

    it('quotes a tag that would be read as a number, which kustomize refuses', async () => {
      const text = 'images:\n- name: mobius-preview-worker\n  newTag: 1.0.0\n';
      for (const tag of ['1.2', '12', '1e3', 'null'])
        expect(await updated(text, '--tag', tag), tag).to.equal(text.replace('1.0.0', `"${tag}"`));
    });

    it('a digest takes the tag’s place, and the tag the digest’s', async () => {
      const tagged = 'images:\n  - newTag: 1.0.0 # by hand\n    name: mobius-preview-worker\n';
      const pinned = tagged.replace('newTag: 1.0.0', `digest: ${DIGEST}`);
      expect(await updated(tagged, '--digest', DIGEST)).to.equal(pinned);
      expect(await updated(pinned, '--tag', '1.0.0')).to.equal(tagged);
    });

    it('adds what is not there, and takes away what would contradict', async () => {
      const bare = 'images:\n  - name: mobius-preview-worker # ours\n\nnamespace: media\n';
      expect(await updated(bare, '--tag', '2.0.0')).to.equal(bare.replace('# ours\n', '# ours\n    newTag: 2.0.0\n'));
      const both = `images:\n  - name: mobius-preview-worker\n    newTag: 1.0.0\n    digest: ${DIGEST} # old\n`;
      expect(await updated(both, '--tag', '2.0.0')).to.equal(
        'images:\n  - name: mobius-preview-worker\n    newTag: 2.0.0\n',
      );
      expect(await updated(bare, '--image', 'r.example.com/w:2.0.0')).to.equal(
        bare.replace('# ours\n', '# ours\n    newName: r.example.com/w\n    newTag: 2.0.0\n'),
      );
    });

    it('keeps entries of one line, JSON and the line ends of Windows', async () => {
      const flow = `images: [{name: mobius-preview-worker, newTag: 1.0.0, digest: '${DIGEST}'}, {name: envoy}]\n`;
      expect(await updated(flow, '--tag', '2.0.0')).to.equal(
        'images: [{name: mobius-preview-worker, newTag: 2.0.0}, {name: envoy}]\n',
      );
      const json = '{"images": [{"name": "mobius-preview-worker"}]}\n';
      expect(await updated(json, '--tag', '2.0.0')).to.equal(
        '{"images": [{"name": "mobius-preview-worker", "newTag": "2.0.0"}]}\n',
      );
      const crlf = 'images:\r\n- name: mobius-preview-worker\r\nnamespace: media\r\n';
      expect(await updated(crlf, '--tag', '2.0.0')).to.equal(
        crlf.replace('worker\r\n', 'worker\r\n  newTag: 2.0.0\r\n'),
      );
    });

    it('a container whose image it sets is left to it, so that its entry goes on to match', async () => {
      const base = DEPLOYMENT.replaceAll('registry.example.com/', '');
      const entry = 'resources: [../base]\nimages:\n  - name: mobius-preview-worker\n    newTag: 1.0.0\n';
      await put({
        'base/deployment.yaml': base,
        'base/kustomization.yaml': 'resources: [deployment.yaml]\n',
        'production/kustomization.yaml': entry,
        'elsewhere.yaml': base,
      });
      const { stdout } = await update('--image', 'mirror.example.com/worker:2.0.0', '.');
      expect(await textOf('base/deployment.yaml')).to.equal(base);
      expect(stdout).to.include('container worker: left to images of production/kustomization.yaml');
      expect(await textOf('production/kustomization.yaml')).to.equal(
        entry
          .replace('newTag: 1.0.0', 'newTag: 2.0.0')
          .replace('worker\n', 'worker\n    newName: mirror.example.com/worker\n'),
      );
      expect(await textOf('elsewhere.yaml')).to.include('image: "mirror.example.com/worker:2.0.0"  # pinned by us');
    });
  });

  it('--dry-run writes nothing and prints what git apply makes of it', async () => {
    const files = {
      'deployment.yaml': DEPLOYMENT,
      'pools.yaml': POOLS.trimEnd(),
      'kustomization.yaml': `images:\n  - name: mobius-preview-worker\n    newTag: 1.0.0\n    digest: ${DIGEST}\n`,
    };
    await put(files);
    const { code, stdout, stderr } = await update('--image', 'r.example.com/w:9', '--dry-run', '.');
    expect(code).to.equal(0);
    expect(stderr).to.match(/deployment\.yaml: Deployment previews, container worker: .* -> /);
    for (const [name, text] of Object.entries(files)) expect(await textOf(name)).to.equal(text);
    execFileSync('git', ['apply', '-'], { cwd: folder, input: stdout });
    const applied = await Promise.all(Object.keys(files).map(textOf));
    await put(files);
    await update('--image', 'r.example.com/w:9', '.');
    expect(await Promise.all(Object.keys(files).map(textOf))).to.deep.equal(applied);
    expect(applied).to.not.deep.equal(Object.values(files));
  });

  it('follows an anchor to where the image is written, and writes it once', async () => {
    const text = `kind: Deployment
metadata: {name: a}
spec:
  template:
    spec:
      containers:
        - {name: worker, image: &image mobius-preview-worker:1.0.0}
        - {name: renderer, image: *image}
`;
    await put({ 'a.yaml': text });
    await update('--tag', '1.2.0', 'a.yaml');
    expect(await textOf('a.yaml')).to.equal(text.replace('1.0.0', '1.2.0'));
  });

  it('finds a mirror’s image by --of, by its last part or by all of it', async () => {
    const text = 'kind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: "m.example.com/previews:1"}]}\n';
    for (const name of ['previews', 'm.example.com/previews']) {
      await put({ 'a.yaml': text });
      await update('--of', name, '--tag', '2', 'a.yaml');
      expect(await textOf('a.yaml'), name).to.equal(text.replace('previews:1', 'previews:2'));
    }
    expect((await update('--of', 'other.example.com/previews', '--tag', '2', 'a.yaml')).code).to.equal(1);
  });

  it('refuses what is no reference, and writes nothing', async () => {
    await put({ 'deployment.yaml': DEPLOYMENT });
    for (const args of [
      ['--tag', 'a b'],
      ['--tag', ''],
      ['--tag', '-x'],
      ['--tag', 'x'.repeat(129)],
      ['--digest', 'sha256:12'],
      ['--digest', DIGEST.toUpperCase()],
      ['--image', 'registry.example.com/Worker:1'],
      ['--image', 'worker'],
      ['--image', 'https://registry.example.com/worker:1'],
      ['--image', 'worker:1\nkind: x'],
      ['--image', 'worker:1', '--tag', '2'],
      [],
    ]) {
      const { code, stdout, stderr } = await update(...args, '.');
      expect([code, stdout], args.join(' ')).to.deep.equal([1, '']);
      expect(stderr, args.join(' ')).to.match(/^--|^say what|^error: option/);
    }
    expect(await textOf('deployment.yaml')).to.equal(DEPLOYMENT);
  });

  it('is told of what is not there, has no image of it, or can not be read; then no file is written', async () => {
    await put({ 'deployment.yaml': DEPLOYMENT, 'none.yaml': 'kind: Service\n' });
    expect((await update('--tag', '2', 'absent.yaml')).stderr).to.equal(
      'absent.yaml: there is no such file or folder\n',
    );
    expect(await update('--tag', '2', 'none.yaml')).to.deep.include({ code: 1 });
    await put({ 'template.yaml': 'image: {{ mobius-preview-worker }}: [\n' });
    const { code, stderr } = await update('--tag', '2', '.');
    expect([code, stderr.startsWith('template.yaml is no YAML')]).to.deep.equal([1, true]);
    expect(await textOf('deployment.yaml')).to.equal(DEPLOYMENT);
  });
});
