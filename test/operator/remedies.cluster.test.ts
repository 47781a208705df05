/** What keeps a pool from working, as people look for it: `kubectl get` names it, `kubectl describe` says what to do. */
import { Queue } from 'bullmq';
import { expect } from 'chai';
import { Redis } from 'ioredis';
import { type ControlPlane, startControlPlane } from '../cluster/control-plane.ts';
import { eventually } from '../cluster/eventually.ts';
import { startRedis, type TestRedis } from '../cluster/redis.ts';
import { installCrd, type RunningOperator, startOperator } from './operator.ts';
import { MINIMAL } from './pool/rules.ts';

const NAMESPACE = 'remedies';
/** All that a pool gets to where no pod can run; pods of its first template stay beside those of the next. */
const WAITS = /WaitingForWorkers|RollingOut/;

describe('what keeps a pool from working is named with a remedy:', function () {
  this.timeout(90_000);
  let cluster: ControlPlane;
  let redis: TestRedis;
  let operator: RunningOperator;

  before(async () => {
    [cluster, redis] = await Promise.all([startControlPlane({ beforeControllers: installCrd }), startRedis()]);
    await kubectl('create', 'namespace', NAMESPACE);
    operator = await startOperator({ server: cluster.server, ca: cluster.ca, adminToken: cluster.adminToken });
    await operator.ready();
  });
  after(async () => {
    await operator?.stop();
    await Promise.all([cluster?.stop(), redis?.stop()]);
  });

  const kubectl = (...args: readonly string[]) => cluster.kubectl(['--namespace', NAMESPACE, ...args]);
  const apply = (object: object) =>
    cluster.kubectl(['--namespace', NAMESPACE, 'apply', '-f', '-'], { input: JSON.stringify(object) });
  const pool = (name: string, changes: object = {}) =>
    apply({
      apiVersion: 'previews.mobius.dev/v1alpha1',
      kind: 'PreviewWorkerPool',
      metadata: { name },
      spec: { ...MINIMAL, queue: { name: 'previews', redis: { url: redis.url } }, ...changes },
    });
  const annotate = (name: string, annotation: string) => kubectl('annotate', '--overwrite', 'pwp', name, annotation);
  /** The pool's line, once it says this. */
  const listed = (name: string, says: RegExp, ...options: string[]) =>
    eventually(
      `kubectl get pwp ${name} says ${says}`,
      async () => {
        const line = await kubectl('get', 'pwp', name, '--no-headers', ...options);
        return says.test(line) && line;
      },
      { seconds: 60, every: 250 },
    );
  /** What describe tells of a condition, on one line. */
  const described = async (name: string, type: string): Promise<string> => {
    const text = await kubectl('describe', 'pwp', name);
    const [, message = 'no message'] =
      new RegExp(`Message:\\s+(.*)(?:\\n.*){1,3}\\n\\s+Type:\\s+${type}\\n`).exec(text) ?? [];
    return message;
  };

  it('a Secret that is absent', async () => {
    await pool('secretless', { queue: { name: 'previews', redis: { urlFrom: { name: 'redis', key: 'url' } } } });
    await listed('secretless', /False +SecretNotFound/);
    expect(await described('secretless', 'Ready')).to.match(
      /no Secret redis with key url; create the Secret with that key in the namespace of the pool$/,
    );
    await kubectl('create', 'secret', 'generic', 'redis', `--from-literal=url=${redis.url}`);
    await listed('secretless', WAITS);
  });

  it('a wrong queue name', async () => {
    const connection = new Redis(redis.port, { maxRetriesPerRequest: null });
    try {
      await new Queue('previews', { connection }).add('preview', {});
      await pool('misnamed', { queue: { name: 'preveiws', redis: { url: redis.url } } });
      const unseen = await listed('misnamed', /preveiws +Fixed +\S+ +False/, '-o', 'wide');
      expect(unseen).to.match(WAITS);
      expect(await described('misnamed', 'QueueSeen')).to.match(
        /no queue preveiws with the prefix bull; .*compare spec.queue with what the producers use$/,
      );
      await pool('misnamed');
      await listed('misnamed', /previews +Fixed +\S+ +True/, '-o', 'wide');
    } finally {
      connection.disconnect();
    }
  });

  it('a quota that forbids pods', async () => {
    const quota = 'quota/no-pods';
    await kubectl('create', 'quota', 'no-pods', '--hard=pods=0');
    await eventually('the quota is counted', () =>
      kubectl('get', quota, '-o', 'jsonpath={.status.hard.pods}').then((hard) => hard === '0'),
    );
    await pool('crowded');
    await listed('crowded', /False +PodsRefused/);
    expect(await described('crowded', 'Stalled')).to.match(
      /^the API server refuses the pods: exceeded quota: no-pods, requested: pods=1.*; change what the message names/,
    );
    await kubectl('delete', quota);
    await annotate('crowded', 'previews.mobius.dev/restarted-at=now');
    await listed('crowded', WAITS);
  });

  it('a Service account that is absent', async () => {
    await pool('nobody', { template: { serviceAccountName: 'ghost' } });
    await listed('nobody', /False +PodsRefused/);
    expect(await described('nobody', 'Ready')).to.contain('serviceaccount "ghost" not found');
    await kubectl('create', 'serviceaccount', 'ghost');
    await annotate('nobody', 'previews.mobius.dev/restarted-at=now');
    await listed('nobody', WAITS);
  });

  it('a quota that forbids a child', async () => {
    await kubectl('create', 'quota', 'no-services', '--hard=count/services=0');
    await eventually('the quota is counted', () =>
      kubectl('get', 'quota/no-services', '-o', 'jsonpath={.status.hard.count/services}').then((hard) => hard === '0'),
    );
    await pool('served');
    await listed('served', /False +Refused/);
    expect(await described('served', 'Stalled')).to.match(/exceeded quota: no-services.*; change what the API server/);
    await kubectl('delete', 'quota/no-services');
    await annotate('served', 'previews.mobius.dev/requested-at=now');
    await listed('served', WAITS);
  });

  it('memory below slots', async () => {
    const resources = { renderer: { limits: { memory: '64Mi' } } };
    await pool('narrow', { template: { resources } });
    await listed('narrow', /False +MemoryTooSmall/);
    expect(await described('narrow', 'Stalled')).to.match(
      /the renderer's memory limit 64Mi is below slots × perJob.memory = 2 × .*; raise spec.template.resources, or lower/,
    );
    await pool('narrow');
    await listed('narrow', WAITS);
  });

  it('an immutable field', async () => {
    await pool('frozen');
    await listed('frozen', WAITS);
    const map = (await kubectl('get', 'cm', '-l', 'previews.mobius.dev/pool=frozen', '-o', 'name')).trim();
    await kubectl('patch', map, '--type=merge', '-p', '{"immutable":true}');
    await pool('frozen', { worker: { ...(MINIMAL['worker'] as object), slots: 1 } });
    await listed('frozen', /False +Refused/);
    expect(await described('frozen', 'Stalled')).to.match(
      /ConfigMap.*field is immutable when `immutable` is set.*delete an object of which a field is immutable/i,
    );
    await kubectl('delete', map);
    await listed('frozen', WAITS);
  });

  it('a name conflict', async () => {
    await kubectl('create', 'service', 'clusterip', 'preview-taken', '--tcp=80');
    await pool('taken');
    await listed('taken', /False +NameConflict/);
    expect(await described('taken', 'Stalled')).to.match(
      /Service preview-taken.*; delete or rename the object named, or rename the pool$/,
    );
    await kubectl('delete', 'service', 'preview-taken');
    await annotate('taken', 'previews.mobius.dev/requested-at=now');
    await listed('taken', WAITS);
  });
});
