import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { expect } from 'chai';
import { loadConnection } from '../../../operator/kube/credentials.ts';
import { pluginCredential } from '../../../operator/kube/exec-credential.ts';

describe('the way to a cluster', () => {
  const problemOf = (options: Parameters<typeof loadConnection>[0]) =>
    loadConnection(options).then(
      () => 'none',
      ({ message }: Error) => message,
    );

  it('names a kubeconfig that is not there and what to set instead', async () => {
    expect(await problemOf({ kubeconfig: '/absent/kubeconfig' })).to.equal(
      'kubeconfig /absent/kubeconfig can not be read (ENOENT): name another with --kubeconfig or KUBECONFIG',
    );
  });

  it('is merged from several kubeconfigs as kubectl does it: the first that has a name says what it means', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'preview-kubeconfigs-'));
    const write = async (name: string, config: object) => {
      await writeFile(join(folder, name), JSON.stringify(config));
      return join(folder, name);
    };
    try {
      await writeFile(join(folder, 'ca.crt'), 'the authority');
      const cluster = (server: string) => ({ name: 'c', cluster: { server, 'certificate-authority': 'ca.crt' } });
      const contexts = [{ name: 'x', context: { cluster: 'c', user: 'u', namespace: 'previews' } }];
      const list = [
        await write('one', { contexts, 'current-context': 'x' }),
        join(folder, 'absent'),
        await write('two', { clusters: [cluster('https://first')], 'current-context': 'other' }),
        await write('three', { clusters: [cluster('https://second')], users: [{ name: 'u', user: { token: 't' } }] }),
      ];
      const connection = await loadConnection({ kubeconfig: list.join(delimiter) });
      expect(connection).to.include({ server: 'https://first', ca: 'the authority', namespace: 'previews' });
      expect(await connection.token?.()).to.equal('t');
      const absent = [join(folder, 'a'), join(folder, 'b')].join(delimiter);
      expect(await problemOf({ kubeconfig: absent })).to.match(/^none of the kubeconfigs .* is there/);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  describe('signed in by a plugin', () => {
    let folder: string;
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'preview-plugin-'));
    });
    afterEach(() => rm(folder, { recursive: true, force: true }));

    /** A kubeconfig whose plugin is this script; it counts its runs in the file `runs`. */
    const kubeconfig = async (script: string, more: object = {}, user: object = {}) => {
      await writeFile(join(folder, 'plugin'), `#!/bin/sh\necho run >> "$RUNS"\n${script}\n`);
      await chmod(join(folder, 'plugin'), 0o755);
      const env = [{ name: 'RUNS', value: join(folder, 'runs') }];
      const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: './plugin', env, ...more };
      const config = {
        clusters: [{ name: 'c', cluster: { server: 'https://api.example.com' } }],
        users: [{ name: 'u', user: { exec, ...user } }],
        contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
        'current-context': 'x',
      };
      const path = join(folder, 'kubeconfig');
      await writeFile(path, JSON.stringify(config));
      return path;
    };
    const runs = async () => (await readFile(join(folder, 'runs'), 'utf8')).split('run').length - 1;
    const answer = (status: object) => `echo '${JSON.stringify({ kind: 'ExecCredential', status })}'`;
    const connect = async (path: string) =>
      loadConnection({ kubeconfig: path, environment: { PATH: '/usr/bin:/bin', FROM: 'outside' } });

    it('asks it once for a token that lives, and again for one that is about to end', async () => {
      const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();
      const lasting = await connect(await kubeconfig(answer({ token: 'a', expirationTimestamp: inSeconds(3600) })));
      const asked = await Promise.all([lasting.token?.(), lasting.token?.()]);
      expect([...asked, await lasting.token?.()]).to.deep.equal(['a', 'a', 'a']);
      expect(await runs()).to.equal(1);
      const ending = await connect(await kubeconfig(answer({ token: 'b', expirationTimestamp: inSeconds(30) })));
      expect([await ending.token?.(), await ending.token?.()]).to.deep.equal(['b', 'b']);
      expect(await runs()).to.equal(3);
    });

    it('tells it what kubectl would, and gives it the environment', async () => {
      const script = `echo "$KUBERNETES_EXEC_INFO $FROM" > "$RUNS.told"\n${answer({ token: 'a' })}`;
      const { token } = await connect(await kubeconfig(script, { provideClusterInfo: true }));
      expect(await token?.()).to.equal('a');
      const told = await readFile(join(folder, 'runs.told'), 'utf8');
      expect(told).to.match(/outside\n$/);
      expect(JSON.parse(told.slice(0, told.lastIndexOf('}') + 1))).to.deep.equal({
        apiVersion: 'client.authentication.k8s.io/v1',
        kind: 'ExecCredential',
        spec: { interactive: false, cluster: { server: 'https://api.example.com' } },
      });
    });

    it('says what the plugin did, asks again, and never repeats what it printed', async () => {
      const failing = await connect(await kubeconfig('echo secret; echo secret >&2; exit 3'));
      const failure = await failing.token?.().catch((error: Error) => error.message);
      expect(failure)
        .to.match(/plugin .\/plugin ended with 3; run it by hand/)
        .and.not.include('secret');
      await failing.token?.().catch(() => {});
      expect(await runs()).to.equal(2);
      const problem = async (path: string) => (await connect(path)).token?.().catch((error: Error) => error.message);
      expect(await problem(await kubeconfig('', { command: './absent', installHint: 'install it' }))).to.match(
        /is not there: install it/,
      );
      expect(await problem(await kubeconfig('echo secret')))
        .to.match(/gave no token/)
        .and.not.include('secret');
      for (const half of ['clientCertificateData', 'clientKeyData']) {
        expect(await problem(await kubeconfig(answer({ token: 'a', [half]: 'secret' }))))
          .to.match(/gave a client certificate or its key, not both/)
          .and.not.include('secret');
      }
      expect(await problem(await kubeconfig(answer({ token: '' })))).to.match(
        /gave no token and no client certificate/,
      );
    });

    it('ends it when it hangs, and says so', async () => {
      const plugin = { apiVersion: 'client.authentication.k8s.io/v1', command: '/bin/sleep', args: ['60'] };
      const cluster = { server: 'https://api.example.com' };
      const credential = pluginCredential(plugin, { path: 'kubeconfig', cluster, environment: {}, deadlineMs: 50 });
      expect(await credential().catch((error: Error) => error.message)).to.equal(
        'kubeconfig: the plugin /bin/sleep did not end within 0.05 s',
      );
    });

    it('refuses a version that it does not know, and an auth-provider', async () => {
      const version = { apiVersion: 'client.authentication.k8s.io/v1alpha1' };
      expect(await problemOf({ kubeconfig: await kubeconfig('', version) })).to.match(/v1alpha1; known are/);
      const old = await kubeconfig('', {}, { 'auth-provider': { name: 'gcp' } });
      expect(await problemOf({ kubeconfig: old })).to.match(/use an exec plugin/);
    });
  });

  it('says what to pass where neither a kubeconfig nor a pod is', async () => {
    expect(await problemOf({})).to.match(/pass --kubeconfig FILE/);
  });
});
