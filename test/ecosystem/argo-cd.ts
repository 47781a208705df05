/** Argo CD's own program, which tells what it makes of an object under the settings that its ConfigMap has. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { provide } from '../../scripts/tools/provide.ts';
import type { Health } from '../gitops/customizations.ts';

const SETTINGS = resolve('config/argocd/argocd-cm.yaml');

export interface ArgoCd {
  health(object: object): Promise<Health>;
  /** By name, whether it is disabled. */
  actions(object: object): Promise<Readonly<Record<string, boolean>>>;
  /** The object as the action would leave it. */
  run<T extends object>(object: T, action: string): Promise<T>;
  stop(): Promise<void>;
}

export async function openArgoCd(): Promise<ArgoCd> {
  const program = await provide('argocd');
  const folder = await mkdtemp(join(tmpdir(), 'preview-argocd-'));
  const [file, changed] = [join(folder, 'object.yaml'), join(folder, 'changed')];
  await mkdir(changed);
  // It shows a change by a program of the user's choice: this one keeps both sides.
  const env = {
    ...process.env,
    HOME: folder,
    TMPDIR: folder,
    KUBECONFIG: '',
    KUBECTL_EXTERNAL_DIFF: `cp -t ${changed}`,
  };
  const ask = async (object: object, command: string, ...args: string[]) => {
    await writeFile(file, JSON.stringify(object));
    const words = ['admin', 'settings', 'resource-overrides', command, file, ...args, '--argocd-cm-path', SETTINGS];
    return (await promisify(execFile)(program, words, { env, cwd: folder, timeout: 60_000 })).stdout;
  };
  return {
    health: async (object) => {
      const answer = await ask(object, 'health');
      const [, status, message = ''] = /^STATUS: (\w+)\nMESSAGE: ([\s\S]*)\n$/.exec(answer) ?? [];
      if (status === undefined) throw new Error(`argocd says ${answer}`);
      return { status, message } as Health;
    },
    actions: async (object) => {
      const [, ...lines] = (await ask(object, 'list-actions')).trim().split('\n');
      return Object.fromEntries(
        lines.map((line) => line.trim().split(/\s+/)).map(([name, is]) => [name, is === 'true']),
      );
    },
    run: async (object, action) => {
      await ask(object, 'run-action', action);
      const { name } = (object as unknown as { metadata: { name: string } }).metadata;
      return parse(await readFile(join(changed, name), 'utf8'));
    },
    stop: () => rm(folder, { recursive: true, force: true }),
  };
}
