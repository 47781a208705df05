import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { KubeClient } from '../../../operator/kube/client.ts';
import { loadConnection } from '../../../operator/kube/credentials.ts';
import type { KubeObject } from '../../../operator/kube/object.ts';
import { type ControlPlane, startControlPlane } from '../../cluster/control-plane.ts';
import { eventually } from '../../cluster/eventually.ts';

describe('a client signed in by a plugin that gives client certificates', function () {
  this.timeout(120_000);
  let cluster: ControlPlane;
  let folder: string;
  let client: KubeClient;
  const answer = () => join(folder, 'answer');

  before(async () => {
    cluster = await startControlPlane({ controllers: false });
    folder = await mkdtemp(join(tmpdir(), 'preview-plugin-'));
    await writeFile(
      join(folder, 'plugin'),
      '#!/bin/sh\necho run >> runs; exec cat answer\n'.replaceAll(/runs|answer/g, (name) => join(folder, name)),
    );
    await chmod(join(folder, 'plugin'), 0o700);
    const config = {
      clusters: [
        {
          name: 'c',
          cluster: {
            server: cluster.server,
            'certificate-authority-data': Buffer.from(cluster.ca).toString('base64'),
          },
        },
      ],
      users: [{ name: 'u', user: { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: './plugin' } } }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'x',
    };
    await writeFile(join(folder, 'kubeconfig'), JSON.stringify(config));
    client = await signedIn();
  });
  after(async () => {
    await client?.close();
    await rm(folder, { recursive: true, force: true });
    await cluster?.stop();
  });

  const signedIn = async () => {
    const environment = { PATH: '/usr/bin:/bin' };
    const connection = await loadConnection({ kubeconfig: join(folder, 'kubeconfig'), environment });
    return new KubeClient({ connection, fieldManager: 'test', userAgent: 'test' });
  };
  /** What the plugin answers from now on: a certificate of this user's that counts as good for so long. */
  const gives = async (user: string, seconds: number) => {
    const { certificate: clientCertificateData, key: clientKeyData } = await cluster.clientCertificateOf(user);
    const expirationTimestamp = new Date(Date.now() + seconds * 1000).toISOString();
    await writeFile(
      answer(),
      JSON.stringify({ status: { clientCertificateData, clientKeyData, expirationTimestamp } }),
    );
  };
  const runs = async () => (await readFile(join(folder, 'runs'), 'utf8')).split('run').length - 1;
  const whoAmI = async (by = client) => {
    const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
    const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
    const answered = await by.create<{ status: { userInfo: { username: string } } }>(path, review);
    return answered.status.userInfo.username;
  };

  it('is who the certificate says, by one run of the plugin, and the next one’s user when that one ends', async () => {
    // So short that it is asked again for each request.
    await gives('one', 1);
    expect(await whoAmI()).to.equal('one');
    expect(await runs()).to.equal(1);
    await gives('two', 3600);
    expect(await Promise.all([whoAmI(), whoAmI()])).to.deep.equal(['two', 'two']);
    expect(await runs()).to.equal(2);
    await gives('three', 3600);
    expect(await whoAmI(), 'as long as it is good').to.equal('two');
    expect(await runs()).to.equal(2);
  });

  it('leaves a watch alone that was opened with the certificate before', async () => {
    await cluster.kubectl([
      'create',
      'clusterrolebinding',
      'watchers',
      '--clusterrole=cluster-admin',
      '--user=watcher',
    ]);
    await eventually('it may watch', async () => {
      const asked = ['auth', 'can-i', 'watch', 'configmaps', '--namespace', 'default', '--as', 'watcher'];
      return (await cluster.kubectl(asked)).trim() === 'yes';
    });
    await gives('watcher', 1);
    const signal = AbortSignal.timeout(60_000);
    const own = await signedIn();
    try {
      const watch = own.watch<KubeObject>('/api/v1/namespaces/default/configmaps', {}, { signal, silenceMs: 60_000 });
      const seen = async (name: string) => {
        for (;;) if ((await watch.next()).value?.object.metadata.name === name) return;
      };
      const create = (name: string) => cluster.kubectl(['create', 'configmap', name, '--namespace', 'default']);
      await Promise.all([seen('before'), create('before')]);
      await gives('two', 3600);
      expect(await whoAmI(own)).to.equal('two');
      await Promise.all([seen('after'), create('after')]);
    } finally {
      await own.close();
    }
  });
});
