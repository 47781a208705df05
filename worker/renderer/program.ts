import { fileURLToPath } from 'node:url';

/** The path of a program beside this file: `.ts` when run from source, `.js` when compiled. */
export function program(name: 'slot' | 'local-main' | 'watchdog-thread'): string {
  return fileURLToPath(new URL(`./${name}${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url));
}
