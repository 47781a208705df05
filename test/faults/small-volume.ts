/** A volume that is soon full: a tmpfs of its own, which root on Linux may mount. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface SmallVolume extends Disposable {
  readonly path: string;
  /** Every write fails with EROFS until it is made writable again; what is open for writing keeps it from that. */
  readOnly(yes: boolean): void;
}

/** Mounted until it is disposed of. */
export function smallVolume(kibibytes = 256): SmallVolume {
  const path = mkdtempSync(join(tmpdir(), 'preview-volume-'));
  const mount = (...options: string[]) => {
    const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', options.join(), 'tmpfs', path]);
    return status === 0 ? undefined : `mount: ${String(stderr)}`;
  };
  const remove = () => rmSync(path, { recursive: true, force: true });
  const size = `size=${kibibytes}k`;
  const problem = mount(size);
  if (problem !== undefined) {
    remove();
    throw new Error(problem);
  }
  return {
    path,
    readOnly(yes) {
      const refused = mount('remount', yes ? 'ro' : 'rw', size);
      if (refused !== undefined) throw new Error(refused);
    },
    [Symbol.dispose]: () => {
      spawnSync('umount', ['--lazy', path]);
      remove();
    },
  };
}

export function mayMount(): boolean {
  try {
    smallVolume()[Symbol.dispose]();
    return true;
  } catch {
    return false;
  }
}
