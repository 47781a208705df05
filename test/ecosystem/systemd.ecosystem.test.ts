/** The units of docs/systemd.md under a real systemd. Root on Linux; systemd-nspawn is installed from Debian where it may be. */
import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { provide } from '../../scripts/tools/provide.ts';
import { eventually } from '../cluster/eventually.ts';
import { freshClone } from '../documents/fresh-clone.ts';
import { shownIn } from '../documents/shown.ts';
import { LIMITS } from '../worker/pod.ts';
import { Machine } from './machine.ts';

const REDIS = 'redis://127.0.0.1:6379';
const PROGRAM = 'node /opt/preview-worker/dist/worker/main.js';
const SECRET = 'not-for-the-renderer';
const UNITS = ['preview-worker', 'preview-renderer'] as const;

describe('the systemd units, on a machine with systemd', function () {
  this.timeout(5 * 60_000);
  const shown = shownIn('docs/systemd.md', import.meta.url);
  let folder: string;
  let machine: Machine;

  before(async () => {
    if (process.getuid?.() !== 0)
      throw new Error('a machine is booted by root on Linux only: sudo npm run test:ecosystem');
    folder = await mkdtemp(join(tmpdir(), 'preview-units-'));
    // The units' users read it.
    await chmod(folder, 0o755);
    await freshClone(folder);
    await mkdir(join(folder, 'node_modules'));
    const build = ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--outDir', join(folder, 'dist')];
    await promisify(execFile)(process.execPath, build);
    machine = await Machine.boot({
      '/opt/preview-worker': folder,
      '/opt/preview-worker/node_modules': resolve('node_modules'),
      '/usr/bin/node': process.execPath,
      '/usr/bin/redis-server': await provide('redis-server'),
    });
    await machine.run("systemd-run --quiet --unit=redis-here redis-server --port 6379 --save ''");
  });
  after(async () => {
    await machine?.shut();
    await rm(folder, { recursive: true, force: true });
  });

  const property = async (unit: string, name: string) =>
    (await machine.run(`systemctl show --property=${name} --value ${unit}`)).trim();
  /** Of both units' main processes, what `command` prints with `$pid`. */
  const each = (command: string) =>
    Promise.all(
      UNITS.map(async (unit) => (await machine.run(`pid=${await property(unit, 'MainPID')}; ${command}`)).trim()),
    );

  const journal = () => machine.run('journalctl --unit=preview-worker --unit=preview-renderer --output=cat --no-pager');

  it('are installed and started as docs/systemd.md says it', async () => {
    const commands = shown.rest();
    const started = commands.findIndex((command) => command.includes('enable --now'));
    await machine.run(commands.slice(0, started).join('\n'));
    const config = {
      ...{ version: 1, queue: { name: 'previews', prefix: 'bull' }, slots: 1, perJob: LIMITS },
      redis: { urlFile: '/run/credentials/preview-worker.service/redis-url' },
      sources: { file: { roots: [{ path: '/srv/inbox' }] } },
      sink: { file: { path: '/var/lib/preview-worker' } },
      presets: [{ name: 'grid', width: 64, height: 64, fit: 'cover', format: 'webp', quality: 80 }],
      ...{ shutdownGraceSeconds: 40, logLevel: 'info' },
    };
    await machine.run(`
      mkdir -m 755 /srv/inbox
      install -m 644 /opt/preview-worker/docs/contact-sheet.webp /srv/inbox/sheet.webp
      cat > /etc/preview-worker/config.json <<'END'\n${JSON.stringify(config)}\nEND
      cd /etc/preview-worker/credentials; umask 077
      printf %s ${REDIS} > redis-url; printf %s ${SECRET} > accessKeyId; printf %s ${SECRET} > secretAccessKey`);
    const [start = '', health = ''] = commands.slice(started);
    await machine.run(start, 90);
    const told = await eventually('it is healthy', () => machine.run(health).catch(() => undefined), {
      seconds: 60,
    }).catch(async ({ message }: Error) => {
      throw new Error(`${message}:\n${await journal()}`);
    });
    expect(told)
      .to.match(/^redis +ok$/m)
      .and.to.match(/^self-test +ok$/m);
    for (const unit of UNITS) expect(await property(unit, 'ActiveState'), unit).to.equal('active');
  });

  it('render a job', async () => {
    const source = 'file:///srv/inbox/sheet.webp';
    const told = await machine.run(`${PROGRAM} submit --redis ${REDIS} --source ${source} --preset grid --wait`);
    expect(told).to.match(/grid +64×64 .* file:\/\/\/var\/lib\/preview-worker\//);
  });

  it('run as two users without any right, each under a filter of system calls', async () => {
    const status = await each('grep -E "^(Uid|CapEff|CapBnd|NoNewPrivs|Seccomp):" /proc/$pid/status | cut -f1,2');
    const [worker, renderer] = status.map((lines) =>
      Object.fromEntries(lines.split('\n').map((one) => one.split(':\t'))),
    );
    const none = { CapEff: '0'.repeat(16), CapBnd: '0'.repeat(16), NoNewPrivs: '1', Seccomp: '2' };
    for (const one of [worker, renderer]) expect(one).to.include(none);
    expect([worker?.['Uid'], renderer?.['Uid']]).to.not.include('0');
    expect(worker?.['Uid']).to.not.equal(renderer?.['Uid']);
  });

  it('let the renderer see no credential, no other process and no network', async () => {
    const [worker, renderer] = await each(
      'cd /proc/$pid/root; cat run/credentials/*/* etc/preview-worker/credentials/* || true',
    );
    expect(worker).to.include(SECRET).and.to.include(REDIS);
    expect(renderer).to.equal('');
    const [own, others] = await each('nsenter --target $pid --net ip -brief link');
    expect(others)
      .to.match(/^lo +\S+/)
      .and.to.not.include('\n');
    expect(await each('readlink /proc/$pid/ns/net')).to.satisfy(([one, other]: string[]) => one !== other);
    expect(own).to.match(/^lo /);
    // Group 0 would see all.
    const asItsUser = 'setpriv $(stat -c "--reuid %u --regid %g" /proc/$pid) --clear-groups --bounding-set=-all';
    const looks = `nsenter --target $pid --mount ${asItsUser} sh -c 'test -e /proc/self && ! test -e /proc/1 && echo hidden'`;
    expect(await each(looks)).to.deep.equal(['hidden', 'hidden']);
    expect((await each("tr '\\0' '\\n' < /proc/$pid/environ"))[1]).to.not.match(/CREDENTIALS|REDIS/);
  });

  it('the worker is started again when it is killed, and takes jobs again', async () => {
    await machine.run('systemctl kill --signal=KILL preview-worker');
    await eventually('it is healthy again', async () => (await property('preview-worker', 'NRestarts')) === '1');
    const source = 'file:///srv/inbox/sheet.webp';
    const told = await machine.run(
      `${PROGRAM} submit --redis ${REDIS} --source ${source} --output name=small,width=32,height=32 --wait`,
    );
    expect(told).to.match(/^ +small +\d+×\d+ /m);
  });

  it('end in order: both without a failure, and nothing of theirs in the journal is an error', async () => {
    await machine.run('systemctl stop preview-worker', 90);
    for (const unit of UNITS)
      expect([await property(unit, 'ActiveState'), await property(unit, 'Result')], unit).to.deep.equal([
        ...['inactive', 'success'],
      ]);
    const lines = await journal();
    expect(lines).to.include('"msg":"worker stopped"');
    expect(lines.split('\n').filter((line) => /"level":"(error|fatal)"/.test(line))).to.deep.equal([]);
  });
});
