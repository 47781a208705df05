import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { parse } from 'yaml';
import { KubeClient } from '../../../operator/kube/client.ts';
import type { Pool } from '../../../operator/pool/pool.ts';
import { specProblem } from '../../../operator/pool/problems.ts';
import { type ControlPlane, startControlPlane } from '../../cluster/control-plane.ts';
import { dryRun, installCrd } from '../operator.ts';
import { SPEC_SCHEMA } from './filled.ts';
import { RULES as COMMON_RULES, complaints } from './rules.ts';
import { TEMPLATE_RULES } from './template-rules.ts';
import { WORKER_RULES } from './worker-rules.ts';

const RULES = [...COMMON_RULES, ...WORKER_RULES, ...TEMPLATE_RULES];

describe('the CRD on the real API server', function () {
  this.timeout(60_000);
  let cluster: ControlPlane;
  let client: KubeClient;

  before(async () => {
    cluster = await startControlPlane({ controllers: false });
    await installCrd(cluster);
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

  const submit = (spec: unknown) => dryRun(client, spec);

  for (const rule of RULES) {
    it(`holds the rule: ${rule.rule}`, async () => {
      expect(await complaints(rule, submit)).to.deep.equal([]);
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

  it('accepts the example that uses most of the API, as it stands', async () => {
    const apply = ['apply', '--server-side', '--validate=strict', '-f', 'examples/complete.yaml', '-o', 'json'];
    const { spec } = JSON.parse(await cluster.kubectl(apply)) as { spec: object };
    const given = parse(await readFile('examples/complete.yaml', 'utf8')) as { spec: object };
    const { properties = {} } = SPEC_SCHEMA;
    // What excludes another field or takes the pool out of work is not shown.
    const left = Object.keys(properties).filter(
      (name) => !(name in given.spec) && !['suspend', 'monitoring'].includes(name),
    );
    expect(left).to.deep.equal([]);
    expect(specProblem({ metadata: { name: 'complete' }, spec } as Pool)).to.equal(undefined);
    const { template } = given.spec as { template: object };
    const missing = Object.keys(properties['template']?.properties ?? {}).filter((name) => !(name in template));
    expect(missing).to.deep.equal(['runtimeClassName']);
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
