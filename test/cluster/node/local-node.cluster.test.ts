import { mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { chmod, chown, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { V1Probe } from '@kubernetes/client-node';
import { expect } from 'chai';
import { eventually } from '../eventually.ts';
import { ManagedProcess } from '../process.ts';
import { processesMentioning } from '../survivors.ts';
import { allProcesses, type Process, processOf } from './proc.ts';
import { field, IMAGES, node, Stage, shell, within30 } from './stage.ts';

const FOREVER = 'exec sleep infinity';

/** Names of the processes in the containers that `shell` made for a pod. */
const inside = (uid: string) => allProcesses().flatMap(({ env, name }) => (env['POD_UID'] === uid ? [name] : []));

/** It looks into containers by /proc, as root on Linux. */
describe('The local node, on the real control plane and scheduler', function () {
  this.timeout(90_000);
  let stage: Stage;
  /** In the order of the containers, each tini before what it runs. */
  const processesOf = async (pod: string) => (await stage.node.pids('default', pod)).map(processOf);
  const rootOf = async (pod: string) => `/proc/${(await processesOf(pod))[0]?.pid}/root`;

  before(async () => {
    stage = await Stage.start();
  });
  after(() => stage?.stop());

  it('runs two containers in mount and PID namespaces of their own, tini first, each as its own user', async () => {
    const keep = (name: string) => `echo ${name} > /tmp/name; ${FOREVER}`;
    const containers = [
      shell('one', keep('one')),
      shell('two', keep('two'), { securityContext: { runAsUser: 1234, runAsGroup: 1235 } }),
    ];
    const securityContext = { runAsUser: 1000, runAsGroup: 1001, supplementalGroups: [77] };
    await stage.run('pair', containers, { securityContext });
    const processes = await within30('both commands run', async () => {
      const found = await processesOf('pair');
      return found.filter(({ name }) => name === 'sleep').length === 2 && found;
    });
    const told = processes.map(({ name, uid, gid, groups }) => `${name} ${uid} ${gid} ${groups}`);
    expect(told).to.deep.equal(['tini 1000 1001 77', 'sleep 1000 1001 77', 'tini 1234 1235 77', 'sleep 1234 1235 77']);
    const [one, , two] = processes as [Process, Process, Process];
    expect([one.inside, two.inside]).to.deep.equal([1, 1]);
    const places = [processOf('self'), one, two];
    expect(new Set(places.map(({ mountNamespace }) => mountNamespace))).to.have.property('size', 3);
    expect(new Set(places.map(({ pidNamespace }) => pidNamespace))).to.have.property('size', 3);
    const names = [one, two].map(({ pid }) => readFileSync(`/proc/${pid}/root/tmp/name`, 'utf8'));
    expect(names).to.deep.equal(['one\n', 'two\n']);
  });

  it('gives each pod an address of its own in 127.10.0.0/16, so that two listen on one port', async () => {
    const answerer = `(_, answer) => answer.end(process.env.HOSTNAME)`;
    const server = `require('node:http').createServer(${answerer}).listen(8080, process.env.POD_IP)`;
    for (const name of ['first', 'second']) await stage.run(name, [node('web', server)]);
    for (const name of ['first', 'second']) {
      const { podIP } = await stage.running(name);
      expect(podIP).to.match(/^127\.10\.\d+\.\d+$/);
      const answer = () => fetch(`http://${podIP}:8080`).then((response) => response.text());
      expect(await within30(`${name} answers`, answer)).to.equal(name);
    }
  });

  it('resolves the environment from values, ConfigMaps, Secrets, fields with labels, and $(NAME)', async () => {
    await stage.configMap('settings', { colour: 'blue', SIZE: 'large' });
    await stage.secret('login', { password: 'p=a"s s' });
    const env = [
      { name: 'WORD', value: 'value' },
      { name: 'COLOUR', valueFrom: { configMapKeyRef: { name: 'settings', key: 'colour' } } },
      { name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'login', key: 'password' } } },
      { name: 'ABSENT', valueFrom: { secretKeyRef: { name: 'none', key: 'none', optional: true } } },
      field('APP', `metadata.labels['app.kubernetes.io/name']`),
      field('IP', 'status.podIP'),
      field('NODE', 'spec.nodeName'),
      { name: 'ALL', value: '$(WORD) $(COLOUR) $(IP) $$(WORD) $(UNKNOWN)' },
    ];
    const envFrom = [{ prefix: 'MAP_', configMapRef: { name: 'settings' } }];
    await stage.run('told', [shell('one', `echo "<$(WORD)>"; ${FOREVER}`, { env, envFrom })]);
    const { podIP } = await stage.running('told');
    await stage.says('told', 'one', /^<value>$/m);
    const found = (await processesOf('told')).at(-1)?.env;
    expect(found).to.include({ WORD: 'value', COLOUR: 'blue', MAP_SIZE: 'large', PASSWORD: 'p=a"s s', APP: 'sample' });
    expect(found).to.include({ IP: podIP, NODE: stage.node.name, ALL: `value blue ${podIP} $(WORD) $(UNKNOWN)` });
    expect(found).to.not.have.property('ABSENT');
  });

  it('asks start-up first, then readiness, which turns Ready on and off, and liveness, which restarts', async () => {
    const path = join(stage.controlPlane.folder, 'probed');
    mkdirSync(path);
    const set = (name: string) => writeFileSync(join(path, name), '');
    const unset = (name: string) => rmSync(join(path, name));
    // A run that is new is alive, so that one failure is one restart.
    const server = `
      const { existsSync, writeFileSync } = require('node:fs');
      writeFileSync('/state/alive', '');
      require('node:http').createServer(({ url }, answer) => {
        console.log(url);
        answer.writeHead(existsSync('/state' + url) ? 200 : 500).end();
      }).listen(8080, process.env.POD_IP);`;
    const listener = `
      const later = setInterval(() => {
        if (!require('node:fs').existsSync('/state/listening')) return;
        clearInterval(later);
        require('node:net').createServer((socket) => socket.end()).listen(9090, process.env.POD_IP);
      }, 50);`;
    const probe = (what: V1Probe, failureThreshold = 1): V1Probe => ({ ...what, periodSeconds: 1, failureThreshold });
    const get = (url: string): V1Probe => ({ httpGet: { path: url, port: 'http' } });
    const volumeMounts = [{ name: 'state', mountPath: '/state' }];
    const containers = [
      node('web', server, {
        ...{ volumeMounts, ports: [{ name: 'http', containerPort: 8080 }], startupProbe: probe(get('/started'), 60) },
        ...{ readinessProbe: probe(get('/ready')), livenessProbe: probe(get('/alive'), 2) },
      }),
      node('side', listener, {
        ...{ volumeMounts, startupProbe: probe({ tcpSocket: { port: 9090 } }, 60) },
        readinessProbe: probe({ exec: { command: ['test', '-e', '/state/side'] } }),
      }),
    ];
    await stage.run('probed', containers, { volumes: [{ name: 'state', hostPath: { path } }] });
    const is = async (name: string, what: 'started' | 'ready') => (await stage.container('probed', name))[what];

    await stage.says('probed', 'web', /(\/started\n){2}/);
    expect(await stage.log('probed', 'web')).to.match(/^(\/started\n)+$/);
    expect(await is('web', 'started')).to.equal(false);
    set('started');
    await within30('web is started', () => is('web', 'started'));
    await stage.says('probed', 'web', /\/alive/);
    expect(await is('side', 'started')).to.equal(false);
    set('listening');
    await within30('side is started', () => is('side', 'started'));
    expect([await is('web', 'ready'), await is('side', 'ready')]).to.deep.equal([false, false]);
    set('ready');
    await within30('web is ready', () => is('web', 'ready'));
    expect(await stage.isReady('probed')).to.equal(false);
    set('side');
    await within30('the pod is Ready', () => stage.isReady('probed'));
    unset('ready');
    await within30('the pod is no longer Ready', async () => !(await stage.isReady('probed')));
    set('ready');
    await within30('the pod is Ready again', () => stage.isReady('probed'));

    unset('alive');
    await within30('web is restarted', async () => (await stage.container('probed', 'web')).restartCount === 1);
    await within30('the pod is Ready after the restart', () => stage.isReady('probed'));
    const { restartCount, lastState } = await stage.container('probed', 'web');
    expect([restartCount, lastState.terminated?.exitCode]).to.deep.equal([1, 128 + 15]);
    expect((await stage.container('probed', 'side')).restartCount).to.equal(0);
  });

  it('tells how a container ended and what it said, and starts it again with back-off', async () => {
    const containers = [
      shell('failing', 'echo -n no disk > /tmp/why; exit 3', { terminationMessagePath: '/tmp/why' }),
      shell('killed', 'echo out of luck >&2; kill -KILL $$$$', { terminationMessagePolicy: 'FallbackToLogsOnError' }),
      shell('steady', FOREVER),
    ];
    await stage.run('crashing', containers);
    const { restartCount, lastState, state } = await stage.waiting('crashing', 'failing', 'CrashLoopBackOff');
    expect(lastState.terminated).to.include({ exitCode: 3, reason: 'Error', message: 'no disk' });
    expect(state.waiting?.message).to.match(/^back-off 10s restarting failed container=failing pod=crashing_default/);
    expect(restartCount).to.equal(1);
    const killed = await stage.waiting('crashing', 'killed', 'CrashLoopBackOff');
    expect(killed.lastState.terminated).to.include({ exitCode: 128 + 9, reason: 'Error' });
    expect(killed.lastState.terminated?.message).to.match(/out of luck\n$/);

    await within30('each waits again, for longer', async () => {
      const found = [await stage.container('crashing', 'failing'), await stage.container('crashing', 'killed')];
      return found.every((now) => now.restartCount === 2 && now.state.waiting?.message?.startsWith('back-off 20s '));
    });
    expect(await stage.log('crashing', 'killed')).to.equal('out of luck\n'.repeat(3));
    const steady = await stage.container('crashing', 'steady');
    expect([steady.restartCount, steady.ready, await stage.isReady('crashing')]).to.deep.equal([0, true, false]);
  });

  it('waits with ErrImagePull, then ImagePullBackOff, for an image that nothing stands for', async () => {
    const image = 'registry:5000/no/such:1';
    await stage.run('unmapped', [shell('known', FOREVER), shell('unknown', FOREVER, { image })]);
    for (const reason of ['ErrImagePull', 'ImagePullBackOff']) {
      const { state } = await stage.waiting('unmapped', 'unknown', reason);
      expect(state.waiting?.message).to.include(image).and.include('shell, node');
    }
    expect((await stage.container('unmapped', 'known')).state).to.have.property('running');
    expect((await stage.see('unmapped')).status.phase).to.equal('Pending');
  });

  it('keeps a pod waiting for a ConfigMap or Secret that is not there, and starts it once it is', async () => {
    const env = [{ name: 'KEY', valueFrom: { secretKeyRef: { name: 'late', key: 'key' } } }];
    await stage.run('told-late', [shell('one', FOREVER, { env })]);
    const volumeMounts = [{ name: 'map', mountPath: '/map' }];
    const volumes = [{ name: 'map', configMap: { name: 'late' } }];
    await stage.run('mounted-late', [shell('one', FOREVER, { volumeMounts })], { volumes });
    const waits = (pod: string, reason: string, message: string) =>
      within30(`${pod} waits: ${message}`, async () =>
        (await stage.waiting(pod, 'one', reason)).state.waiting?.message?.endsWith(message),
      );
    await waits('told-late', 'CreateContainerConfigError', 'secret "late" not found');
    await waits('mounted-late', 'ContainerCreating', 'configmap "late" not found');
    await stage.secret('late', { key: 'secret' });
    await stage.configMap('late', { key: 'map' });
    await Promise.all([stage.running('told-late'), stage.running('mounted-late')]);
    expect((await processesOf('told-late'))[0]?.env).to.include({ KEY: 'secret' });
    expect(readFileSync(`${await rootOf('mounted-late')}/map/key`, 'utf8')).to.equal('map');
  });

  it('mounts a Secret with its mode, and shows a changed ConfigMap within 5 s, all of it at once', async () => {
    await stage.configMap('followed', { one: '1', two: '1' });
    await stage.secret('sealed', { key: 'sesame' });
    const volumeMounts = ['map', 'sealed'].map((name) => ({ name, mountPath: `/etc/${name}` }));
    const volumes = [
      { name: 'map', configMap: { name: 'followed' } },
      { name: 'sealed', secret: { secretName: 'sealed', defaultMode: 0o400 } },
    ];
    // One look is at one folder, whatever ..data leads to meanwhile.
    const look = 'cd -P /etc/map/..data && echo "seen $(cat * | tr -d "\\n")"';
    const container = shell('one', `while :; do ${look}; sleep 0.1; done`, { volumeMounts });
    await stage.run('mounted', [container], { volumes });
    await stage.says('mounted', 'one', /seen 11/);
    const etc = `${await rootOf('mounted')}/etc`;
    expect(readFileSync(`${etc}/sealed/key`, 'utf8')).to.equal('sesame');
    expect(statSync(`${etc}/sealed/key`).mode & 0o777).to.equal(0o400);

    const before = readlinkSync(`${etc}/map/..data`);
    await stage.changeConfigMap('followed', { one: null, two: '2', three: '2' });
    const names = () => readdirSync(`${etc}/map`).filter((name) => !name.startsWith('..'));
    await eventually('the change is shown', () => names().sort().join() === 'three,two', { seconds: 5 });
    expect(readlinkSync(`${etc}/map/..data`)).to.not.equal(before);
    expect(readFileSync(`${etc}/map/two`, 'utf8')).to.equal('2');
    await stage.says('mounted', 'one', /seen 22/);
    expect(await stage.log('mounted', 'one')).to.not.match(/seen (?!11$|22$)/m);
  });

  it('mounts the volume behind a claim, written with fsGroup; an emptyDir is shared, a read-only root not written', async () => {
    const path = join(stage.controlPlane.folder, 'claimed');
    await mkdir(path);
    // fsGroup changes no hostPath, as on a real node: whoever makes the folder gives it to the group.
    await chown(path, 0, 2000);
    await chmod(path, 0o2770);
    await stage.claim('claimed', path);
    const mounts = (readOnly: boolean) => [
      { name: 'claim', mountPath: '/var/claim', readOnly },
      { name: 'shared', mountPath: '/shared' },
    ];
    const tries = (file: string) => `(: > ${file}) 2>/dev/null && echo wrote ${file} || echo no ${file}`;
    const writes = `${tries('/tmp/file')}; ${tries('/var/claim/file')}; echo hello > /shared/file; ${FOREVER}`;
    const reads = `until [ -s /shared/file ]; do sleep 0.1; done; cat /shared/file; ${tries('/tmp/file')}`;
    const containers = [
      shell('writer', writes, { volumeMounts: mounts(false), securityContext: { readOnlyRootFilesystem: true } }),
      shell('reader', `${reads}; ${tries('/var/claim/other')}; ${FOREVER}`, { volumeMounts: mounts(true) }),
    ];
    const volumes = [
      { name: 'claim', persistentVolumeClaim: { claimName: 'claimed' } },
      { name: 'shared', emptyDir: {} },
    ];
    const securityContext = { runAsUser: 1000, runAsGroup: 1001, fsGroup: 2000 };
    await stage.run('claiming', containers, { volumes, securityContext });
    await stage.says('claiming', 'writer', /^no \/tmp\/file\nwrote \/var\/claim\/file\n$/);
    await stage.says('claiming', 'reader', /^hello\nwrote \/tmp\/file\nno \/var\/claim\/other\n$/);
    expect(readdirSync(path)).to.deep.equal(['file']);
    for (const file of [join(path, 'file'), `${await rootOf('claiming')}/shared/file`]) {
      expect(statSync(file), file).to.include({ uid: 1000, gid: 2000 });
    }
  });

  it('ends a deleted pod by SIGTERM, what ignores it by SIGKILL after the grace, and leaves nothing', async () => {
    const containers = [
      shell('polite', `trap 'echo told; exit 0' TERM; echo up; while :; do sleep 0.1; done`),
      shell('deaf', `trap 'echo told' TERM; echo up; while :; do sleep 0.1; done`),
    ];
    await stage.run('deleted', containers);
    for (const { name } of containers) await stage.says('deleted', name, /up/);
    const { uid } = (await stage.see('deleted')).metadata;
    const { folder } = stage.controlPlane;
    const [nodeFolder = ''] = readdirSync(folder).filter((name) => name.startsWith('node-'));
    const folders = () => readdirSync(join(folder, nodeFolder)).filter((name) => uid.startsWith(name));
    expect(inside(uid)).to.include.members(['tini', 'sh']);
    expect(folders()).to.have.length(1);

    const last = stage.last('deleted');
    const asked = Date.now();
    await stage.delete('deleted');
    await within30('polite is over', async () => (await stage.container('deleted', 'polite')).state.terminated);
    expect((await stage.container('deleted', 'deaf')).state).to.have.property('running');
    const ends = (await last).status.containerStatuses.map(({ state }) => state.terminated?.exitCode);
    expect(Date.now() - asked).to.be.within(2_000, 15_000);
    expect(ends).to.deep.equal([0, 128 + 9]);
    for (const { name } of containers) expect(await stage.log('deleted', name)).to.equal('up\ntold\n');
    expect([...inside(uid), ...folders(), ...processesMentioning(uid.slice(0, 8))]).to.deep.equal([]);
  });

  it('leaves no process of a container when the node itself is killed', async () => {
    const { server, ca, adminToken, folder } = stage.controlPlane;
    const options = { controlPlane: { server, ca, adminToken, folder }, name: 'doomed', images: IMAGES };
    const doomed = new ManagedProcess({
      name: 'doomed',
      command: [process.execPath, fileURLToPath(new URL('node-main.ts', import.meta.url))],
      logFile: join(folder, 'doomed.log'),
      env: { LOCAL_NODE: JSON.stringify(options) },
    });
    try {
      const family = `trap '' TERM; setsid sleep infinity & ${FOREVER}`;
      const readinessProbe = { exec: { command: ['sleep', 'infinity'] }, timeoutSeconds: 60 };
      const securityContext = { runAsUser: 1000 };
      const containers = [shell('one', family, { readinessProbe }), shell('two', family, { securityContext })];
      await stage.run('orphan', containers, { nodeSelector: { 'kubernetes.io/hostname': 'doomed' } });
      await stage.running('orphan');
      const { uid } = (await stage.see('orphan')).metadata;
      // On the host's side: what made the namespaces, and the probe that hangs.
      const outside = () => processesMentioning(uid.slice(0, 8)).map((line) => line.split(' ')[1]);
      await within30('all run', () => inside(uid).filter((name) => name === 'sleep').length === 5);
      expect(outside().sort()).to.deep.equal(['/usr/bin/nsenter', '/usr/bin/unshare', '/usr/bin/unshare']);

      process.kill(doomed.pid, 'SIGKILL');
      await within30('nothing is left', () => [...inside(uid), ...outside()].length === 0);
    } finally {
      await doomed.stop(0);
    }
  });
});
