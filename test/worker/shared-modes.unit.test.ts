import { expect } from 'chai';
import { sharedModes } from '../../worker/shared-modes.ts';

describe('what worker and renderer share', () => {
  for (const umask of [0o022, 0o077, 0o027])
    it(`is their user's alone under the umask 0${umask.toString(8)}`, () =>
      expect(sharedModes(umask)).to.deep.equal({ folder: 0o700, file: 0o600 }));

  for (const umask of [0o007, 0o002, 0])
    it(`is a group's too under the umask 0${umask.toString(8)}, never everybody's`, () =>
      expect(sharedModes(umask)).to.deep.equal({ folder: 0o770, file: 0o660 }));
});
