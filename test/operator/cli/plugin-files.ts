/** What makes kubectl find its plugin, from this checkout. */
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../../../operator/cli/', import.meta.url));

/** Into a folder that is in PATH. */
export async function writePluginFiles(folder: string): Promise<void> {
  for (const [name, program] of [
    ['kubectl-pwp', 'main.ts'],
    ['kubectl_complete-pwp', 'complete-main.ts'],
  ] as const) {
    await writeFile(join(folder, name), `#!/bin/sh\nexec '${process.execPath}' '${CLI}${program}' "$@"\n`);
    await chmod(join(folder, name), 0o755);
  }
}
