/** What GitOps tools make of pools that the operator has written on the real control plane. */
import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { parseAllDocuments } from 'yaml';
import type { Pool } from '../../operator/pool/pool.ts';
import { eventually } from '../cluster/eventually.ts';
import { expectedHealth, type Health, scriptOf } from './customizations.ts';
import { type LivedPools, startLivedPools } from './lived-pools.ts';
import { runLua } from './lua.ts';

interface HealthChecks {
  readonly kind: string;
  readonly inProgress: string;
  readonly failed: string;
  readonly current: string;
}

describe('pools that have lived', function () {
  this.timeout(5 * 60_000);
  let lived: LivedPools;

  before(async () => {
    lived = await startLivedPools();
  });
  after(() => lived?.stop());

  it('are Healthy, Progressing, Degraded or Suspended in Argo CD as their conditions say, with the reason', async () => {
    const pools = [...lived.pools];
    const found = await runLua<Health>(
      scriptOf('health.lua'),
      pools.map(([, pool]) => pool),
    );
    const health = Object.fromEntries(pools.map(([what], at) => [what, found[at]?.status]));
    expect(health).to.deep.equal({
      'not looked at yet': 'Progressing',
      WaitingForWorkers: 'Progressing',
      RollingOut: 'Progressing',
      WorkersReady: 'Healthy',
      ScaledToZero: 'Healthy',
      Unproven: 'Healthy',
      Suspended: 'Suspended',
      ReconcileDisabled: 'Suspended',
      'ReconcileDisabled, a newer spec': 'Suspended',
      TooFewWorkers: 'Degraded',
      SecretNotFound: 'Degraded',
      RedisUnreachable: 'Degraded',
      MemoryTooSmall: 'Degraded',
      NameConflict: 'Degraded',
      PodsRefused: 'Degraded',
    });
    for (const [at, [what, pool]] of pools.entries()) {
      expect(found[at]?.status, what).to.equal(expectedHealth(pool));
      if (/^\w+$/.test(what)) expect(found[at]?.message).to.match(new RegExp(`^${what}: .`));
    }
  });

  it('are Current, Failed or InProgress by the CEL of the example for Flux', async () => {
    const tell = await startEvaluating(await healthChecks());
    const results: Record<string, string> = {};
    for (const [what, pool] of lived.pools) if (what !== 'not looked at yet') results[what] = await tell(pool);
    // This one is gone by now. Flux compares its generations, and asks no expression.
    expect(lived.pools.get('not looked at yet')?.status).to.deep.equal({ observedGeneration: -1 });
    expect(results).to.deep.equal({
      WaitingForWorkers: 'InProgress',
      RollingOut: 'InProgress',
      WorkersReady: 'Current',
      ScaledToZero: 'Current',
      Unproven: 'Current',
      Suspended: 'Current',
      ReconcileDisabled: 'InProgress',
      'ReconcileDisabled, a newer spec': 'InProgress',
      TooFewWorkers: 'Failed',
      SecretNotFound: 'Failed',
      RedisUnreachable: 'Failed',
      MemoryTooSmall: 'Failed',
      NameConflict: 'Failed',
      PodsRefused: 'Failed',
    });
  });

  it('can begin as the example in Git has them', async () => {
    await lived.cluster.kubectl(['apply', '--server-side', '-k', 'examples/gitops/pools']);
    const { kubectl } = lived.cluster;
    await eventually('the pool of the example was looked at', async () =>
      /SecretNotFound/.test(await kubectl(['-n', 'media', 'get', 'pwp', 'photos'])),
    );
  });

  /**
   * The API server's CEL, which is that of Flux (cel-go): as the words of a policy that refuses every change. In the order in which
   * Flux asks, after the generation, which it compares by itself; to a policy \`status\` is \`object.status\`.
   */
  const startEvaluating = async ({ inProgress, failed, current }: HealthChecks) => {
    const { kubectl } = lived.cluster;
    const ours = (expression: string) => `(${expression.replace(/\bstatus(?=\.c)/g, 'object.status')})`;
    const words = [
      ['object.status.observedGeneration != object.metadata.generation', 'InProgress'],
      [ours(inProgress), 'InProgress'],
      [ours(failed), 'Failed'],
      [ours(current), 'Current'],
    ].reduceRight((rest, [expression, word]) => `${expression} ? 'it is ${word}' : ${rest}`, "'it is InProgress'");
    const policy = {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name: 'flux' },
      spec: {
        matchConstraints: {
          resourceRules: [
            {
              ...{ apiGroups: ['previews.mobius.dev'], apiVersions: ['v1alpha1'], operations: ['UPDATE'] },
              resources: ['previewworkerpools'],
            },
          ],
        },
        validations: [{ expression: 'false', message: 'it could not be evaluated', messageExpression: words }],
      },
    };
    const binding = {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name: 'flux' },
      spec: {
        policyName: 'flux',
        validationActions: ['Deny'],
      },
    };
    for (const object of [policy, binding]) await kubectl(['apply', '-f', '-'], { input: JSON.stringify(object) });
    return async ({ metadata: { name, namespace = '' } }: Pool) => {
      const ask = [
        '-n',
        namespace,
        'annotate',
        '--overwrite',
        '--dry-run=server',
        'pwp',
        name,
        'example.com/asked=yes',
      ];
      return eventually(`the policy speaks of ${name}`, async () => {
        const refusal = await kubectl(ask).then(
          () => '',
          (error: Error) => error.message,
        );
        return /it (?:is|could) (\w+)/.exec(refusal)?.[1];
      });
    };
  };
});

async function healthChecks(): Promise<HealthChecks> {
  const documents = parseAllDocuments(await readFile('examples/gitops/flux.yaml', 'utf8')).map((one) => one.toJS());
  const all = documents.flatMap(
    (one: { spec: { healthCheckExprs?: HealthChecks[] } }) => one.spec.healthCheckExprs ?? [],
  );
  const [ours] = all.filter(({ kind }) => kind === 'PreviewWorkerPool');
  if (ours === undefined) throw new Error('the example for Flux has no healthCheckExprs for pools');
  return ours;
}
