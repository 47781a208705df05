/** observe → desired → plan → execute → report. A request holds only a name; everything else is looked up. */
import type { Child } from '../desired/child.ts';
import { type Alerting, desiredChildren } from '../desired/index.ts';
import type { KubeClient } from '../kube/client.ts';
import type { EventRecorder } from '../kube/events.ts';
import type { KubeObject } from '../kube/object.ts';
import type { OptionalKinds } from '../kube/optional-kinds.ts';
import type { Store } from '../kube/store.ts';
import type { Metrics } from '../metrics.ts';
import { cpuLeftOut, isScaleInAhead } from '../pool/autoscaler-state.ts';
import type { DeploymentState } from '../pool/deployment-state.ts';
import type { Facts } from '../pool/facts.ts';
import { names, podIndexKey, selectorLabels } from '../pool/names.ts';
import { isLeftAlone, type Pool } from '../pool/pool.ts';
import { notServed, type OptionalProblem, specProblem } from '../pool/problems.ts';
import { providerOf, type Usabilities, withProvider } from '../pool/provider.ts';
import { isUsable } from '../pool/redis-state.ts';
import { isAskedAgain, withImageToRun } from '../pool/rollout.ts';
import type { WorkerPod } from '../pool/worker-pod.ts';
import type { ReconcileResult } from '../runtime/controller.ts';
import { activation } from '../scaling/activator.ts';
import { type Demands, isFollowed } from '../scaling/demands.ts';
import type { IdleFirst } from '../scaling/idle-first.ts';
import { execute } from './execute.ts';
import { LastStatus } from './last-status.ts';
import { CHILD_TYPES, isStillThere, KEDA, observeAnew, observeChildren } from './observe.ts';
import { observeRedis, type RedisWatch } from './observe-redis.ts';
import { childKey, plan } from './plan.ts';
import { report } from './report.ts';
import { missingStorageSecrets } from './storage-secrets.ts';
import { isOperatorsChange, type UpgradeWave } from './upgrade-wave.ts';

export interface ReconcilerOptions {
  readonly client: KubeClient;
  readonly events: EventRecorder;
  readonly pools: Store<Pool>;
  /** By kind. */
  readonly children: Readonly<Record<string, Store<KubeObject>>>;
  /** With the index POD_INDEX. */
  readonly pods: Store<WorkerPod>;
  readonly redis: RedisWatch;
  /** Kinds that may be absent. */
  readonly optional: Pick<OptionalKinds, 'serves' | 'look'>;
  readonly demandUrl: string;
  /** What a pool runs that names no image. */
  readonly defaultImage: string;
  readonly alerting: Alerting;
  readonly metrics: Pick<Metrics, 'rolledBack' | 'forget'>;
  /** Of those that scale where the cluster has them. */
  readonly usabilities: () => Usabilities;
  /** Whether a HorizontalPodAutoscaler can be told of CPU. */
  readonly hasCpuMetrics: () => boolean;
  readonly demands: Pick<Demands, 'follow' | 'forget' | 'next'>;
  readonly idleFirst: Pick<IdleFirst, 'mark' | 'keepMarked' | 'forget'>;
  readonly wave: Pick<UpgradeWave, 'enter' | 'seen' | 'forget'>;
  readonly now: () => Date;
}

/** Of the pods' store: the pods of a pool, by `podIndexKey`. */
export const POD_INDEX = 'pool';

/** Nobody tells us when Redis or a Secret goes or comes back: seconds between two looks. */
const LOOK_AGAIN = { connected: 30, thinningOut: 10, otherwise: 5 } as const;

export function createReconciler(options: ReconcilerOptions): (key: string) => Promise<ReconcileResult> {
  const { client, pools, children, pods, redis, optional, defaultImage, metrics, wave, demands, idleFirst } = options;
  const lastStatus = new LastStatus();
  return async (key) => {
    const cached = pools.get(key);
    const found = cached && lastStatus.newest(key, cached);
    const reporting = { ...options, onWritten: (written: Pool) => lastStatus.note(key, written) };
    // Gone or going: the garbage collector follows the owner references.
    if (!found || found.metadata.deletionTimestamp) {
      lastStatus.forget(key);
      metrics.forget(key);
      wave.forget(key);
      demands.forget(key);
      idleFirst.forget(key);
      redis.connections.release(key);
      redis.neighbours.forget(key);
      return {};
    }
    const pool = withProvider(
      { ...found, spec: { ...found.spec, image: found.spec.image ?? defaultImage } },
      providerOf(found, options.usabilities()),
    );
    const selector = Object.entries(selectorLabels(pool))
      .map(([name, value]) => `${name}=${value}`)
      .join(',');
    if (isLeftAlone(pool)) {
      demands.forget(key);
      redis.connections.release(key);
      redis.neighbours.note(key, pool.spec.queue);
      await report(reporting, {
        pool,
        selector,
        deployment: undefined,
        problem: undefined,
        pods: [],
        missingSecrets: [],
        waits: undefined,
        redis: { reason: 'Connected', message: '' },
      });
      return {};
    }

    const { demandUrl, alerting } = options;
    const surroundings = { demandUrl, alerting, hasCpuMetrics: options.hasCpuMetrics() };
    const desired = desiredChildren(withImageToRun(pool), surroundings);
    const poolPods = pods.byIndex(POD_INDEX, podIndexKey(pool));
    const isOptional = (kind: string) => CHILD_TYPES[kind]?.optional === true;
    const serves = (kind: string) => !isOptional(kind) || optional.serves(kind);
    const kinds = { isOptional, serves };
    const [seen, { load, ...asked }, missingSecrets] = await Promise.all([
      observeChildren(
        client,
        children,
        pool,
        desired.filter(({ kind }) => serves(kind)),
      ),
      observeRedis(client, redis, pool, poolPods),
      missingStorageSecrets(client, pool),
    ]);
    const followed = isFollowed(pool) ? await demands.follow(pool, load) : undefined;
    if (followed === undefined) demands.forget(key);
    const scaling = (live: number) => (followed ? demands.next(key, live) : activation(pool, live, undefined));
    const deployment = desired.find(({ kind }) => kind === 'Deployment');
    const deploymentKey = deployment ? childKey(deployment) : '';
    // Who owns the replicas, and how many there are, is nothing to be wrong about.
    const live =
      seen.has(deploymentKey) &&
      plan(pool, desired, seen, kinds, scaling).steps.some(({ child }) => child.kind === 'Deployment')
        ? await observeAnew(client, seen, scaledChildren(pool))
        : seen;
    const { steps, problem, optionalProblems, unserved } = plan(pool, desired, live, kinds, scaling);
    // Its watch will tell.
    if (steps.length > 0 && !(await isStillThere(client, pool))) return { requeueAfterSeconds: LOOK_AGAIN.otherwise };
    const before = live.get(deploymentKey) as DeploymentState | undefined;
    const waits =
      deployment && isOperatorsChange(pool, deployment, before) ? wave.enter(key, pool.spec.image) : undefined;
    const liveWorkers = before?.spec?.replicas ?? 0;
    const [next = 0] = steps.flatMap((step) => (step.verb === 'scale' ? [step.replicas] : []));
    if (next > 0) await idleFirst.mark(pool, liveWorkers - next);
    // The status forgets the failed image first: after the Deployment's change nothing would tell that it was asked for.
    const isTriedAgain = isAskedAgain(pool, before);
    const outcome = await execute(
      client,
      isTriedAgain ? [] : steps.filter(({ verb, child }) => !waits || verb === 'scale' || isHarmless(child, live)),
    );
    const { failure } = outcome;
    // A spec that was carried out once is worth no word when a write of ours fails: its workers go on.
    if (failure && (failure.isConflict || pool.status?.observedGeneration === pool.metadata.generation)) throw failure;
    // What was refused may have gone since the last look.
    if (outcome.optionalProblems.length > 0) void optional.look();
    const autoscaler = live.get(`HorizontalPodAutoscaler/${names.autoscaler(pool)}`);
    const { auto } = pool.spec.scaling;
    // Of the load that it goes by nothing is known here, only what it makes of it.
    const isThinningOut = auto?.provider === 'CPU' && isScaleInAhead(autoscaler);
    if (isThinningOut) void idleFirst.keepMarked(pool, liveWorkers - Math.max(1, auto.minReplicas));
    const facts: Facts = {
      pool,
      selector,
      deployment: (outcome.written.get(deploymentKey) ?? before) as DeploymentState | undefined,
      waits,
      problem: problem ?? outcome.problem ?? specProblem(pool),
      failure: failure?.message,
      pods: poolPods,
      missingSecrets,
      ...asked,
      sharedWith: redis.neighbours.of(key, pools.size),
      following: followed?.verdict,
      autoscaler,
      cpuLeftOut: cpuLeftOut(pool, surroundings.hasCpuMetrics),
      ...optionalFacts(desired, live, {
        unserved,
        problems: [...optionalProblems, ...outcome.optionalProblems],
      }),
    };
    if (waits === undefined) wave.seen(key, facts.deployment);
    const { failedImage } = await report(reporting, facts);
    if (failedImage !== undefined && failedImage !== pool.status?.failedImage) metrics.rolledBack(key);
    if (failure) throw failure;
    const whole = isUsable(asked.redis) && missingSecrets.length === 0;
    const lookAgain = isThinningOut ? LOOK_AGAIN.thinningOut : LOOK_AGAIN.connected;
    return { requeueAfterSeconds: whole ? lookAgain : LOOK_AGAIN.otherwise };
  };
}

/** What became of the children that a pool works without: of monitoring, and of KEDA. */
function optionalFacts(
  desired: readonly Child[],
  live: ReadonlyMap<string, KubeObject>,
  { unserved, problems }: { unserved: readonly string[]; problems: readonly OptionalProblem[] },
): Pick<Facts, 'monitoring' | 'keda'> {
  const isOfKeda = (kind: string) => CHILD_TYPES[kind]?.group === KEDA.group;
  const isOfMonitoring = (kind: string) => CHILD_TYPES[kind]?.optional === true && !isOfKeda(kind);
  const scaledObject = desired.find(({ kind }) => isOfKeda(kind));
  const absent = unserved.filter(isOfKeda);
  return {
    ...(desired.some(({ kind }) => isOfMonitoring(kind))
      ? {
          monitoring: {
            unserved: unserved.filter(isOfMonitoring),
            problem: problems.find(({ kind }) => isOfMonitoring(kind)),
          },
        }
      : {}),
    ...(scaledObject
      ? {
          keda: {
            scaledObject: live.get(childKey(scaledObject)),
            problem: absent.length > 0 ? notServed(absent) : problems.find(({ kind }) => isOfKeda(kind))?.message,
          },
        }
      : {}),
  };
}

/** What writes the replicas, and the Deployment: last, for its number has to be the newest. */
const scaledChildren = (pool: Pool) =>
  [
    { kind: 'HorizontalPodAutoscaler', metadata: { ...pool.metadata, name: names.autoscaler(pool) } },
    { kind: 'Deployment', metadata: { ...pool.metadata, name: names.deployment(pool) } },
  ] as const;

/** Pods that run read the worker's configuration of their own template; one that is missing they can not start without. */
function isHarmless(child: Pick<Child, 'kind' | 'metadata'>, live: ReadonlyMap<string, KubeObject>): boolean {
  return !['Deployment', 'ConfigMap'].includes(child.kind) || !live.has(childKey(child));
}
