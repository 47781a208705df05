import { execFile } from 'node:child_process';
import { access, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { readConfig } from '../../worker/config.ts';
import { readSettings } from '../../worker/settings.ts';
import { UnitFile } from './unit-file.ts';

const ANALYZE = '/usr/bin/systemd-analyze';
const run = promisify(execFile);

describe('the systemd units', function () {
  this.timeout(60_000);
  const worker = new UnitFile('preview-worker.service');
  const renderer = new UnitFile('preview-renderer.service');
  let analyzable = false;
  before(async () => {
    analyzable = await access(ANALYZE).then(
      () => true,
      () => false,
    );
  });

  it('are two users without a name in common, which share the scratch folder by a group', () => {
    for (const unit of [worker, renderer]) {
      expect(unit.one('DynamicUser')).to.equal('yes');
      expect(unit.one('SupplementaryGroups')).to.equal('preview-scratch');
      expect(unit.one('UMask')).to.equal('0007');
    }
    expect(worker.one('User')).not.to.equal(renderer.one('User'));
  });

  it('give the renderer no credential, no environment file and no network', () => {
    expect(renderer.all('LoadCredential')).to.deep.equal([]);
    expect(renderer.all('EnvironmentFile')).to.deep.equal([]);
    expect(renderer.one('PrivateNetwork')).to.equal('yes');
    expect(renderer.one('RestrictAddressFamilies')).to.equal('AF_UNIX');
    for (const hidden of ['/etc/preview-worker/credentials', '/etc/preview-worker/preview-worker.env'])
      expect(renderer.one('InaccessiblePaths')).to.include(hidden);
  });

  it('put each in a user namespace of its own, without which one uid could read what another process holds', () => {
    for (const unit of [worker, renderer]) {
      expect(unit.one('PrivateUsers')).to.equal('yes');
      expect(unit.one('ProtectProc')).to.equal('invisible');
    }
  });

  it('name each credential that the example configuration reads', async () => {
    const text = await readFile('systemd/config.json.example', 'utf8');
    const config = readConfig('systemd/config.json.example');
    const read = [...text.matchAll(/\/run\/credentials\/preview-worker\.service\/([\w-]+)/g)].map(([, name]) => name);
    const loaded = worker.all('LoadCredential').map((value) => value.split(':')[0]);
    expect(read).to.have.members(loaded);
    // Beyond the grace: to hand jobs back.
    expect(Number(worker.one('TimeoutStopSec'))).to.equal(config.shutdownGraceSeconds + 15);
    expect(Number(renderer.one('TimeoutStopSec'))).to.be.greaterThan(Number(worker.one('TimeoutStopSec')));
  });

  it('come with an environment file that the settings take', async () => {
    const lines = (await readFile('systemd/preview-worker.env.example', 'utf8')).split('\n');
    const pairs = lines.filter((line) => line !== '' && !line.startsWith('#')).map((line) => line.split('='));
    const settings = readSettings({ ...worker.environment(), ...Object.fromEntries(pairs) });
    expect(settings).to.include({ listenHost: '127.0.0.1', listenPort: 3000, scratch: '/var/lib/preview-scratch' });
  });

  it('are what systemd-analyze verifies without a word, where it is installed', async () => {
    if (!analyzable) return;
    // The programs lie where an installed worker has them: this machine need not.
    const answers = await run(ANALYZE, ['verify', '--man=no', worker.path, renderer.path]).catch(
      ({ stderr }: { stderr: string }) => ({ stderr }),
    );
    const lines = answers.stderr.split('\n').filter((line) => line !== '' && !/is not executable/.test(line));
    expect(lines).to.deep.equal([]);
  });

  it('are exposed as little as docs/systemd.md says, where systemd-analyze is installed', async () => {
    const documented = await readFile('docs/systemd.md', 'utf8');
    for (const unit of [worker, renderer]) {
      const name = unit.path.replace('systemd/', '');
      const said = Number(new RegExp(`^\\| \`${name.replace('.', '\\.')}\` +\\| ([\\d.]+)`, 'm').exec(documented)?.[1]);
      expect(said, name).to.be.lessThan(2);
      if (!analyzable) continue;
      // Versions of systemd weigh differently, and ask for what older ones do not know.
      const { stdout } = await run(ANALYZE, ['security', '--offline=true', unit.path]);
      expect(Number(/exposure level for \S+: ([\d.]+)/.exec(stdout)?.[1]), name).to.be.at.most(said + 0.5);
    }
  });
});
