import { expect } from 'chai';
import { RELEASE } from '../chart/helm.ts';
import { type PoolOnNode, startPool } from './pool-on-node.ts';
import { PASSWORD } from './preview-node.ts';

/** What the kernel says of the first process of a container, and what it may write. */
const LOOK = `
const { readFileSync, writeFileSync } = require('node:fs');
const status = readFileSync('/proc/1/status', 'utf8');
const of = (field) => new RegExp('^' + field + ':\\\\s+(\\\\S+)', 'm').exec(status)[1];
const written = (path) => { try { writeFileSync(path, ''); return 'written'; } catch ({ code }) { return code; } };
const token = (() => { try { readFileSync('/var/run/secrets/kubernetes.io/serviceaccount/token'); return true; } catch { return false; } })();
console.log(JSON.stringify({
  user: of('Uid'), group: of('Gid'), seccomp: of('Seccomp'), noNewPrivileges: of('NoNewPrivs'),
  capabilities: ['CapPrm', 'CapEff', 'CapBnd', 'CapAmb'].map((name) => parseInt(of(name), 16)),
  written: ['/app/x', '/etc/x', '/usr/local/bin/x', '/x'].map(written), token,
}));`;

const CONFINED = {
  ...{ user: '1000', group: '1000', seccomp: '2', noNewPrivileges: '1', capabilities: [0, 0, 0, 0] },
  written: ['EROFS', 'EROFS', 'EROFS', 'EROFS'],
};

/** Every environment, argument and file that can be seen; prints where the password is. It is put together so that this finds nothing of its own. */
const SEARCH = `
const { readdirSync, readFileSync, statSync } = require('node:fs');
const secret = [process.argv[1], process.argv[2]].join('-');
const looked = { environments: 0, files: 0, processes: 0 }, found = [];
const look = (path, kind) => {
  try { if (statSync(path).size > 1 << 26) return; const text = readFileSync(path, 'latin1'); looked[kind]++; if (text.includes(secret)) found.push(path); } catch {}
};
const walk = (folder) => {
  let entries = []; try { entries = readdirSync(folder, { withFileTypes: true }); } catch {}
  for (const entry of entries) {
    const path = folder + (folder.endsWith('/') ? '' : '/') + entry.name;
    if (/^\\/(proc|sys|dev|usr|app)(\\/|$)/.test(path)) continue;
    if (entry.isDirectory()) walk(path); else if (entry.isFile() || entry.isSymbolicLink()) look(path, 'files');
  }
};
walk('/');
for (const pid of readdirSync('/proc').filter((name) => /^\\d+$/.test(name))) {
  looked.processes++;
  for (const part of ['environ', 'cmdline', 'maps']) look('/proc/' + pid + '/' + part, 'environments');
  walk('/proc/' + pid + '/root/etc'); 
}
console.log(JSON.stringify({ looked, found }));`;

describe('a pool’s pods on a real node', function () {
  this.timeout(240_000);
  let pool: PoolOnNode;
  let pod = '';
  before(async function () {
    this.timeout(600_000);
    pool = await startPool('posture', { scaling: { mode: 'Fixed', replicas: 1 } });
    pod = (await pool.pods())[0]?.metadata.name ?? '';
  });
  after(() => pool?.remove());

  it('are admitted where restricted is enforced, which refuses one that is looser', async () => {
    const looser = ['run', 'looser', '--image=busybox', '--privileged', '--dry-run=server'];
    const refusal = await pool.kubectl(...looser).then(
      () => 'admitted',
      ({ message }: Error) => message,
    );
    expect(refusal).to.match(/violates PodSecurity "restricted/);
    expect(await pool.kubectl('get', 'pods')).to.match(/posture-\S+ +2\/2 +Running/);
  });

  for (const container of ['worker', 'renderer'] as const)
    it(`run the ${container} as user 1000 on a read-only root, without a capability or a token, under seccomp`, async () => {
      const told = JSON.parse(await pool.inside(pod, container, 'node', '-e', LOOK)) as object;
      expect(told).to.deep.equal({ ...CONFINED, token: false });
    });

  it('and the operator’s as much, which has a token because it asks the API server', async () => {
    const [name = ''] = (await pool.controlPlane.kubectl(['get', 'pods', '--namespace', RELEASE, '-o', 'name'])).split(
      '\n',
    );
    const told = await pool.controlPlane.kubectl(['exec', '--namespace', RELEASE, name, '--', 'node', '-e', LOOK]);
    expect(JSON.parse(told)).to.deep.equal({ ...CONFINED, token: true });
  });

  it('show the renderer no credential in environments, /proc or files, and the worker the one it signs in with', async () => {
    const [mark = '', rest = ''] = PASSWORD.split('-');
    const search = async (container: 'worker' | 'renderer') =>
      JSON.parse(await pool.inside(pod, container, 'node', '-e', SEARCH, mark, rest)) as {
        looked: Record<'environments' | 'files' | 'processes', number>;
        found: string[];
      };
    const renderer = await search('renderer');
    expect(renderer.found).to.deep.equal([]);
    expect(renderer.looked.processes).to.be.above(2);
    expect(renderer.looked.environments).to.be.above(renderer.looked.processes);
    expect(renderer.looked.files).to.be.above(50);
    // It would have been found.
    expect((await search('worker')).found).to.include('/etc/preview-worker/redis/password');
    console.log(`      looked at ${JSON.stringify(renderer.looked)}`);
  });
});
