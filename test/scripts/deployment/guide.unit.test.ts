import { expect } from 'chai';
import { inShell, shownIn } from '../../documents/shown.ts';

describe('docs/deployment.md', function () {
  this.timeout(30_000);
  const shown = shownIn('docs/deployment.md', import.meta.url);

  for (const command of shown.rest())
    it(`\`${command}\` works as it stands there`, async () => {
      expect(await inShell(command)).to.match(
        command.includes('update') ? /^\+ +.*image: .*:1\.2\.0$/m : /^ok {6}|"ok":true/,
      );
    });
});
