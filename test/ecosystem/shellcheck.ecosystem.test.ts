/** Needs ShellCheck, which is installed from Debian where it may be. */
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { provide } from '../../scripts/tools/provide.ts';

const FILES = [
  '.ci/run',
  'test/cluster/node/launch.sh',
  ...readdirSync('scripts').flatMap((name) => (name.endsWith('.sh') ? [`scripts/${name}`] : [])),
];

describe('scripts for shells', function () {
  this.timeout(5 * 60_000);

  it('ShellCheck finds nothing in them', async () => {
    const told = await promisify(execFile)(await provide('shellcheck'), FILES).then(
      ({ stdout }) => stdout,
      ({ stdout, message }: { stdout?: string; message: string }) => stdout || message,
    );
    expect(told).to.equal('');
  });
});
