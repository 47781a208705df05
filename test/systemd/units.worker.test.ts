import { chmod, chown, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { freePorts } from '../cluster/ports.ts';
import { ManagedProcess } from '../cluster/process.ts';
import { scene } from '../fixtures/images.ts';
import { LIMITS } from '../worker/pod.ts';
import { Workplace } from '../worker/workplace.ts';
import { UnitFile } from './unit-file.ts';

/** Ids that no account of the machine has: what systemd allocates to a DynamicUser lies there too. */
const IDS = { worker: 61_901, renderer: 61_902, group: 61_903 };
const INSTALLED = ['/usr/bin/node', '/opt/preview-worker/dist/worker/main.js'];

describe('the two processes of the systemd units', function () {
  this.timeout(60_000);
  const root = process.getuid?.() === 0;
  let place: Workplace;
  let scratch: string;
  let processes: { worker: ManagedProcess; renderer: ManagedProcess };

  before(async () => {
    place = await Workplace.open();
    const { folder, previews, inbox } = place.site;
    scratch = join(folder, 'scratch');
    const logs = join(folder, 'logs');
    await Promise.all([mkdir(scratch), mkdir(logs)]);
    if (root) {
      await Promise.all([chown(scratch, 0, IDS.group), chown(previews, IDS.worker, IDS.worker)]);
      await Promise.all([chmod(folder, 0o755), chmod(inbox, 0o755), chmod(previews, 0o700)]);
    }
    // As the tmpfiles.d of the units makes it.
    await chmod(scratch, 0o2770);
    const urlFile = join(folder, 'redis-url');
    await writeFile(urlFile, place.redis.url, { mode: 0o400 });
    if (root) await chown(urlFile, IDS.worker, IDS.worker);
    const example = JSON.parse(await readFile('systemd/config.json.example', 'utf8')) as Record<string, unknown>;
    const config = {
      ...example,
      redis: { urlFile },
      perJob: LIMITS,
      sources: { file: { roots: [{ path: inbox }] } },
      sink: { file: { path: previews } },
    };
    const configFile = join(folder, 'config.json');
    await writeFile(configFile, JSON.stringify(config));
    const [port] = await freePorts(1);

    const start = (side: 'worker' | 'renderer') => {
      const unit = new UnitFile(`preview-${side}.service`);
      const [node, program, ...args] = unit.one('ExecStart').split(' ');
      expect([node, program]).to.deep.equal(INSTALLED);
      const env = {
        ...unit.environment(),
        PREVIEW_CONFIG: configFile,
        PREVIEW_SCRATCH: unit.environment()['PREVIEW_SCRATCH']?.replace('/var/lib/preview-scratch', scratch),
        PREVIEW_SOCKET: unit.environment()['PREVIEW_SOCKET']?.replace('/var/lib/preview-scratch', scratch),
        PREVIEW_LISTEN_PORT: String(port),
      };
      const user = ['--reuid', String(IDS[side]), '--regid', String(IDS[side]), '--groups', String(IDS.group)];
      const command = [
        ...['/bin/sh', '-c', `umask ${unit.one('UMask')}; exec "$@"`, 'sh'],
        ...(root ? ['/usr/bin/setpriv', ...user, '--bounding-set=-all', '--no-new-privs', '--pdeathsig', 'KILL'] : []),
        ...[process.execPath, join(process.cwd(), 'worker/main.ts'), ...args],
      ];
      return new ManagedProcess({ name: `preview-${side}`, command, env, logFile: join(logs, `${side}.log`) });
    };
    // In the order of the units: the worker is started after the renderer.
    const renderer = start('renderer');
    const worker = start('worker');
    processes = { renderer, worker };
    await worker.ready(async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).ok, 40);
  });
  after(async () => {
    await processes?.worker.stop(30);
    await processes?.renderer.stop();
    await place?.close();
  });

  it('render a job, as two users that share the scratch folder by its group', async () => {
    const id = await place.submit('photo.jpg', await scene({ width: 90, height: 60 }).jpeg().toBuffer());
    const result = await place.client.result(id, { timeoutSeconds: 40 });
    expect('outputs' in result && result.outputs.map(({ name }) => name)).to.deep.equal(['grid']);
    const socket = await stat(join(scratch, 'renderer.sock'));
    expect((socket.mode & 0o777).toString(8)).to.equal('660');
    if (root) expect([socket.uid, socket.gid]).to.deep.equal([IDS.renderer, IDS.group]);
  });

  it('end in order: the worker when it is told to, then the renderer because the worker hung up', async () => {
    processes.worker.kill('SIGTERM');
    expect(await processes.worker.exited).to.equal('code 0');
    expect(await processes.renderer.exited).to.equal('code 0');
  });
});
