/** All looks at one pool. */
import { unlessNotFound } from '../../kube/errors.ts';
import { pathOf } from '../../kube/object.ts';
import { isLeftAlone, type Pool } from '../../pool/pool.ts';
import type { PoolLoadView } from '../../queue-api/pool-load.ts';
import { type Cluster, podsOf, selectorOf } from '../cluster.ts';
import type { Autoscaler } from '../explain/facts.ts';
import { AUTOSCALERS, autoscalerOf } from '../explain/look.ts';
import { conditionFindings } from './conditions.ts';
import { ok, see, warning } from './finding.ts';
import type { Look } from './look.ts';
import { type EventObject, eventFinding, podFindings } from './pods.ts';
import { autoscalerFinding, loadFinding } from './queue.ts';
import { secretsFindings } from './secrets.ts';

/** Asked for once for all pools of the namespace. */
export interface Shared {
  /** Undefined where nobody serves them. */
  readonly loads: Promise<readonly PoolLoadView[] | undefined>;
  readonly warnings: Promise<readonly EventObject[]>;
  readonly monitoring: Promise<readonly string[]>;
}

export function poolLooks(cluster: Cluster, pool: Pool, { loads, warnings, monitoring }: Shared): Look[] {
  const { client, namespace } = cluster;
  const { name } = pool.metadata;
  const selector = selectorOf(pool);
  const autoscaler = pool.spec.suspend ? undefined : autoscalerOf(pool);
  return [
    {
      check: 'conditions',
      right: 'get previewworkerpools',
      work: async () => conditionFindings(pool, selector),
    },
    {
      check: 'secrets',
      right: 'get secrets',
      work: (signal) => secretsFindings(client, pool, signal),
    },
    {
      check: 'pods',
      right: 'list pods',
      work: async (signal) => podFindings(await podsOf(cluster, pool, signal), Date.now()),
    },
    {
      check: 'events',
      right: 'list events',
      work: async () => eventFinding(pool, await warnings, Date.now()),
    },
    ...(pool.spec.suspend || isLeftAlone(pool)
      ? []
      : [
          {
            check: 'load',
            right: 'list loads of queues.previews.mobius.dev',
            work: async () => {
              const known = await loads;
              return known
                ? loadFinding(
                    pool,
                    known.find(({ metadata }) => metadata.name === name),
                  )
                : [];
            },
          },
        ]),
    ...(autoscaler === undefined
      ? []
      : [
          {
            check: 'autoscaler',
            right: 'get horizontalpodautoscalers',
            work: async (signal: AbortSignal) =>
              autoscalerFinding(
                pool,
                await client
                  .get<Autoscaler>(pathOf(AUTOSCALERS, { namespace, name: autoscaler }), { signal })
                  .catch(unlessNotFound),
                selector,
              ),
          },
        ]),
    { check: 'monitoring', right: 'ask discovery', work: async () => monitoringFinding(pool, await monitoring) },
  ];
}

/** What is wrong with it the conditions say; here is what the pool asks for. */
function monitoringFinding({ spec: { monitoring } }: Pool, served: readonly string[]) {
  const asked = [
    ...(monitoring?.serviceMonitor?.enabled ? ['ServiceMonitor'] : []),
    ...(monitoring?.alerts?.enabled ? ['PrometheusRule'] : []),
  ];
  if (asked.length === 0) return ok('monitoring', 'the pool asks for none');
  const absent = asked.filter((kind) => !served.includes(kind));
  const said = `the pool asks for ${asked.join(' and ')}`;
  if (absent.length === 0) return ok('monitoring', said);
  const remedy = 'install the Prometheus Operator, or take spec.monitoring away';
  return see(warning('monitoring', `${said}; nobody serves ${absent.join(' and ')}`, remedy), 'CRDNotInstalled');
}
