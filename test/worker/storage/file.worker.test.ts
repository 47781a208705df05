/** Files of mounted folders, among neighbours who plant links, pipes and crashes. */
import { spawn, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { constants } from 'node:fs';
import {
  appendFile,
  chmod,
  type FileHandle,
  lstat,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  symlink,
  truncate,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { PreviewFailure } from '../../../worker/failures.ts';
import driver from '../../../worker/storage/file.ts';
import { openSources } from '../../../worker/storage/registry.ts';
import type { Fetched, Sink } from '../../../worker/storage/storage.ts';
import { eventually } from '../../cluster/eventually.ts';
import { mayMount, smallVolume } from '../../faults/small-volume.ts';

const SECRET = 'what lies outside is no business of ours';
const uriOf = (path: string): URL => pathToFileURL(path);
const factsOf = (content: Buffer | string): Fetched => ({
  bytes: Buffer.byteLength(content),
  sha256: createHash('sha256').update(content).digest('hex'),
});

/** What the work throws, told as `reason: message`; a test that expects a failure never sees a success. */
async function refusal(work: Promise<unknown>): Promise<string> {
  const outcome = await work.then(
    (value) => new Error(`it was accepted: ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );
  if (outcome instanceof PreviewFailure) return `${outcome.reason}: ${outcome.message}`;
  throw outcome;
}

function makeFifo(path: string): void {
  expect(spawnSync('mkfifo', [path]).status).to.equal(0);
}

/** As a user whom the modes of files bind, which root is not. */
async function asNobody<T>(work: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return work();
  process.seteuid?.(65_534);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}

describe('a file source', () => {
  let folder: string;
  let root: string;
  let outside: string;

  beforeEach(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'preview-source-')));
    await chmod(folder, 0o755);
    [root, outside] = [join(folder, 'data'), join(folder, 'data-other')];
    await Promise.all([mkdir(root), mkdir(outside)]);
    await writeFile(join(outside, 'secret.jpg'), SECRET);
    await writeFile(join(root, 'a.jpg'), 'a picture');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  interface Fetch {
    readonly roots?: readonly string[];
    readonly maxBytes?: number;
    readonly signal?: AbortSignal;
    readonly target?: FileHandle;
  }
  const fetchInto = (uri: URL, target: FileHandle, { roots = [root], maxBytes = 1 << 24, signal }: Fetch = {}) =>
    driver
      .source({ roots: roots.map((path) => ({ path })) })
      .fetch({ uri, target, maxBytes, signal: signal ?? new AbortController().signal });
  const fetched = async (uri: URL, options: Fetch = {}): Promise<Fetched & { content: string }> => {
    const path = join(folder, 'fetched');
    await using target = await open(path, 'w');
    const facts = await fetchInto(uri, target, options);
    return { ...facts, content: await readFile(path, 'latin1') };
  };
  const refused = (uri: URL, options: Fetch = {}) => refusal(fetched(uri, options));

  it('gives the bytes of a file as they are, their number and their sha256, whatever its length', async () => {
    const chunk = 1 << 18;
    for (const length of [0, 1, chunk - 1, chunk, chunk + 1, 3 * chunk + 17]) {
      const content = randomBytes(length);
      await writeFile(join(root, 'b.jpg'), content);
      const { content: got, ...facts } = await fetched(uriOf(join(root, 'b.jpg')));
      expect(facts, `${length} bytes`).to.deep.equal(factsOf(content));
      expect(Buffer.from(got, 'latin1').equals(content), `${length} bytes`).to.equal(true);
    }
  });

  it('reads names with blanks, accents, per cent signs and what means something in URIs', async () => {
    for (const name of ['two words.jpg', 'Äpfel 苹果 🍏.jpg', '100%.jpg', 'a#b?c.jpg', '%2e%2e', '-dash', '.hidden']) {
      await writeFile(join(root, name), name);
      const { bytes } = await fetched(uriOf(join(root, name)));
      expect(bytes, name).to.equal(Buffer.byteLength(name));
    }
  });

  it('follows links that stay inside, and a root that is itself behind links', async () => {
    await mkdir(join(root, 'deep'));
    await symlink('../a.jpg', join(root, 'deep', 'near.jpg'));
    await symlink(join(root, 'deep'), join(root, 'door'));
    await symlink(folder, join(folder, 'mount'));
    await symlink(join('mount', 'data'), join(folder, 'root'));
    const linked = { roots: [join(folder, 'root')] };
    for (const [path, options] of [
      [join(root, 'door', 'near.jpg'), {}],
      [join(folder, 'root', 'a.jpg'), linked],
      [join(root, 'a.jpg'), linked],
      [join(folder, 'mount', 'data', 'door', 'near.jpg'), {}],
    ] as const) {
      expect((await fetched(uriOf(path), options)).content, path).to.equal('a picture');
    }
    expect(await refused(uriOf(join(folder, 'root', 'absent.jpg')), linked)).to.match(/^SourceNotFound: /);
    expect(await refused(uriOf(join(root, 'absent.jpg')), linked)).to.match(/^SourceNotFound: /);
  });

  it('refuses every way to spell a path outside', async () => {
    const base = uriOf(root).href;
    for (const uri of [
      `${base}/../data-other/secret.jpg`,
      `${base}/%2e%2e/data-other/secret.jpg`,
      `${base}/.%2E/data-other/secret.jpg`,
      `${base}/..%2fdata-other%2fsecret.jpg`,
      `${base}\\..\\data-other\\secret.jpg`,
      `${base}-other/secret.jpg`,
      `${base}%2dother/secret.jpg`,
      `${base}/a.jpg%00/../../data-other/secret.jpg`,
      `file:////${base.slice('file:///'.length)}-other/secret.jpg`,
      'file:///etc/passwd',
      'file:///proc/self/environ',
    ]) {
      expect(await refused(new URL(uri)), uri).to.match(/^SourceForbidden: /);
    }
  });

  it('refuses URIs that would be a second name of the same file', async () => {
    for (const change of [
      (uri: string) => `${uri}?version=2`,
      (uri: string) => `${uri}#page=2`,
      (uri: string) => uri.replace('/a.jpg', '%2Fa.jpg'),
      (uri: string) => uri.replace('file:///', 'file://elsewhere/'),
      (uri: string) => `${uri}%00`,
    ]) {
      const uri = change(uriOf(join(root, 'a.jpg')).href);
      expect(await refused(new URL(uri)), uri).to.match(/^SourceForbidden: the URI is not accepted: /);
    }
  });

  it('refuses a scheme that the pool has not switched on, naming those it has', async () => {
    const source = await openSources({ file: { roots: [{ path: root }] } });
    await using target = await open(join(folder, 'fetched'), 'w');
    for (const uri of ['s3://bucket/a.jpg', 'https://example.org/a.jpg']) {
      const request = { uri: new URL(uri), target, maxBytes: 1, signal: new AbortController().signal };
      expect(await refusal(source.fetch(request))).to.match(
        /^SourceForbidden: this pool reads no \w+: URIs, only file:/,
      );
    }
  });

  it('refuses links that lead out, straight, over other links, over folders and in a circle', async () => {
    await symlink(join(outside, 'secret.jpg'), join(root, 'straight.jpg'));
    await symlink('../data-other/secret.jpg', join(root, 'relative.jpg'));
    await symlink('relative.jpg', join(root, 'chain.jpg'));
    await symlink(outside, join(root, 'folder'));
    await symlink('/proc/self/environ', join(root, 'process.jpg'));
    await symlink('circle.jpg', join(root, 'circle.jpg'));
    for (const name of ['straight', 'relative', 'chain', 'folder/secret', 'process', 'circle']) {
      const told = await refused(uriOf(join(root, `${name}.jpg`)));
      expect(told, name).to.match(/^SourceForbidden: .* does not lie inside /);
    }
  });

  it('refuses what is no regular file, without waiting for it', async () => {
    makeFifo(join(root, 'pipe.jpg'));
    await mkdir(join(root, 'folder.jpg'));
    const server = createServer().listen(join(root, 'socket.jpg'));
    await once(server, 'listening');
    try {
      for (const name of ['pipe.jpg', 'folder.jpg', 'socket.jpg']) {
        expect(await refused(uriOf(join(root, name))), name).to.match(/^SourceForbidden: .* is not a regular file/);
      }
      expect(await refused(uriOf('/dev/zero'), { roots: ['/dev'] })).to.match(/^SourceForbidden: .*not a regular file/);
      expect(await refused(uriOf(root))).to.match(/^SourceForbidden: /);
    } finally {
      server.close();
    }
  });

  it('never gives the bytes of a file outside while somebody swaps a folder for a link to it', async () => {
    const [place, real, link] = [join(root, 'swap'), join(root, 'real'), join(root, 'link')];
    await mkdir(real);
    await writeFile(join(real, 'secret.jpg'), 'inside');
    await symlink(outside, link);
    let over = false;
    const swapping = (async () => {
      while (!over) {
        for (const one of [real, link]) {
          await rename(one, place);
          await rename(place, one);
        }
      }
    })();
    const seen = new Set<string>();
    for (let tries = 0; tries < 1500; tries++) {
      const got = await fetched(uriOf(join(place, 'secret.jpg'))).catch((error: PreviewFailure) => ({
        content: error.reason,
      }));
      seen.add(got.content);
    }
    over = true;
    await swapping;
    expect([...seen]).to.not.include(SECRET);
    expect([...seen]).to.include.members(['inside', 'SourceForbidden']);
  });

  it('names an absent file inside as absent', async () => {
    for (const name of ['absent.jpg', 'no/such/folder/a.jpg', 'a.jpg/below-a-file', `${'x'.repeat(300)}.jpg`]) {
      expect(await refused(uriOf(join(root, name))), name).to.match(/^SourceNotFound: there is no file .*\/data\//);
    }
  });

  it('tells of what lies outside neither whether it exists nor whether it can be read', async () => {
    await mkdir(join(outside, 'locked'));
    await writeFile(join(outside, 'locked', 'file'), SECRET);
    await writeFile(join(outside, 'private'), SECRET, { mode: 0o600 });
    await chmod(join(outside, 'locked'), 0o700);
    await symlink(outside, join(root, 'door'));
    await symlink(join(outside, 'secret.jpg'), join(root, 'to-present'));
    await symlink(join(outside, 'nothing'), join(root, 'to-absent'));
    await symlink(join(outside, 'locked', 'file'), join(root, 'to-locked'));
    const paths = [
      join(outside, 'secret.jpg'),
      join(outside, 'private'),
      join(outside, 'absent.jpg'),
      join(outside, 'secret.jpg', 'below'),
      join(outside, 'locked', 'file'),
      join(outside, 'x'.repeat(300)),
      join(root, 'door', 'secret.jpg'),
      join(root, 'door', 'absent.jpg'),
      join(root, 'door', 'locked', 'file'),
      join(root, 'to-present'),
      join(root, 'to-absent'),
      join(root, 'to-absent', 'below'),
      join(root, 'to-locked'),
    ];
    await using target = await open(join(folder, 'fetched'), 'w');
    for (const path of paths) {
      const told = await asNobody(() => refusal(fetchInto(uriOf(path), target)));
      expect(told.replace(path, 'IT')).to.equal(
        `SourceForbidden: IT does not lie inside ${root}, where this pool may read`,
      );
    }
  });

  it('tells a file inside that may not be read from one that is absent', async () => {
    await chmod(join(root, 'a.jpg'), 0o000);
    await using target = await open(join(folder, 'fetched'), 'w');
    const told = await asNobody(() => refusal(fetchInto(uriOf(join(root, 'a.jpg')), target)));
    expect(told).to.match(/^SourceForbidden: .*a\.jpg can not be read: EACCES/);
  });

  it('looks into every root; one that is not mounted is an outage only for what no other root has', async () => {
    const roots = [join(folder, 'unmounted'), root, outside];
    expect((await fetched(uriOf(join(root, 'a.jpg')), { roots })).content).to.equal('a picture');
    expect((await fetched(uriOf(join(outside, 'secret.jpg')), { roots })).bytes).to.equal(Buffer.byteLength(SECRET));
    expect(await refused(uriOf(join(folder, 'unmounted', 'a.jpg')), { roots })).to.match(
      /^SourceUnavailable: .*unmounted.* ENOENT/,
    );
  });

  it('takes a file of exactly the limit, and refuses a larger one before it is read', async () => {
    await writeFile(join(root, 'b.jpg'), Buffer.alloc(1000));
    expect((await fetched(uriOf(join(root, 'b.jpg')), { maxBytes: 1000 })).bytes).to.equal(1000);
    await truncate(join(root, 'b.jpg'), 2 ** 40);
    expect(await refused(uriOf(join(root, 'b.jpg')), { maxBytes: 1_000_000 })).to.match(
      /^SourceTooLarge: .*sourceBytes.* 1000000 bytes/,
    );
    expect(await readFile(join(folder, 'fetched'))).to.have.length(0);
  });

  /** Fetches into a pipe: it stands still, its size looked at, until `meanwhile` is over and somebody reads. */
  const halfway = async (options: Fetch, meanwhile: () => Promise<void>) => {
    await writeFile(join(root, 'large.jpg'), Buffer.alloc(1 << 20));
    makeFifo(join(folder, 'pipe'));
    const target = await open(join(folder, 'pipe'), constants.O_RDWR);
    const reader = await open(join(folder, 'pipe'), constants.O_RDONLY | constants.O_NONBLOCK);
    const chunk = Buffer.alloc(1 << 16);
    const drain = () =>
      reader.read(chunk).then(
        ({ bytesRead }) => bytesRead,
        () => 0,
      );
    let over = false;
    const fetching = fetchInto(uriOf(join(root, 'large.jpg')), target, options).finally(() => {
      over = true;
    });
    fetching.catch(() => {});
    let bytes = await eventually('the first bytes', async () => (await drain()) || undefined);
    await meanwhile();
    await eventually(
      'the fetch is over',
      async () => {
        const got = await drain();
        bytes += got;
        return over && got === 0;
      },
      { every: 1 },
    );
    await Promise.all([reader.close(), target.close()]);
    return { fetching, bytes };
  };

  it('stops at the limit also when the file grows while it is read', async () => {
    const { fetching, bytes } = await halfway({ maxBytes: 2 << 20 }, () =>
      appendFile(join(root, 'large.jpg'), Buffer.alloc(4 << 20)),
    );
    expect(await refusal(fetching)).to.match(/^SourceTooLarge: /);
    expect(bytes).to.be.within(1 << 20, 2 << 20);
  });

  it('gives up with the reason of the signal, before the first byte and in the middle', async () => {
    const reason = new Error('enough');
    const late = new AbortController();
    const { fetching, bytes } = await halfway({ signal: late.signal }, async () => late.abort(reason));
    expect(await fetching.catch((error: unknown) => error)).to.equal(reason);
    expect(bytes).to.be.lessThan(1 << 20);
    const early = fetched(uriOf(join(root, 'a.jpg')), { signal: AbortSignal.abort(reason) });
    expect(await early.catch((error: unknown) => error)).to.equal(reason);
    expect(await readFile(join(folder, 'fetched'))).to.have.length(0);
  });
});

describe('a file sink', () => {
  const NAME = 'artifacts/c1/grid.webp';
  let folder: string;
  let root: string;
  let outside: string;
  let sink: Sink;

  beforeEach(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'preview-sink-')));
    await chmod(folder, 0o755);
    [root, outside] = [join(folder, 'previews'), join(folder, 'previews-other')];
    await Promise.all([mkdir(root), mkdir(outside)]);
    sink = driver.sink({ path: root });
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const filesOf = async (path: string): Promise<string[]> => {
    const found = await readdir(path, { recursive: true, withFileTypes: true });
    return found.filter((entry) => !entry.isDirectory()).map(({ parentPath, name }) => join(parentPath, name));
  };
  const at = (name: string) => join(root, name);

  it('writes text and files, tells their facts, and names the URI they are found at', async () => {
    const content = randomBytes((1 << 18) + 3);
    await writeFile(join(folder, 'made'), content);
    await using made = await open(join(folder, 'made'));
    await made.read(Buffer.alloc(10), 0, 10);
    expect(await sink.write(NAME, made, { replace: false })).to.deep.equal(factsOf(content));
    expect((await readFile(new URL(sink.uriOf(NAME)))).equals(content)).to.equal(true);
    const text = '{"ü": 1}\n';
    expect(await sink.write('requests/r 1.json', text, { replace: false })).to.deep.equal(factsOf(text));
    expect(await sink.read('requests/r 1.json')).to.equal(text);
    expect(sink.uriOf('requests/r 1.json')).to.equal(`${uriOf(root).href}/requests/r%201.json`);
    expect((await lstat(at(NAME))).mode & 0o444, 'others may read previews').to.equal(0o444);
    expect(await filesOf(root), 'nothing else').to.have.members([at(NAME), at('requests/r 1.json')]);
  });

  it('shows a reader nothing or all, at the first write and at each replacement', async () => {
    const versions = ['a', 'b', 'c', 'd', 'e', 'f'].map((letter) => letter.repeat(8 << 20));
    const facts = versions.map(factsOf);
    const seen = new Set<string>();
    let over = false;
    const reading = (async () => {
      while (!over) {
        const content = await readFile(at(NAME)).catch(() => undefined);
        seen.add(content === undefined ? 'nothing' : factsOf(content).sha256);
      }
    })();
    for (const [turn, version] of versions.entries()) {
      await sink.write(NAME, version, { replace: true });
      await eventually(`version ${turn} is seen`, () => seen.has(facts[turn]?.sha256 ?? ''));
    }
    over = true;
    await reading;
    expect([...seen]).to.have.members(['nothing', ...facts.map(({ sha256 }) => sha256)]);
  });

  it('without replace: the first has the name, and who comes later is told its facts', async () => {
    const first = await sink.write(NAME, 'the first', { replace: false });
    expect(await sink.write(NAME, 'somebody else’s', { replace: false })).to.deep.equal(first);
    expect(await readFile(at(NAME), 'utf8')).to.equal('the first');
    expect(await filesOf(root)).to.deep.equal([at(NAME)]);

    const other = 'artifacts/c2/grid.webp';
    const told = await Promise.all(
      Array.from({ length: 40 }, (_, turn) => sink.write(other, `${turn}`.repeat(10_000), { replace: false })),
    );
    const kept = factsOf(await readFile(at(other)));
    for (const facts of told) expect(facts).to.deep.equal(kept);
    expect(await filesOf(root)).to.have.members([at(NAME), at(other)]);
  });

  it('with replace: the last has the name', async () => {
    await sink.write(NAME, 'the first', { replace: false });
    expect(await sink.write(NAME, 'the second', { replace: true })).to.deep.equal(factsOf('the second'));
    expect(await readFile(at(NAME), 'utf8')).to.equal('the second');
    expect(await filesOf(root)).to.deep.equal([at(NAME)]);
  });

  /** A process of its own that writes a file into the sink and says how that ended. */
  const writer = (from: string, launcher: readonly string[] = []) => {
    const program = `
      import { open } from 'node:fs/promises';
      import driver from ${JSON.stringify(new URL('../../../worker/storage/file.ts', import.meta.url).href)};
      const [path, from] = process.argv.slice(1);
      await using source = await open(from);
      await driver.sink({ path }).write('${NAME}', source, { replace: false }).then(
        () => console.log('written'),
        ({ reason, message }) => console.log(reason + ': ' + message));`;
    const [command = '', ...args] = [...launcher, process.execPath, '--input-type=module', '-e', program, root, from];
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    return { child, told: text(child.stdout) };
  };

  it('killed in the middle of a write shows nothing under the name, and the next write has it', async () => {
    await writeFile(join(folder, 'huge'), '');
    await truncate(join(folder, 'huge'), 2 ** 31);
    const { child } = writer(join(folder, 'huge'));
    try {
      const [left = ''] = await eventually(
        'half a file',
        async () => {
          const [name = ''] = await readdir(at('artifacts/c1'));
          return name !== '' && (await lstat(at(`artifacts/c1/${name}`))).size > 0 && [name];
        },
        { every: 1 },
      );
      child.kill('SIGKILL');
      await once(child, 'exit');
      expect(left).to.match(/\.partial$/);
      expect(await readdir(at('artifacts/c1')), 'the crash has left something').to.deep.equal([left]);
      expect(await sink.read(NAME)).to.equal(undefined);
      expect(await sink.write(NAME, 'whole', { replace: false })).to.deep.equal(factsOf('whole'));
      expect(await readFile(at(NAME), 'utf8')).to.equal('whole');
    } finally {
      child.kill('SIGKILL');
    }
  });

  it('reads no object where there is none, and none that is too large to be one of its records', async () => {
    expect(await sink.read('requests/r1.json')).to.equal(undefined);
    await sink.write('requests/r1.json', 'x'.repeat((1 << 20) + 1), { replace: false });
    expect(await sink.read('requests/r1.json')).to.equal(undefined);
  });

  it('writes nothing through a folder that is a link out, not even a folder', async () => {
    await symlink(outside, at('artifacts'));
    for (const replace of [false, true]) {
      expect(await refusal(sink.write('artifacts/new/deep/grid.webp', 'x', { replace }))).to.match(
        /^SinkUnavailable: .*link leads out/,
      );
    }
    expect(await readdir(outside)).to.deep.equal([]);
    await mkdir(at('requests'));
    await symlink(outside, at('requests/inner'));
    expect(await refusal(sink.write('requests/inner/r1.json', 'x', { replace: true }))).to.match(/^SinkUnavailable: /);
    expect(await readdir(outside)).to.deep.equal([]);
  });

  it('writes through a folder that is a link inside, and below a root that is one', async () => {
    await mkdir(at('2024'));
    await symlink('2024', at('artifacts'));
    await symlink(root, join(folder, 'mount'));
    const mounted = driver.sink({ path: join(folder, 'mount') });
    await mounted.write(NAME, 'x', { replace: false });
    expect(await filesOf(root)).to.include(at('2024/c1/grid.webp'));
  });

  it('tells nothing of a file that a planted link points to, and never writes to it', async () => {
    await writeFile(join(outside, 'secret'), SECRET);
    await mkdir(at('artifacts/c1'), { recursive: true });
    await symlink(join(outside, 'secret'), at(NAME));
    expect(await refusal(sink.read(NAME))).to.match(/^SinkUnavailable: /);
    expect(await refusal(sink.write(NAME, 'ours', { replace: false }))).to.match(/^SinkUnavailable: /);
    expect(await sink.write(NAME, 'ours', { replace: true })).to.deep.equal(factsOf('ours'));
    expect((await lstat(at(NAME))).isSymbolicLink(), 'the link was replaced').to.equal(false);
    expect(await readFile(join(outside, 'secret'), 'utf8')).to.equal(SECRET);

    await unlink(at(NAME));
    await symlink(join(outside, 'nothing'), at(NAME));
    expect(await refusal(sink.write(NAME, 'ours', { replace: false }))).to.match(/^SinkUnavailable: /);
    expect(await readdir(outside)).to.deep.equal(['secret']);
  });

  it('does not hang where a pipe has the name', async () => {
    await mkdir(at('artifacts/c1'), { recursive: true });
    makeFifo(at(NAME));
    expect(await refusal(sink.read(NAME))).to.match(/^SinkUnavailable: .*regular file/);
    expect(await refusal(sink.write(NAME, 'ours', { replace: false }))).to.match(/^SinkUnavailable: .*regular file/);
    expect(await sink.write(NAME, 'ours', { replace: true })).to.deep.equal(factsOf('ours'));
  });

  it('is unavailable when absent, when no folder, when read-only and when a folder has the name', async () => {
    const absent = driver.sink({ path: join(folder, 'unmounted') });
    await writeFile(join(folder, 'file'), '');
    const file = driver.sink({ path: join(folder, 'file') });
    expect(await refusal(absent.read(NAME))).to.match(/^SinkUnavailable: .*ENOENT/);
    for (const [broken, code] of [
      [absent, 'ENOENT'],
      [file, 'ENOTDIR'],
    ] as const) {
      for (const work of [broken.write(NAME, 'x', { replace: false }), broken.probe()]) {
        expect(await refusal(work)).to.match(new RegExp(`^SinkUnavailable: .*${code}`));
      }
    }
    expect(await readdir(folder), 'an unmounted sink is not made').to.not.include('unmounted');

    await chmod(root, 0o555);
    for (const work of [() => sink.write(NAME, 'x', { replace: false }), () => sink.probe()]) {
      expect(await asNobody(() => refusal(work()))).to.match(/^SinkUnavailable: .*EACCES/);
    }
    await chmod(root, 0o755);

    await mkdir(at(NAME), { recursive: true });
    for (const replace of [false, true]) {
      expect(await refusal(sink.write(NAME, 'x', { replace }))).to.match(/^SinkUnavailable: /);
    }
  });

  it('that takes only a part of a file is unavailable, and keeps nothing of it', async () => {
    await writeFile(join(folder, 'large'), Buffer.alloc(1 << 20));
    const { told } = writer(join(folder, 'large'), ['prlimit', `--fsize=${1 << 18}`]);
    expect(await told).to.match(/^SinkUnavailable: .*EFBIG/);
    expect(await filesOf(root)).to.deep.equal([]);
  });

  // Elsewhere the bound on the size of files above stands in for a full volume.
  if (mayMount()) {
    it('that is full is unavailable, and keeps what it had', async () => {
      using small = smallVolume();
      const full = driver.sink({ path: small.path });
      await full.write('artifacts/c0/grid.webp', 'kept', { replace: false });
      await writeFile(join(folder, 'large'), Buffer.alloc(1 << 20));
      await using large = await open(join(folder, 'large'));
      for (const replace of [false, true]) {
        expect(await refusal(full.write(NAME, large, { replace }))).to.match(/^SinkUnavailable: .*ENOSPC/);
        const more = full.write('artifacts/c0/grid.webp', 'x'.repeat(1 << 20), { replace });
        expect(await refusal(more)).to.match(/^SinkUnavailable: .*ENOSPC/);
      }
      expect(await filesOf(small.path)).to.deep.equal([join(small.path, 'artifacts/c0/grid.webp')]);
      expect(await full.read('artifacts/c0/grid.webp')).to.equal('kept');
      await writeFile(join(small.path, 'filler'), Buffer.alloc(1 << 20)).catch(() => {});
      expect(await refusal(full.probe())).to.match(/^SinkUnavailable: .*ENOSPC/);
    });
  }

  it('proves with a probe that it can be written, and leaves nothing of it', async () => {
    await sink.probe();
    expect(await readdir(root)).to.deep.equal([]);
  });

  it('takes destinations below itself, by path components', () => {
    const base = uriOf(root).href;
    for (const [uri, name] of [
      [base, ''],
      [`${base}/`, ''],
      [`${base}/a`, 'a/'],
      [`${base}/a/b/`, 'a/b/'],
      [`${base}/a//b`, 'a/b/'],
      [`${base}/a/../b`, 'b/'],
      [`${base}/..a`, '..a/'],
      [`${base}/two%20words`, 'two words/'],
    ] as const) {
      expect(sink.folderOf(uri), uri).to.equal(name);
    }
    for (const uri of [
      `${base}/..`,
      `${base}/../previews-other`,
      `${base}-other`,
      `${base}/%2e%2e/previews-other`,
      `${base}/..%2fpreviews-other`,
      `${base}/a%00`,
      `${base}/a?b`,
      `${base}/a#b`,
      base.replace('file:///', 'file://elsewhere/'),
      'file:///',
      's3://bucket/previews/',
    ]) {
      const told = () => sink.folderOf(uri);
      expect(told, uri).to.throw(PreviewFailure).that.deep.includes({ reason: 'DestinationForbidden' });
    }
  });
});
