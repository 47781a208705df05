import { expect } from 'chai';
import { expand } from './expand.ts';

describe('$(NAME) in a value or an argument', () => {
  const values = { A: 'a', EMPTY: '', NESTED: '$(A)' };
  const cases: readonly [title: string, text: string, expected: string][] = [
    ['is replaced by the value, wherever it stands', '<$(A)|$(A)>', '<a|a>'],
    ['is replaced by an empty value', 'x$(EMPTY)y', 'xy'],
    ['stays as written when the name is not known', '$(B) $(A', '$(B) $(A'],
    ['is escaped by a second dollar', '$$(A) $$$(A)', '$(A) $a'],
    ['is not looked at again in what was put in', '$(NESTED)', '$(A)'],
    ['leaves the dollars of a shell alone', '$A 5$ ${', '$A 5$ ${'],
  ];
  for (const [title, text, expected] of cases) it(title, () => expect(expand(text, values)).to.equal(expected));
});
