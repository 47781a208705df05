/** A reader who looks at a folder of previews again and again while they are made: whatever has a name must be whole. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PreviewManifest } from '../../worker/storage/manifest.generated.ts';

export interface Seen {
  /** How often the folder was looked through. */
  readonly looks: number;
  /** Previews of which a manifest was seen. */
  readonly previews: number;
  /** Names whose content changed, or was not what the manifest beside it says. */
  readonly partial: readonly string[];
}

/** Reads until the returned function is called, which tells what was seen. */
export function startReader(previews: string): () => Promise<Seen> {
  const artifacts = join(previews, 'artifacts');
  const contents = new Map<string, string>();
  const partial = new Set<string>();
  const whole = new Set<string>();
  let [looks, ended] = [0, false];

  /** What a temporary name holds is nobody's to read. */
  const filesOf = async (folder: string) =>
    (await readdir(join(artifacts, folder)).catch((): string[] => [])).filter((file) => !file.startsWith('.'));
  const look = async () => {
    looks += 1;
    for (const folder of await readdir(artifacts).catch((): string[] => [])) {
      const files = await filesOf(folder);
      const digests = new Map<string, string>();
      for (const file of files) {
        const name = join(folder, file);
        const bytes = await readFile(join(artifacts, name));
        const digest = createHash('sha256').update(bytes).digest('hex');
        if ((contents.get(name) ?? digest) !== digest) partial.add(name);
        contents.set(name, digest);
        digests.set(file, digest);
      }
      if (!files.includes('manifest.json')) continue;
      whole.add(folder);
      const text = await readFile(join(artifacts, folder, 'manifest.json'), 'utf8');
      for (const { uri, sha256 } of (JSON.parse(text) as PreviewManifest).outputs) {
        const file = uri.slice(uri.lastIndexOf('/') + 1);
        // It may have come after the folder was listed.
        const digest = digests.get(file) ?? contents.get(join(folder, file));
        if (digest !== undefined && digest !== sha256) partial.add(join(folder, file));
      }
    }
  };
  const reading = (async () => {
    for (; !ended; await sleep(2)) await look();
    await look();
  })();
  reading.catch(() => {});
  return async () => {
    ended = true;
    await reading;
    return { looks, previews: whole.size, partial: [...partial] };
  };
}
