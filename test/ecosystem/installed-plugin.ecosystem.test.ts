/** `pwp` as docs/pwp.md installs it, completed in real shells. Needs zsh and fish, which are installed from Debian where they may be. */
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { expect } from 'chai';
import type { KubeClient } from '../../operator/kube/client.ts';
import type { Pool } from '../../operator/pool/pool.ts';
import { provide } from '../../scripts/tools/provide.ts';
import { type ControlPlane, startControlPlane } from '../cluster/control-plane.ts';
import { NAMESPACE } from '../cluster/preview-cluster.ts';
import { freshClone } from '../documents/fresh-clone.ts';
import { inShell, shownIn } from '../documents/shown.ts';
import { adminClient, installCrd, POOLS_PATH } from '../operator/operator.ts';
import { MINIMAL } from '../operator/pool/rules.ts';
import { Terminal } from './terminal.ts';

/** That of the cluster's own kubeconfig. */
const POOL = `${POOLS_PATH(NAMESPACE)}/photos`;

describe('kubectl pwp, installed', function () {
  this.timeout(10 * 60_000);
  const shown = shownIn('docs/pwp.md', import.meta.url);
  let folder: string;
  let clone: string;
  let cluster: ControlPlane;
  let client: KubeClient;
  let env: NodeJS.ProcessEnv;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'preview-installed-'));
    clone = join(folder, 'clone');
    await freshClone(clone);
    cluster = await startControlPlane({ controllers: false });
    client = adminClient(cluster);
    await installCrd(cluster);
    await cluster.kubectl(['create', 'namespace', NAMESPACE]);
    await client.apply(POOL, {
      apiVersion: 'previews.mobius.dev/v1alpha1',
      kind: 'PreviewWorkerPool',
      metadata: { name: 'photos' },
      spec: MINIMAL,
    });
    const prefix = join(folder, 'prefix');
    const path = [
      join(prefix, 'bin'),
      dirname(process.execPath),
      dirname(await provide('kubectl')),
      process.env['PATH'],
    ];
    env = { HOME: folder, KUBECONFIG: cluster.kubeconfigPath, PATH: path.join(delimiter), npm_config_prefix: prefix };
  });
  after(async () => {
    await client?.close();
    await cluster?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('is linked from a checkout, and kubectl lists it', async () => {
    await inShell(shown.take(/^npm ci /), { cwd: clone, env, seconds: 240 });
    const listed = await inShell(shown.take(/^kubectl plugin list$/), { env });
    expect(listed).to.include(join(folder, 'prefix', 'bin', 'kubectl-pwp'));
    expect(await inShell('kubectl pwp status', { env })).to.match(/^NAME +READY +STATUS[\s\S]*^photos /m);
  });

  it('works by two files in PATH, without npm', async () => {
    const bin = join(folder, 'by-hand');
    const file = shown.take(/^#!/).replace('/opt/preview-worker', clone);
    await mkdir(bin);
    await writeFile(join(bin, 'kubectl-pwp'), file);
    await writeFile(join(bin, 'kubectl_complete-pwp'), file.replace('/main.js', '/complete-main.js'));
    await Promise.all(['kubectl-pwp', 'kubectl_complete-pwp'].map((name) => chmod(join(bin, name), 0o755)));
    const byHand = { ...env, PATH: [bin, env['PATH']].join(delimiter) };
    expect(await inShell('kubectl pwp status', { env: byHand })).to.match(/^photos /m);
    expect(await inShell("kubectl __complete pwp jobs ''", { env: byHand })).to.match(/^photos\n:4\n/);
  });

  for (const [shell, options] of [
    ['bash', '--norc --noprofile -i'],
    ['zsh', '-f -i'],
    ['fish', '--no-config -i'],
  ] as const)
    it(`${shell} completes commands and pools by \`pwp completion ${shell}\``, async () => {
      const program = shell === 'bash' ? 'bash' : await provide(shell);
      // Its first line says what to add to the shell's own file.
      const [, line = ''] = /^# Add to [^:]+: +(.*)$/m.exec(await inShell(`pwp completion ${shell}`, { env })) ?? [];
      expect(line).to.include(`pwp completion ${shell}`);
      const terminal = new Terminal(`${program} ${options}`, env);
      try {
        if (shell === 'zsh') terminal.type('autoload -Uz compinit && compinit -u -D\r');
        terminal.type(`${line}\r`);
        terminal.type('echo is rea""dy\r');
        await terminal.shows(/is ready/);
        for (const [begun, done, suspended] of [
          ['susp', 'suspended', true],
          ['resu', 'resumed', false],
        ] as const) {
          terminal.type(`pwp ${begun}\tph\t\r`);
          await terminal.shows(new RegExp(`photos ${done}`));
          expect((await client.get<Pool>(POOL)).spec.suspend).to.equal(suspended);
        }
        terminal.type('pwp jobs photos --state fai\t --help\r');
        await terminal.shows(/--state failed/);
      } finally {
        await terminal.close();
      }
    });
});
