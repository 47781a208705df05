import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { readConfig } from '../../worker/config.ts';
import { LIMITS } from './pod.ts';

const CONFIG = {
  version: 1,
  queue: { name: 'previews', prefix: 'bull' },
  redis: { url: 'redis://localhost:6379' },
  slots: 1,
  perJob: LIMITS,
  sources: { file: { roots: [{ path: '/inbox' }] } },
  sink: { file: { path: '/previews' } },
  presets: [],
  shutdownGraceSeconds: 10,
  logLevel: 'info',
};
const FILES = { accessKeyIdFile: '/keys/id', secretAccessKeyFile: '/keys/secret' };

describe('the configuration of a worker', () => {
  const folder = mkdtempSync(join(tmpdir(), 'preview-config-'));
  after(() => rmSync(folder, { recursive: true }));
  const read = (differing: object) => {
    const path = join(folder, 'config.json');
    writeFileSync(path, JSON.stringify({ ...CONFIG, ...differing }));
    return readConfig(path);
  };

  it('may name S3 as source and as sink', () => {
    const s3 = { endpoint: 'https://s3.example.com:9000', region: 'eu-central-1', credentials: FILES };
    const sources = { s3: { ...s3, buckets: ['inbox'], forcePathStyle: false } };
    const sink = { s3: { bucket: 'previews', prefix: 'teams/a' } };
    expect(read({ sources, sink })).to.deep.include({ sources, sink });
    expect(read({ sources: { s3: {} } }).sources).to.deep.equal({ s3: {} });
  });

  for (const [title, differing, problem] of [
    ['two sinks', { sink: { ...CONFIG.sink, s3: { bucket: 'previews' } } }, 'Exactly one of file and s3'],
    ['no sink', { sink: {} }, 'Exactly one of file and s3'],
    ['a list of buckets that names none', { sources: { s3: { buckets: [] } } }, 'sources.s3.buckets'],
    ['credentials in an endpoint', { sources: { s3: { endpoint: 'https://me:x@host' } } }, 'sources.s3.endpoint'],
    [
      'half of the credentials',
      { sources: { s3: { credentials: { accessKeyIdFile: '/id' } } } },
      'secretAccessKeyFile',
    ],
    ['a prefix that begins with a slash', { sink: { s3: { bucket: 'previews', prefix: '/a' } } }, 'sink.s3.prefix'],
  ] as const) {
    it(`is refused with ${title}`, () => {
      expect(() => read(differing)).to.throw(problem);
    });
  }
});
