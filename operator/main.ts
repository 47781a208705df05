#!/usr/bin/env -S node --max-semi-space-size=2 --optimize-for-size
/** The operator's process: constructs everything, runs until SIGTERM or SIGINT, ends in order. */
import { randomUUID } from 'node:crypto';
import { serve } from './http.ts';
import { KubeClient, type KubeRequest } from './kube/client.ts';
import { loadConnection } from './kube/credentials.ts';
import { KubeError } from './kube/errors.ts';
import { EventRecorder } from './kube/events.ts';
import { Lease } from './kube/lease.ts';
import { type KubeObject, pathOf, type ResourceType } from './kube/object.ts';
import { OptionalKinds } from './kube/optional-kinds.ts';
import { type Change, Store } from './kube/store.ts';
import { Reflector } from './kube/watch.ts';
import { createLog } from './log.ts';
import { Metrics } from './metrics.ts';
import { autoscalerStateOf } from './pool/autoscaler-state.ts';
import { MANAGED_BY, POD_SELECTOR, podIndexKey, poolOfPod } from './pool/names.ts';
import { KIND, POOLS, type Pool } from './pool/pool.ts';
import { type WorkerPod, workerPodOf } from './pool/worker-pod.ts';
import { CHILD_TYPES, MONITORING, OWNER_INDEX, ownerOf } from './reconcile/observe.ts';
import { createReconciler, POD_INDEX } from './reconcile/reconcile.ts';
import { UpgradeWave } from './reconcile/upgrade-wave.ts';
import { RedisConnections } from './redis/connections.ts';
import { Neighbours } from './redis/neighbours.ts';
import { Preflight } from './redis/preflight.ts';
import { Controller } from './runtime/controller.ts';
import { type Lane, WorkQueue } from './runtime/work-queue.ts';
import { readSettings, type Settings } from './settings.ts';

/** Twice the longest watch and some: then a reflector that hears nothing will not mend by itself. */
const STALE_SECONDS = 1_300;
const STOP_SECONDS = 20;
/** How long a CRD that was just installed goes unnoticed. */
const OPTIONAL_LOOK_SECONDS = 10;

async function run(settings: Settings): Promise<void> {
  const log = createLog(settings.logLevel);
  const connection = await loadConnection({
    kubeconfig: settings.kubeconfig,
    context: settings.context,
    ...settings.inCluster,
    environment: settings.environment,
  });
  const queue = new WorkQueue();
  const metrics = new Metrics({ queueDepth: () => queue.depth, pools: () => pools.list() });
  const access = {
    connection,
    fieldManager: MANAGED_BY,
    userAgent: 'preview-worker-operator/0.1.0',
    onRequest: (request: KubeRequest) => metrics.requested(request),
  };
  const client = new KubeClient({ ...access, mayWrite: () => lease === undefined || lease.isHeld });
  const leaseClient = new KubeClient(access);
  const lease = settings.lease
    ? new Lease({
        client: leaseClient,
        namespace: connection.namespace,
        ...settings.lease,
        identity: `${settings.instance}_${randomUUID()}`,
        // Whatever is half done another is doing by now: nothing may go on here.
        onLost: (why) => {
          log.fatal({ why }, 'the Lease is lost; ending');
          log.flush();
          process.exit(1);
        },
        onProblem: ({ reason, message }) => log.warn({ reason, message }, 'the Lease could not be read or renewed'),
      })
    : undefined;
  const events = new EventRecorder({
    client,
    controller: 'previews.mobius.dev/operator',
    instance: settings.instance,
    onProblem: (error) => log.warn({ err: error }, 'an Event could not be written'),
  });
  const redis = { connections: new RedisConnections(), preflight: new Preflight(), neighbours: new Neighbours() };

  const pools = new Store<Pool>({ [POD_INDEX]: (pool) => [podIndexKey(pool)] });
  const pods = new Store<WorkerPod>({ [POD_INDEX]: (pod) => [poolOfPod(pod)] });
  const children: Record<string, Store<KubeObject>> = Object.fromEntries(
    Object.keys(CHILD_TYPES).map((kind) => [kind, new Store<KubeObject>({ [OWNER_INDEX]: ownerOf })]),
  );
  let synced = false;
  let leading = false;
  /** What came before we lead is a backlog: a change that a user makes now goes before it. */
  const lane = (): Lane => (leading ? 'user' : 'resync');
  const onProblem = (error: KubeError) => {
    metrics.watchBroke(error.reason);
    log.warn(
      { reason: error.reason, status: error.status, message: error.message },
      'a list or watch broke; trying again',
    );
  };
  const onPool = ({ key, previous, current }: Change<Pool>) => {
    if (previous && current && !isAsk(previous, current)) return;
    queue.add(key, lane());
  };
  const onChild = ({ previous, current }: Change<KubeObject>) => {
    if (previous && current && contentOf(previous) === contentOf(current)) return;
    const { metadata } = current ?? previous ?? { metadata: { name: '' } };
    const owner = metadata.ownerReferences?.find(({ kind, controller }) => controller && kind === KIND);
    if (owner) queue.add(`${metadata.namespace}/${owner.name}`, lane());
  };

  const onPod = ({ previous, current }: Change<WorkerPod>) => {
    const pod = current ?? previous;
    if (pod === undefined || tellsOf(previous) === tellsOf(current)) return;
    for (const { metadata } of pools.byIndex(POD_INDEX, poolOfPod(pod))) {
      queue.add(`${metadata.namespace}/${metadata.name}`, lane());
    }
  };

  const silenceMs = settings.watchSilenceSeconds * 1000;
  const scopes = settings.watchNamespaces.length > 0 ? settings.watchNamespaces : [undefined];
  const childReflector = (kind: string, namespace: string | undefined, onProblem: (error: KubeError) => void) =>
    new Reflector<KubeObject>({
      client,
      path: pathOf(CHILD_TYPES[kind] as ResourceType, { namespace }),
      namespace,
      query: { labelSelector: `app.kubernetes.io/managed-by=${MANAGED_BY}` },
      store: children[kind] as Store<KubeObject>,
      ...(kind === 'HorizontalPodAutoscaler' ? { project: autoscalerStateOf } : {}),
      onChange: onChild,
      onProblem,
      silenceMs,
    });
  const reflectors = scopes.flatMap((namespace) => [
    new Reflector<Pool>({
      client,
      path: pathOf(POOLS, { namespace }),
      namespace,
      store: pools,
      onChange: onPool,
      onProblem,
      silenceMs,
    }),
    new Reflector<WorkerPod>({
      client,
      path: pathOf({ group: '', version: 'v1', plural: 'pods' }, { namespace }),
      namespace,
      query: { labelSelector: POD_SELECTOR },
      store: pods,
      project: workerPodOf,
      onChange: onPod,
      onProblem,
      silenceMs,
    }),
    ...Object.entries(CHILD_TYPES)
      .filter(([, { optional }]) => !optional)
      .map(([kind]) => childReflector(kind, namespace, onProblem)),
  ]);
  const optional = new OptionalKinds({
    client,
    ...MONITORING,
    everySeconds: OPTIONAL_LOOK_SECONDS,
    followers: Object.fromEntries(
      Object.keys(CHILD_TYPES)
        .filter((kind) => CHILD_TYPES[kind]?.optional)
        .map((kind) => [kind, () => follow(kind)]),
    ),
    onChange: (kind, isServed) => {
      log.info({ kind, isServed }, 'an optional kind came or went');
      for (const { metadata, spec } of pools.list())
        if (spec.monitoring) queue.add(`${metadata.namespace}/${metadata.name}`, 'resync');
    },
    onProblem,
  });
  function follow(kind: string) {
    const own = scopes.map((namespace) =>
      childReflector(kind, namespace, (error) => {
        if (error.isNotFound) void optional.look();
        else onProblem(error);
      }),
    );
    return {
      start: () => {
        for (const reflector of own) reflector.start();
      },
      stop: async () => {
        await Promise.all(own.map((reflector) => reflector.stop()));
        children[kind]?.replace([]);
      },
    };
  }
  const controller = new Controller({
    queue,
    concurrency: settings.concurrency,
    reconcile: createReconciler({
      client,
      events,
      pools,
      children,
      pods,
      redis,
      optional,
      defaultImage: settings.defaultImage,
      metrics,
      wave: new UpgradeWave({
        maxConcurrent: settings.maxConcurrentRollouts,
        pools: () => pools.list(),
        deployments: () => children['Deployment']?.list() ?? [],
        wake: (key) => queue.add(key, 'resync'),
      }),
      now: () => new Date(),
    }),
    retryAfterSeconds: (error) => (error instanceof KubeError ? error.retryAfterSeconds : undefined),
    onResult: (outcome) => {
      metrics.reconciled(outcome);
      const { key, id: reconcileID, seconds } = outcome;
      if (outcome.error !== undefined)
        log.warn({ pool: key, reconcileID, seconds, err: outcome.error }, 'reconcile failed; trying again');
      else log.debug({ pool: key, reconcileID, seconds }, 'reconciled');
    },
  });

  const { server, address } = await serve({
    host: settings.listenHost,
    port: settings.listenPort,
    registry: metrics.registry,
    probes: {
      unhealthy: () =>
        reflectors.some(({ silentSeconds }) => silentSeconds > STALE_SECONDS)
          ? 'a watch has heard nothing for too long'
          : undefined,
      unready: () => (synced ? undefined : 'the caches are not filled yet'),
    },
  });
  log.info({ server: connection.server, address, namespaces: settings.watchNamespaces }, 'operator started');

  let stopping = false;
  const stop = async (signal: string) => {
    log.info({ signal }, 'stopping');
    setTimeout(() => {
      log.error(`not stopped within ${STOP_SECONDS} s`);
      process.exit(1);
    }, STOP_SECONDS * 1000).unref();
    await controller.stop();
    // Only now: until here writes were on their way.
    await lease?.release();
    await optional.stop();
    await Promise.all(reflectors.map((reflector) => reflector.stop()));
    redis.connections.close();
    server.closeAllConnections();
    server.close();
    await Promise.all([client.close(), leaseClient.close()]);
    log.info('stopped');
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      stop(signal).catch((error: unknown) => {
        log.error({ err: error }, 'could not stop in order');
        process.exit(1);
      });
    });
  }

  for (const reflector of reflectors) reflector.start();
  await Promise.all([optional.look(), ...reflectors.map((reflector) => reflector.synced)]);
  synced = true;
  log.info({ pools: pools.size }, 'caches are filled');
  if (lease) {
    metrics.leads(settings.lease?.name ?? '', false);
    if (!(await lease.acquire())) return;
    metrics.leads(settings.lease?.name ?? '', true);
    log.info('this process leads');
  }
  leading = true;
  controller.start();
}

/** What a pod says about its template. */
const tellsOf = (pod: WorkerPod | undefined): string =>
  pod?.failure ? JSON.stringify([pod.template, pod.failure]) : `${pod?.isReady ?? false}`;

/** All that is kept of a child but its version, which also moves with what is not kept. */
const contentOf = (child: KubeObject): string =>
  JSON.stringify({ ...child, metadata: { ...child.metadata, resourceVersion: undefined } });

/** Whether a change asks for something: of our own status writes only that of an image that failed, or is tried again. */
function isAsk(previous: Pool, current: Pool): boolean {
  const asks = ({ metadata, status }: Pool) =>
    JSON.stringify([
      metadata.uid,
      metadata.generation,
      metadata.annotations,
      metadata.deletionTimestamp,
      status?.failedImage,
    ]);
  return asks(previous) !== asks(current) || current.status?.observedGeneration !== current.metadata.generation;
}

try {
  await run(readSettings(process.argv));
} catch (error) {
  process.stderr.write(`preview-worker-operator: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
