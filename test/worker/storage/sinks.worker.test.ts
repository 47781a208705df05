/** The conformance of all storages, sources and sinks, against real folders and a real S3 server. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { expect } from 'chai';
import file from '../../../worker/storage/file.ts';
import s3 from '../../../worker/storage/s3.ts';
import { freePorts } from '../../cluster/ports.ts';
import { startS3, type TestS3 } from '../../cluster/s3.ts';
import { sinkConformance, sourceConformance } from './conformance.ts';

const uriOf = (path: string) => pathToFileURL(path).href;
const encoded = (key: string) => key.split('/').map(encodeURIComponent).join('/');
/** On every storage. */
const NAMES = [
  'plain.jpg',
  'deep/er/x',
  'a b',
  ' edges ',
  '100%.jpg',
  '%41',
  'a+b&c=d;e',
  'a?b#c',
  `q'u"o`,
  '(1)[2]{3}',
  'ü日本',
];

describe('folders', () => {
  const folder = () => mkdtemp(join(tmpdir(), 'preview-folder-')).then((path) => realpath(path));

  sinkConformance('files', async () => {
    const root = await folder();
    const path = join(root, 'previews');
    await mkdir(path);
    return {
      sink: file.sink({ path }),
      another: file.sink({ path }),
      broken: file.sink({ path: join(root, 'not-mounted') }),
      outside: [root, `${path}-other`, join(root, 'elsewhere')]
        .map(uriOf)
        .concat('s3://previews/a', `${uriOf(path)}/..`),
      close: () => rm(root, { recursive: true }),
    };
  });

  it('do not load what speaks to S3, which takes 40 MB', async () => {
    const registry = new URL('../../../worker/storage/registry.ts', import.meta.url).href;
    const loaded = async (config: object) => {
      const program = `const { openSink, openSources } = await import(${JSON.stringify(registry)});
        await openSink(${JSON.stringify(config)}); await openSources(${JSON.stringify(config)});
        const { createRequire } = await import('node:module');
        console.log(Object.keys(createRequire(${JSON.stringify(registry)}).cache).some((path) => path.includes('@aws-sdk')));`;
      const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program]);
      return stdout.trim();
    };
    expect(await loaded({ file: { path: '/x', roots: [] } })).to.equal('false');
    expect(await loaded({ s3: { bucket: 'previews' } })).to.equal('true');
  });

  it('leave no empty folders behind what was removed', async () => {
    const path = await folder();
    const sink = file.sink({ path });
    for (const name of ['a/b/c/one', 'a/two']) await sink.write(name, 'x', { replace: false });
    await sink.remove('a/b/c/one');
    expect(await readdir(path, { recursive: true })).to.have.members(['a', 'a/two']);
    await sink.remove('a/two');
    expect(await readdir(path)).to.deep.equal([]);
    await rm(path, { recursive: true });
  });

  sourceConformance('files', async () => {
    const root = await folder();
    const inbox = join(root, 'inbox');
    await mkdir(inbox);
    await writeFile(join(root, 'secret'), 'secret');
    return {
      source: file.source({ roots: [{ path: inbox }] }),
      async put(name, bytes) {
        const path = join(inbox, name);
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, bytes);
        return uriOf(path);
      },
      absent: uriOf(join(inbox, 'none')),
      forbidden: [uriOf(join(root, 'secret')), uriOf(inbox), `${uriOf(inbox)}/../secret`, 's3://inbox/x'],
      names: NAMES,
      close: () => rm(root, { recursive: true }),
    };
  });
});

describe('S3', () => {
  let server: TestS3;
  before(async () => {
    server = await startS3();
  });
  after(() => server?.stop());

  for (const prefix of [undefined, 'teams/a']) {
    sinkConformance(prefix === undefined ? 'a bucket' : 'a part of a bucket', async () => {
      const bucket = await server.createBucket(prefix === undefined ? 'previews' : 'shared');
      const { endpoint, keyFiles: credentials } = server;
      const settings = { endpoint, bucket, credentials, ...(prefix === undefined ? {} : { prefix }) };
      const [closed = 0] = await freePorts(1);
      const below = prefix === undefined ? '' : `/${prefix}`;
      return {
        sink: s3.sink(settings),
        another: s3.sink(settings),
        broken: s3.sink({ ...settings, endpoint: `http://127.0.0.1:${closed}` }),
        outside: [
          `s3://another${below}/x/`,
          's3:///x',
          'file:///previews',
          `s3://${bucket}${below}/x/../../y/`,
          `s3://${bucket}${below}/x//y/`,
          `s3://${bucket}${below}/%2E%2E%2Fx/`,
          `s3://${bucket}${below}/x?y=z`,
          ...(prefix === undefined ? [] : [`s3://${bucket}/`, `s3://${bucket}/teams/`, `s3://${bucket}/teams/ab/`]),
        ],
        close: async () => {},
      };
    });
  }

  sourceConformance('objects', async () => {
    const bucket = await server.createBucket('inbox');
    await server.createBucket('unlisted');
    const { endpoint, keyFiles: credentials } = server;
    return {
      source: s3.source({ endpoint, credentials, buckets: [bucket] }),
      async put(name, bytes) {
        await server.client.send(new PutObjectCommand({ Bucket: bucket, Key: name, Body: bytes }));
        return `s3://${bucket}/${encoded(name)}`;
      },
      absent: `s3://${bucket}/none`,
      forbidden: [
        's3://unlisted/x',
        `s3://${bucket}/`,
        `s3://${bucket}`,
        `s3://${bucket}/a?versionId=1`,
        `s3://${bucket}/%E0%A4%A`,
        `s3://me:secret@${bucket}/a`,
        `s3://${bucket}:1/a`,
        'file:///etc/passwd',
      ],
      names: NAMES,
      close: async () => {},
    };
  });
});
