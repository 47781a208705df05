import { expect } from 'chai';
import { KubeClient } from '../../../operator/kube/client.ts';
import { EventRecorder, microTime } from '../../../operator/kube/events.ts';
import { type ControlPlane, startControlPlane } from '../../cluster/control-plane.ts';

describe('Events on the real API server', function () {
  this.timeout(60_000);
  let cluster: ControlPlane;
  let client: KubeClient;
  const problems: unknown[] = [];
  const record = (name: string, note: string) =>
    new EventRecorder({
      client,
      controller: 'test.dev/operator',
      instance: 'one',
      onProblem: (problem) => problems.push(String(problem)),
    }).record(
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' } },
      { type: 'Normal', reason: 'Tested', action: 'Test', note },
    );

  before(async () => {
    cluster = await startControlPlane({ controllers: false });
    const token = async () => cluster.adminToken;
    client = new KubeClient({
      connection: { server: cluster.server, ca: cluster.ca, token, namespace: 'default' },
      fieldManager: 'test',
      userAgent: 'test',
    });
  });
  after(async () => {
    await client?.close();
    await cluster?.stop();
  });
  beforeEach(() => void problems.splice(0));

  it('are taken with six decimals, which is the only form the server takes', async () => {
    expect(microTime(new Date('2026-01-02T03:04:05.678Z'))).to.equal('2026-01-02T03:04:05.678000Z');
    await record('short', 'a note');
    expect(problems).to.deep.equal([]);
  });

  it('are taken with a note cut at 1024 bytes, not characters', async () => {
    await record('long-note', '’'.repeat(1024));
    expect(problems).to.deep.equal([]);
  });

  it('are taken when the cut of a long name falls behind a dash', async () => {
    await record(`${'a'.repeat(199)}-b`, 'a note');
    expect(problems).to.deep.equal([]);
  });
});
