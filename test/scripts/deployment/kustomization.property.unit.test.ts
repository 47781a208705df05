import { expect } from 'chai';
import fc from 'fast-check';
import { parse, parseDocument } from 'yaml';
import { edited } from '../../../scripts/deployment/edits.ts';
import { entryEdits, imageEntriesOf } from '../../../scripts/deployment/kustomization.ts';
import { unifiedDiff } from '../../../scripts/deployment/unified-diff.ts';

const DIGESTS = ['aa', 'bb'].map((pair) => `sha256:${pair.repeat(32)}`);

const key = (name: string, ...values: string[]) => fc.option(fc.constantFrom(...values).map((value) => [name, value]));

/** An entry as people write them: any order, any quotes, comments behind and between, in one line or several. */
const entry = fc
  .record({
    keys: fc
      .tuple(key('newName', 'r.example.com/w', 'other'), key('newTag', '1.0.0', '1.2'), key('digest', ...DIGESTS))
      .chain((more) =>
        fc
          .shuffledSubarray([['name', 'worker'], ...more.filter((one) => one !== null)], { minLength: 0 })
          .map((kept) => (kept.some(([name]) => name === 'name') ? kept : [['name', 'worker'], ...kept])),
      ),
    quote: fc.constantFrom('"', "'"),
    comments: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
    isFlow: fc.boolean(),
    indent: fc.constantFrom('', '  '),
    newline: fc.constantFrom('\n', '\r\n'),
    end: fc.boolean(),
  })
  .map(({ keys, quote, comments, isFlow, indent, newline, end }) => {
    const pairs = keys.map(([name = '', value = '']) => `${name}: ${quote}${value}${quote}`);
    const lines = isFlow
      ? [`${indent}- {${pairs.join(', ')}} # kept`]
      : pairs.map((pair, at) => `${indent}${at === 0 ? '- ' : '  '}${pair}${comments[at] ? ' # said' : ''}`);
    return [
      'images:',
      `${indent}- name: envoy`,
      ...lines,
      ...(end ? [`${indent}- name: last`, '# end', 'a: 1', ''] : []),
    ].join(newline);
  });

const change = fc.constantFrom(
  { tag: '2.0.0', digest: undefined },
  { tag: undefined, digest: DIGESTS[0] },
  { tag: '3', digest: DIGESTS[1] },
  { name: 'mirror.example.com/w', tag: '2.0.0', digest: undefined },
);

describe('an entry of a kustomization’s images', () => {
  it('becomes what was asked, with nothing else of the text changed, however it is written', () => {
    fc.assert(
      fc.property(entry, change, (text, wanted) => {
        const found = imageEntriesOf(parseDocument(text)).find(({ name }) => name === 'worker');
        expect(found, text).to.not.equal(undefined);
        const edits = found ? entryEdits(found, wanted, text) : [];
        const after = edited(text, edits);
        const [before, now] = [parse(text), parse(after)] as { images: Record<string, string>[] }[];
        const { newTag, digest, newName, ...rest } = now?.images[1] ?? {};
        expect({ newTag, digest, rest }, after).to.deep.equal({
          ...{ newTag: wanted.tag, digest: wanted.digest },
          rest: { name: 'worker' },
        });
        expect(newName ?? 'worker', after).to.equal(wanted.name ?? before?.images[1]?.['newName'] ?? 'worker');
        const others = (value: typeof now) => ({ ...value, images: value?.images.toSpliced(1, 1) });
        expect(others(now)).to.deep.equal(others(before));
        if (edits.length > 0)
          expect(unifiedDiff('k.yaml', text, edits)).to.match(/^--- a\/k\.yaml\n\+\+\+ b\/k\.yaml\n@@ /);
      }),
      { numRuns: 500 },
    );
  });
});
