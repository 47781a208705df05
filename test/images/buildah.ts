import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { provide } from '../../scripts/tools/provide.ts';

const AUTHORITIES = '/etc/ssl/certs/ca-certificates.crt';

/** Resolves to stdout; rejects with the end of what the program said. */
export function command(program: string, args: readonly string[], minutes = 15): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { timeout: minutes * 60_000, maxBuffer: 64 << 20 };
    execFile(program, [...args], options, (error, stdout, stderr) =>
      error
        ? reject(
            new Error(
              `${program} ${args.join(' ')}:\n${`${stdout}${stderr}`.trim().split('\n').slice(-25).join('\n')}`,
            ),
          )
        : resolve(stdout),
    );
  });
}

/** Images in a folder of their own, without a daemon and without a registry. */
export class Buildah {
  readonly folder: string;
  readonly #run: (...args: readonly string[]) => Promise<string>;

  private constructor(folder: string, program: string) {
    this.folder = folder;
    const storage = [
      '--root',
      join(folder, 'storage'),
      '--runroot',
      join(folder, 'run'),
      '--storage-driver',
      'overlay',
    ];
    this.#run = (...args) => command(program, [...storage, ...args]);
  }

  static async open(): Promise<Buildah> {
    const program = await provide('buildah');
    return new Buildah(await mkdtemp(join(tmpdir(), 'preview-images-')), program);
  }

  /** Commits what `change` makes of the file system of `from`; it runs `command`, where one is given. */
  async imageFrom(
    from: string,
    name: string,
    change: (root: string) => Promise<unknown>,
    command?: readonly string[],
  ): Promise<void> {
    const container = (await this.#run('from', '--pull-never', from)).trim();
    if (command) await this.#run('config', '--entrypoint', JSON.stringify(command), container);
    await change((await this.#run('mount', container)).trim());
    await this.#run('umount', container);
    await this.#run('commit', '--quiet', '--rm', container, name);
  }

  /** The registries' certificates are this machine's: where TLS is inspected, a base knows no such authority. */
  async build(file: string, name: string, args: Readonly<Record<string, string>>): Promise<void> {
    const npmrc = join(this.folder, 'npmrc');
    await writeFile(npmrc, 'cafile=/host-authorities.crt\n');
    await this.#run(
      ...['bud', '--isolation', 'chroot', '--pull-never', '--file', file, '--tag', name],
      ...['--volume', `${AUTHORITIES}:/host-authorities.crt:ro`, '--volume', `${npmrc}:/root/.npmrc:ro`],
      ...Object.entries(args).flatMap(([key, value]) => ['--build-arg', `${key}=${value}`]),
      '.',
    );
  }

  /** Into a file that Docker and containerd read, under its name. */
  async archive(name: string, file: string): Promise<void> {
    await this.#run('push', '--quiet', name, `docker-archive:${file}:${name}`);
  }

  /** What an image is and is started with, as OCI has it. */
  async config(name: string): Promise<ImageConfig> {
    const { OCIv1 } = JSON.parse(await this.#run('inspect', '--type', 'image', name)) as {
      OCIv1: { config: ImageConfig };
    };
    return OCIv1.config;
  }

  /** Bytes of all layers, unpacked. */
  async size(name: string): Promise<number> {
    const [image] = JSON.parse(await this.#run('images', '--json', name)) as { size: string }[];
    const [, count = '', unit = ''] = /^([\d.]+) (KB|MB|GB)$/.exec(image?.size ?? '') ?? [];
    return Number(count) * { KB: 1e3, MB: 1e6, GB: 1e9 }[unit as 'KB' | 'MB' | 'GB'];
  }

  /** The folder in which the image's file system is seen. */
  async mount(name: string): Promise<string> {
    const container = (await this.#run('from', '--pull-never', name)).trim();
    return (await this.#run('mount', container)).trim();
  }

  async close(): Promise<void> {
    await this.#run('rm', '--all');
    await rm(this.folder, { recursive: true, force: true });
  }
}

export interface ImageConfig {
  readonly User: string;
  readonly Entrypoint: readonly string[];
  readonly Cmd?: readonly string[];
  readonly Env: readonly string[];
  readonly Labels: Readonly<Record<string, string>>;
}
