import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Processes of this machine whose command line or working folder mentions `text`, as `pid command`. Linux only. */
export function processesMentioning(text: string): string[] {
  const found: string[] = [];
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    if (Number(pid) === process.pid) continue;
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
      const folder = command === '' ? '' : readlinkSync(`/proc/${pid}/cwd`);
      if (command.includes(text) || folder.includes(text)) found.push(`${pid} ${command}`);
    } catch {
      // It ended while we looked.
    }
  }
  return found;
}
