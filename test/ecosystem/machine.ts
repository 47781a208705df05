/** A machine with a systemd of its own: a container that has this machine's root, with all that it writes in memory. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { provide } from '../../scripts/tools/provide.ts';
import { eventually } from '../cluster/eventually.ts';
import { ManagedProcess } from '../cluster/process.ts';

/** Of what this machine starts by itself it starts nothing. The mounts are in a namespace that goes with the container. */
const BOOT = `
  mount -t tmpfs tmpfs "$1" && mkdir "$1/upper" "$1/work" "$1/root"
  mount -t overlay overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" "$1/root"
  rm -rf "$1"/root/etc/systemd/system/*
  shift
  exec "$@"`;

export class Machine {
  readonly #container: ManagedProcess;
  readonly #folder: string;
  #leader = '';

  private constructor(container: ManagedProcess, folder: string) {
    this.#container = container;
    this.#folder = folder;
  }

  /** With files and folders of this machine, read-only, at other paths. Root on Linux only. */
  static async boot(files: Readonly<Record<string, string>>): Promise<Machine> {
    const program = await provide('systemd-nspawn');
    const folder = await mkdtemp(join(tmpdir(), 'preview-machine-'));
    const options = [
      ...[`--directory=${folder}/root`, '--machine=preview-units', '--boot', '--quiet', '--private-network'],
      // There may be no systemd around it that would have to know of it.
      ...['--register=no', '--keep-unit', '--link-journal=no', '--console=read-only'],
      ...Object.entries(files).map(([path, from]) => `--bind-ro=${from}:${path}`),
    ];
    const container = new ManagedProcess({
      name: 'systemd-nspawn',
      command: [
        ...['unshare', '--mount', 'sh', '-e', '-c', BOOT, 'sh', folder, program, ...options],
        ...['systemd.unit=basic.target', 'systemd.show_status=no', 'systemd.log_target=console'],
      ],
      // Its own mounts hide it from the container.
      logFile: join(folder, 'log'),
    });
    const machine = new Machine(container, folder);
    try {
      await container.ready(async () => {
        machine.#leader = (await readFile(`/proc/${container.pid}/task/${container.pid}/children`, 'utf8')).trim();
        return /^(running|degraded)$/m.test(await machine.run('systemctl is-system-running || true'));
      }, 60);
      return machine;
    } catch (error) {
      await machine.shut();
      throw error;
    }
  }

  /** As root, in a shell there. Resolves to what it printed, rejects with all that it said. */
  async run(script: string, seconds = 60): Promise<string> {
    const inside = ['--target', this.#leader, '--all', '--', 'env', '-i', 'PATH=/usr/sbin:/usr/bin:/sbin:/bin'];
    const options = { timeout: seconds * 1000, maxBuffer: 1 << 24 };
    return promisify(execFile)('nsenter', [...inside, 'bash', '--norc', '-e', '-c', script], options).then(
      ({ stdout }) => stdout,
      ({ stdout = '', stderr = '', message }: { stdout?: string; stderr?: string; message: string }) => {
        throw new Error(`${script}: ${stdout}${stderr || message}`);
      },
    );
  }

  async shut(): Promise<void> {
    await this.#container.stop(30);
    await eventually('its folder is free', () => rm(this.#folder, { recursive: true, force: true }).then(() => true));
  }
}
