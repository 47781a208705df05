import { expect } from 'chai';
import fc from 'fast-check';
import { childName } from '../../../operator/pool/names.ts';

const poolName = fc.stringMatching(/^[a-z0-9]([-a-z0-9.]{0,250}[a-z0-9])?$/);

describe('names of children', () => {
  it('are DNS labels of at most 63 characters whatever the pool is called', () => {
    fc.assert(
      fc.property(poolName, fc.constantFrom('', '-config'), (name, suffix) =>
        /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/.test(childName(name, suffix)),
      ),
    );
  });

  it('differ for pools that differ only where the name is cut or dotted', () => {
    const long = 'a'.repeat(80);
    expect(new Set([childName(`${long}-1`), childName(`${long}-2`), childName('a.b'), childName('a-b')]).size).to.equal(
      4,
    );
  });

  it('are plain where they can be', () => {
    expect(childName('sample', '-config')).to.equal('preview-sample-config');
  });
});
