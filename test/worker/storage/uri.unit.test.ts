import { expect } from 'chai';
import fc from 'fast-check';
import { named, uriOf } from '../../../worker/storage/s3/object.ts';
import { parseUri } from '../../../worker/storage/uri.ts';

const keyOf = (uri: string) => named(parseUri(uri), 'SourceForbidden').key;

describe('the URI of an S3 object', () => {
  it('names the key that it was made of, whatever that key is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 50 }), (key) => {
        // As a whole key, and only so, they can not be written: URL parsing takes them away even when encoded.
        fc.pre(key !== '.' && key !== '..');
        expect(named(parseUri(uriOf({ bucket: 'inbox', key })), 'SourceForbidden')).to.deep.equal({
          bucket: 'inbox',
          key,
        });
      }),
      { numRuns: 500 },
    );
  });

  it('is decoded once, and what URL parsing would take away stays', () => {
    for (const [uri, key] of [
      ['s3://inbox/a/../b', 'a/../b'],
      ['s3://inbox/../..', '../..'],
      ['s3://inbox//a//b/', '/a//b/'],
      ['s3://inbox/%2E%2E/b', '../b'],
      ['s3://inbox/a%2Fb%252F', 'a/b%2F'],
      ['s3://inbox/a b ', 'a b '],
      ['s3://inbox/a\nb\t', 'a\nb\t'],
      ['s3://inbox/ü', 'ü'],
      ['s3://inbox', ''],
    ] as const) {
      expect(keyOf(uri), uri).to.equal(key);
    }
  });

  it('is refused when it could be read in two ways', () => {
    for (const uri of ['s3://inbox/a?b', 's3://inbox/a#b', 's3://inbox/100%', 's3://a%2Fb/c', 's3://inbox:80/a']) {
      expect(() => keyOf(uri), uri).to.throw('the URI is not accepted');
    }
  });

  it('of other schemes is a URL like any other', () => {
    for (const uri of ['file:///a/../b c', 'https://host/a/../b']) {
      expect(parseUri(uri).href).to.equal(new URL(uri).href);
    }
  });
});
