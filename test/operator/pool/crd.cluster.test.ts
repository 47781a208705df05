import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { parse } from 'yaml';
import { KubeClient } from '../../../operator/kube/client.ts';
import type { KubeError } from '../../../operator/kube/errors.ts';
import { type ControlPlane, startControlPlane } from '../../cluster/control-plane.ts';
import { MINIMAL, RULES } from './rules.ts';

const POOLS = '/apis/previews.mobius.dev/v1alpha1/namespaces/default/previewworkerpools';

describe('the CRD on the real API server', function () {
  this.timeout(60_000);
  let cluster: ControlPlane;
  let client: KubeClient;

  before(async () => {
    cluster = await startControlPlane({ controllers: false });
    await cluster.kubectl(['apply', '--server-side', '-f', 'crds/']);
    await cluster.kubectl([
      'wait',
      '--for=condition=Established',
      'crd/previewworkerpools.previews.mobius.dev',
      '--timeout=30s',
    ]);
    client = new KubeClient({
      connection: {
        server: cluster.server,
        ca: cluster.ca,
        token: async () => cluster.adminToken,
        namespace: 'default',
      },
      fieldManager: 'test',
      userAgent: 'test',
    });
  });
  after(async () => {
    await client?.close();
    await cluster?.stop();
  });

  /** Resolves to undefined when accepted, else to the server's message. */
  const submit = (spec: unknown): Promise<string | undefined> =>
    client
      .create(
        POOLS,
        { apiVersion: 'previews.mobius.dev/v1alpha1', kind: 'PreviewWorkerPool', metadata: { name: 'pool' }, spec },
        { dryRun: 'All', fieldValidation: 'Strict' },
      )
      .then(
        () => undefined,
        (error: KubeError) => (error.isInvalid ? error.message : Promise.reject(error)),
      );

  for (const { rule, accepted, refused } of RULES) {
    it(`holds the rule: ${rule}`, async () => {
      expect(await submit({ ...MINIMAL, ...accepted }), 'accepted').to.equal(undefined);
      for (const { spec, at, saying } of refused) {
        const message = await submit({ ...MINIMAL, ...spec });
        expect(message, JSON.stringify(spec)).to.contain(at).and.to.contain(saying);
      }
    });
  }

  it('has a case for every rule written in CEL', async () => {
    const found = new Set<string>();
    const walk = (node: unknown): void => {
      if (typeof node !== 'object' || node === null) return;
      const rules = (node as Record<string, unknown>)['x-kubernetes-validations'];
      if (Array.isArray(rules)) for (const { message } of rules as { message: string }[]) found.add(message);
      for (const value of Object.values(node)) walk(value);
    };
    walk(parse(await readFile('crds/previewworkerpools.yaml', 'utf8')));
    const said = RULES.flatMap(({ refused }) => refused.map(({ saying }) => saying));
    const untested = [...found].filter((message) => !said.some((words) => message.includes(words)));
    expect(untested).to.deep.equal([]);
  });

  it('defaults what is left out and starts the status at generation -1', async () => {
    await cluster.kubectl(['create', 'namespace', 'preview-worker']);
    await cluster.kubectl(['apply', '-f', 'examples/pool.yaml']);
    const pool = JSON.parse(await cluster.kubectl(['get', 'pwp', 'sample', '-n', 'preview-worker', '-o', 'json']));
    expect(pool.status).to.deep.equal({ observedGeneration: -1 });
    expect(pool.spec.worker.perJob).to.include({ timeoutSeconds: 30, memory: '512Mi', pixels: 50_000_000 });
    expect(pool.spec.queue.prefix).to.equal('bull');
  });

  it('prints at most 120 characters a line', async () => {
    const table = await cluster.kubectl(['get', 'pwp', '-n', 'preview-worker']);
    for (const line of table.split('\n')) expect(line.length).to.be.at.most(120);
    expect(table.split('\n')[0]).to.match(/^NAME +READY +STATUS +REPLICAS +QUEUE +MODE +AGE$/);
  });

  it('explains its fields', async () => {
    expect(await cluster.kubectl(['explain', 'pwp.spec.worker.slots'])).to.contain('one process each');
  });
});
