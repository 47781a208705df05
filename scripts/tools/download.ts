import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';

/**
 * Fetches `url` into `target` after comparing it with the sha256 published beside it.
 * Rejects within `connectSeconds` when the site can not be reached, so that a machine without internet goes on quickly.
 */
export async function download(url: string, target: string, connectSeconds = 5): Promise<void> {
  const wanted = (await text(`${url}.sha256`, connectSeconds)).trim().split(/\s+/)[0] ?? '';
  if (!/^[0-9a-f]{64}$/.test(wanted)) throw new Error(`${url}.sha256 is not a checksum`);
  const response = await fetch(url, { signal: AbortSignal.timeout(10 * 60_000) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  const bytes = Buffer.from(await response.arrayBuffer());
  const actual = createHash('sha256').update(bytes).digest('hex');
  if (actual !== wanted) throw new Error(`${url} has sha256 ${actual}, its site says ${wanted}`);
  await writeFile(target, bytes, { mode: 0o755 });
}

async function text(url: string, seconds: number): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(seconds * 1000) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response.text();
}
