/** The commands that docs/deployment.md shows, but for those that say what they need. */
import { readFileSync } from 'node:fs';

const SHELL = /```sh\n([\s\S]*?)```/g;

export function guideCommands(): string[] {
  const text = readFileSync('docs/deployment.md', 'utf8');
  return [...text.matchAll(SHELL)]
    .flatMap(([, block = '']) => block.trim().split('\n'))
    .filter((line) => !/ # needs /.test(line));
}

/** Those that need a cluster; the others run anywhere. */
export const needsCluster = (command: string): boolean => /^(kubectl|scripts\/verify)/.test(command);
