import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { TOOLS } from '../../scripts/tools/catalogue.ts';
import { cacheFolder, provideTool } from '../../scripts/tools/provide.ts';
import { eventually } from '../cluster/eventually.ts';
import { processesMentioning } from '../cluster/survivors.ts';

describe('gate 1: foundations, tools, test cluster', function () {
  this.timeout(20 * 60_000);

  it('cluster up and down twice leaves 0 processes and 0 files', async () => {
    const parent = await mkdtemp(join(tmpdir(), 'preview-gate-'));
    const folder = join(parent, 'cluster');
    try {
      for (const round of [1, 2]) {
        const command = spawn(process.execPath, ['scripts/cluster.ts', '--folder', folder], {
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        const ended = once(command, 'exit');
        try {
          let said = '';
          command.stdout.on('data', (text: Buffer) => {
            said += text.toString();
          });
          await eventually('it is up', () => said.includes('Ctrl-C ends it'), { seconds: 120 });
          expect(processesMentioning(folder).length, 'its processes can be seen').to.be.at.least(6);
          command.kill('SIGINT');
          expect(await ended, `round ${round}`).to.deep.equal([0, null]);
        } finally {
          command.kill('SIGKILL');
        }
        expect(processesMentioning(folder), 'processes left').to.deep.equal([]);
        expect(existsSync(folder), 'folder left').to.equal(false);
      }
    } finally {
      await rm(parent, { recursive: true, force: true });
    }
  });

  it('a cluster whose owner is killed with SIGKILL leaves 0 processes', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'preview-orphan-'));
    const program = `
      import { startControlPlane } from ${JSON.stringify(new URL('../cluster/control-plane.ts', import.meta.url).href)};
      await startControlPlane({ folder: ${JSON.stringify(join(folder, 'cluster'))} });
      console.log('ready');
      setInterval(() => {}, 1000);`;
    const owner = spawn(process.execPath, ['--input-type=module-typescript', '--eval', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      await new Promise((resolve, reject) => {
        owner.stdout.once('data', resolve);
        owner.once('exit', (code) => reject(new Error(`the owner ended with code ${code}`)));
      });
      expect(processesMentioning(join(folder, 'cluster')).length).to.be.at.least(3);
      owner.kill('SIGKILL');
      await eventually(
        'every process of the cluster is gone',
        () => processesMentioning(join(folder, 'cluster')).length === 0,
      );
    } finally {
      owner.kill('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('a half-written binary is detected', async () => {
    const cache = await mkdtemp(join(tmpdir(), 'preview-cache-'));
    const said: string[] = [];
    const options = {
      env: { ...process.env, PREVIEW_TOOLS_CACHE: cache, KUBEBUILDER_ASSETS: '' },
      say: (line: string) => said.push(line),
    };
    try {
      const whole = await provideTool(TOOLS.etcd, { env: { ...process.env, KUBEBUILDER_ASSETS: '' } });
      await cp(dirname(whole), join(cache, dirname(whole).slice(cacheFolder(process.env).length + 1)), {
        recursive: true,
      });
      const copy = await provideTool(TOOLS.etcd, options);
      expect(copy.startsWith(cache)).to.equal(true);
      expect(said, 'a whole binary is used as it is').to.deep.equal([]);

      const { size } = await stat(copy);
      await truncate(copy, Math.floor(size / 2));
      expect(await provideTool(TOOLS.etcd, options)).to.equal(copy);
      expect(said.join('\n')).to.contain('is broken (its sha256 is');
      expect((await stat(copy)).size, 'it was made anew').to.equal(size);
    } finally {
      await rm(cache, { recursive: true, force: true });
    }
  });
});
