import { Command, InvalidArgumentError } from 'commander';
import { unlessNotFound } from '../../kube/errors.ts';
import { pathOf } from '../../kube/object.ts';
import { MANAGED_BY } from '../../pool/names.ts';
import { POOLS, type Pool } from '../../pool/pool.ts';
import type { PoolLoadView } from '../../queue-api/pool-load.ts';
import { askQueue, loadsPath, QUEUES_VERSION } from '../ask-queue.ts';
import { type Cluster, type ClusterFlags, checkName, inCluster, withClusterFlags } from '../cluster.ts';
import { operatorPods } from '../operator-pods.ts';
import { printJson, withJson } from '../output.ts';
import { apiServerFinding, apiServicesFindings, crdFinding } from './api-server.ts';
import { eachOnce, failed, findingText, ok, see, skipped } from './finding.ts';
import { type Look, look } from './look.ts';
import { operatorAt, operatorFindings, rightsFinding } from './operator.ts';
import type { EventObject } from './pods.ts';
import { poolLooks, type Shared } from './pool-looks.ts';
import type { DoctorReport, Finding } from './report.generated.ts';
import { kindsServed } from './served.ts';

interface Options extends ClusterFlags {
  readonly operatorNamespace: string;
  readonly operator?: string;
  readonly timeout: number;
  readonly output?: 'json';
}

/** More are told of, and not looked at one by one. */
const MOST_POOLS = 50;

const ABOUT = `
Examples:
  kubectl pwp doctor             # the operator, and all pools of the namespace
  kubectl pwp doctor photos -n media -o json

It changes nothing, and no content of a Secret comes to this machine. Exit 0: nothing is wrong. 1: something is. 2: the cluster
can not be asked, or nothing was found and something could not be looked at, which then says what right that takes.`;

export const doctorCommand = () =>
  withJson(withClusterFlags(new Command('doctor')))
    .description('looks for what is wrong with the operator and with pools, and says what to do about it')
    .argument('[pool]', 'name of one pool')
    .option('--operator-namespace <name>', 'where the operator runs', MANAGED_BY)
    .option('--operator <url>', 'address of an operator’s /metrics, where it is no pod')
    .option('--timeout <seconds>', 'longest time of a look', secondsOf, 10)
    .addHelpText('after', ABOUT)
    .action(doctor);

async function doctor(name: string | undefined, options: Options): Promise<void> {
  const { operator, operatorNamespace, output } = options;
  for (const given of [...(name === undefined ? [] : [name]), operatorNamespace]) checkName(given);
  if (operator !== undefined && !/^https?:$/.test(URL.parse(operator)?.protocol ?? ''))
    throw new Error(`--operator ${operator} is no address: write it as http://127.0.0.1:8080`);
  // A review of rights is sent as if it were something to create, and creates nothing.
  const report = await inCluster(options, (cluster) => reportOf(cluster, name, options), { writes: true }).catch(
    ({ message }: Error) => noCluster(name, message),
  );
  if (output === 'json') printJson(report);
  else process.stdout.write(report.findings.map((finding) => `${findingText(finding)}\n`).join(''));
  process.exitCode = exitCodeOf(report.findings);
}

/** What nobody could look at is no sign of health. */
export function exitCodeOf(findings: readonly Finding[]): number {
  const has = (...statuses: readonly Finding['status'][]) => findings.some(({ status }) => statuses.includes(status));
  if (findings.some(({ check, status }) => check === 'api-server' && status !== 'ok')) return 2;
  if (has('failed', 'warning')) return 1;
  return has('skipped') ? 2 : 0;
}

/** Without a kubeconfig, or with one that can not be read. */
const noCluster = (name: string | undefined, message: string): DoctorReport => ({
  version: 1,
  target: name === undefined ? 'pools' : `pool ${name}`,
  findings: [see(failed('api-server', message, 'name a cluster that kubectl reaches'), 'the-operator-does-not-answer')],
});

async function reportOf(cluster: Cluster, name: string | undefined, options: Options): Promise<DoctorReport> {
  const { client, namespace } = cluster;
  const { timeout } = options;
  const report = (findings: readonly Finding[]): DoctorReport => ({
    version: 1,
    target: name === undefined ? `the pools of ${namespace}` : `pool ${namespace}/${name}`,
    findings: eachOnce(findings),
  });
  const first = await look(
    { check: 'api-server', right: 'get /version', work: (signal) => apiServerFinding(client, signal) },
    timeout,
  );
  if (first.some(({ status }) => status !== 'ok'))
    return report(first.map((finding) => see({ ...finding, status: 'failed' }, 'the-operator-does-not-answer')));
  const [ofCluster, ofPools] = await Promise.all([
    Promise.all(clusterLooks(cluster, options).map((one) => look(one, timeout))),
    poolsFindings(cluster, name, timeout),
  ]);
  return report([...first, ...ofCluster.flat(), ...ofPools]);
}

function clusterLooks({ client, namespace }: Cluster, { operator, operatorNamespace }: Options): Look[] {
  const inTheirs = `in the namespace ${operatorNamespace}`;
  return [
    { check: 'crd', right: 'ask discovery', work: (signal) => crdFinding(client, signal) },
    { check: 'apis', right: 'ask discovery', work: (signal) => apiServicesFindings(client, signal) },
    ...(operator === undefined
      ? [
          {
            check: 'operator',
            right: `list pods and get leases ${inTheirs}`,
            work: (signal: AbortSignal) =>
              operatorFindings(client, { namespace: operatorNamespace, now: Date.now() }, signal),
          },
          {
            check: 'rights',
            right: 'create subjectaccessreviews in the whole cluster',
            work: async (signal: AbortSignal): Promise<Finding[]> => {
              const [pod] = await operatorPods(client, operatorNamespace, signal);
              if (pod === undefined) return [];
              const account = pod.spec.serviceAccountName ?? 'default';
              const user = `system:serviceaccount:${operatorNamespace}:${account}`;
              return [await rightsFinding(client, { namespace, user }, signal)];
            },
          },
        ]
      : [{ check: 'operator', right: '', work: (signal: AbortSignal) => operatorAt(operator, signal) }]),
  ];
}

async function poolsFindings(cluster: Cluster, name: string | undefined, seconds: number): Promise<Finding[]> {
  const { client, namespace } = cluster;
  let pools: readonly Pool[] = [];
  const found = await look(
    {
      check: 'pools',
      right: 'list previewworkerpools',
      work: async (signal) => {
        const path = pathOf(POOLS, { namespace, ...(name === undefined ? {} : { name }) });
        pools =
          name === undefined
            ? (await client.list<Pool>(path, {}, signal)).items
            : [await client.get<Pool>(path, { signal }).catch(unlessNotFound)].filter((pool) => pool !== undefined);
        if (pools.length > 0)
          return pools.length > MOST_POOLS
            ? [skipped('pools', `${pools.length} pools: the first ${MOST_POOLS} are looked at`, 'name one')]
            : [];
        const words =
          name === undefined
            ? `no pools in the namespace ${namespace}`
            : `there is no pool ${name} in the namespace ${namespace}`;
        return [
          name === undefined
            ? ok('pools', words)
            : see(failed('pools', words, 'kubectl pwp status -A lists all'), 'get-pwp-says-false'),
        ];
      },
    },
    seconds,
  );
  const shared = sharedOf(cluster, pools, seconds);
  const each = await Promise.all(
    pools.slice(0, MOST_POOLS).map(async (pool) => {
      const looks = await Promise.all(poolLooks(cluster, pool, shared).map((one) => look(one, seconds)));
      return looks.flat().map((finding) => ({ ...finding, subject: pool.metadata.name }));
    }),
  );
  return [...found, ...each.flat()];
}

function sharedOf(cluster: Cluster, pools: readonly Pool[], seconds: number): Shared {
  const { client, namespace } = cluster;
  const signal = AbortSignal.timeout(seconds * 1000);
  const shared: Shared =
    pools.length === 0
      ? { loads: Promise.resolve([]), warnings: Promise.resolve([]), monitoring: Promise.resolve([]) }
      : {
          loads: loadsOf(cluster, signal),
          warnings: client
            .list<EventObject>(
              pathOf({ group: 'events.k8s.io', version: 'v1', plural: 'events' }, { namespace }),
              { fieldSelector: 'type=Warning' },
              signal,
            )
            .then(({ items }) => items),
          monitoring: kindsServed(client, 'monitoring.coreos.com/v1', signal).then((kinds) => kinds ?? []),
        };
  // Each is told by the looks that wait for it.
  for (const one of Object.values(shared)) (one as Promise<unknown>).catch(() => {});
  return shared;
}

/** An operator of single namespaces serves none. */
async function loadsOf(cluster: Cluster, signal: AbortSignal): Promise<readonly PoolLoadView[] | undefined> {
  if ((await kindsServed(cluster.client, QUEUES_VERSION, signal)) === undefined) return undefined;
  const path = loadsPath(cluster.namespace);
  return (await askQueue<{ items: readonly PoolLoadView[] }>(cluster, path, {}, signal)).items;
}

function secondsOf(text: string): number {
  if (!/^\d{1,3}$/.test(text) || Number(text) === 0)
    throw new InvalidArgumentError('it has to be a whole number of seconds, 1 to 999');
  return Number(text);
}
