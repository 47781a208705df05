import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { guideCommands, needsCluster } from './guide.ts';

describe('docs/deployment.md', function () {
  this.timeout(30_000);
  const commands = guideCommands().filter((command) => !needsCluster(command));

  it('shows how images are updated and payloads validated', () => {
    expect(commands.map((command) => /scripts\/([a-z-]+)/.exec(command)?.[1])).to.include.members([
      'update-preview-worker-image',
      'validate-preview-payload',
    ]);
  });

  for (const command of commands)
    it(`\`${command}\` works as it stands there`, async () => {
      const { stdout } = await promisify(execFile)('bash', ['-c', command]);
      expect(stdout).to.match(command.includes('update') ? /^\+ +.*image: .*:1\.2\.0$/m : /^ok {6}|"ok":true/);
    });
});
