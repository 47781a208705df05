#!/usr/bin/env -S node --max-semi-space-size=2 --optimize-for-size
/** The operator's process: constructs everything, runs until SIGTERM or SIGINT, ends in order. */
import { randomUUID } from 'node:crypto';
import { serve } from './http.ts';
import { AggregatedServer } from './kube/aggregated-server.ts';
import { ApiServiceLooks } from './kube/api-service.ts';
import { KubeClient, type KubeRequest } from './kube/client.ts';
import { loadConnection } from './kube/credentials.ts';
import { KubeError, unlessNotFound } from './kube/errors.ts';
import { EventRecorder } from './kube/events.ts';
import { Lease } from './kube/lease.ts';
import { keyOf, pathOf } from './kube/object.ts';
import { createLog } from './log.ts';
import { Metrics } from './metrics.ts';
import { MANAGED_BY, podIndexKey } from './pool/names.ts';
import type { Pool } from './pool/pool.ts';
import { providerOf, type Usabilities, withProvider } from './pool/provider.ts';
import { DELETION_COST } from './pool/worker-pod.ts';
import { queueApi } from './queue-api/api.ts';
import { createReconciler, POD_INDEX } from './reconcile/reconcile.ts';
import { redisEndpoint } from './reconcile/redis-endpoint.ts';
import { UpgradeWave } from './reconcile/upgrade-wave.ts';
import { readBusyWorkers } from './redis/busy-workers.ts';
import { RedisConnections } from './redis/connections.ts';
import { Neighbours } from './redis/neighbours.ts';
import { Preflight } from './redis/preflight.ts';
import { QueueEvents } from './redis/queue-events.ts';
import { Controller } from './runtime/controller.ts';
import { type Lane, WorkQueue } from './runtime/work-queue.ts';
import { Answers } from './scaling/answers.ts';
import { ApiState } from './scaling/api-state.ts';
import { Demands } from './scaling/demands.ts';
import { IdleFirst } from './scaling/idle-first.ts';
import { readLoad } from './scaling/load.ts';
import { Loads } from './scaling/loads.ts';
import { API_SERVICE, metricsApi } from './scaling/metrics-api.ts';
import { CPU_API_SERVICE, isAvailable, isKedas } from './scaling/metrics-owner.ts';
import { readSettings, type Settings } from './settings.ts';
import { VERSION } from './version.ts';
import { Watches } from './watches.ts';

/** Twice the longest watch and some: then a reflector that hears nothing will not mend by itself. */
const STALE_SECONDS = 1_300;
const STOP_SECONDS = 20;
const OWNER_LOOK_SECONDS = 60;
/** As long a HorizontalPodAutoscaler may be held by a metric that went. */
const CPU_LOOK_SECONDS = 5;

async function run(settings: Settings): Promise<void> {
  const log = createLog(settings.logLevel);
  const connection = await loadConnection({
    kubeconfig: settings.kubeconfig,
    context: settings.context,
    ...settings.inCluster,
    environment: settings.environment,
  });
  const queue = new WorkQueue();
  const metrics = new Metrics({
    queue,
    watchSilence: () => watches.silentSeconds,
    pools: () => watches.pools.list(),
    loadOf: (pool) => loads.of(pool),
  });
  const access = {
    connection,
    fieldManager: MANAGED_BY,
    userAgent: `preview-worker-operator/${VERSION}`,
    onRequest: (request: KubeRequest) => metrics.requested(request),
  };
  const client = new KubeClient({ ...access, mayWrite: () => lease === undefined || lease.isHeld });
  /** For what a standby writes too: its Lease, and questions that are asked by POST. */
  const ungated = new KubeClient(access);
  const lease = settings.lease
    ? new Lease({
        client: ungated,
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

  const loads = new Loads({
    pools: () => watches.pools.list(),
    connections: redis.connections,
    endpointOf: async (pool) => {
      const endpoint = await redisEndpoint(client, pool);
      // Reconciling does so where we lead.
      if (!leading) redis.neighbours.note(keyOf(pool), pool.spec.queue, 'reason' in endpoint ? undefined : endpoint);
      return endpoint;
    },
    everySeconds: settings.queueReadSeconds,
    onProblem: (pool, message) =>
      message === undefined
        ? log.info({ pool }, 'the load of its queue is read again')
        : log.warn({ pool, message }, 'the load of its queue can not be read'),
  });

  let synced = false;
  let leading = false;
  /** What came before we lead is a backlog: a change that a user makes now goes before it. */
  const lane = (): Lane => (leading ? 'user' : 'resync');
  const watches = new Watches({
    client,
    namespaces: settings.watchNamespaces,
    silenceMs: settings.watchSilenceSeconds * 1000,
    onPool: (key) => {
      queue.add(key, lane());
      if (!leading) answers.followAlong(key);
    },
    onOptionalKind: (kind, isServed) => {
      log.info({ kind, isServed }, 'an optional kind came or went');
      for (const { metadata, spec } of watches.pools.list())
        if (spec.monitoring || spec.scaling.mode === 'Auto')
          queue.add(`${metadata.namespace}/${metadata.name}`, 'resync');
    },
    onProblem: (error) => {
      metrics.watchBroke(error.reason);
      log.warn(
        { reason: error.reason, status: error.status, message: error.message },
        'a list or watch broke; trying again',
      );
    },
  });
  const { pools, pods, children, optional } = watches;
  const queueEvents = new QueueEvents({
    onEvent: (key) => void demands.stir(key),
    onProblem: (error) => log.warn({ reason: error.message }, 'events of queues could not be read; trying again'),
  });
  const idleFirst = new IdleFirst({
    pods: (pool) => pods.byIndex(POD_INDEX, podIndexKey(pool)),
    busy: (pool) =>
      redis.connections.askAgain(keyOf(pool), (connection) => readBusyWorkers(connection, pool.spec.queue)),
    write: ({ metadata: { namespace } }, { pod: name, cost }) =>
      client
        .mergePatch(pathOf({ group: '', version: 'v1', plural: 'pods' }, { namespace, name }), {
          metadata: { annotations: { [DELETION_COST]: cost } },
        })
        .catch(unlessNotFound),
    mayWrite: () => leading,
    onProblem: (error) => log.warn({ err: error }, 'idle workers could not be marked before a scale-in; it goes on'),
  });
  const demands = new Demands({
    read: ({ metadata, spec }) =>
      redis.connections.askAgain(keyOf({ metadata }), (connection) => readLoad(connection, spec.queue)),
    listen: ({ metadata, spec: { queue } }, yes) => {
      const key = keyOf({ metadata });
      const endpoint = redis.connections.endpointOf(key);
      if (yes && leading && endpoint) queueEvents.follow(key, endpoint, `${queue.prefix}:${queue.name}:events`);
      else queueEvents.forget(key);
    },
    workersOf: (key) => watches.workersOf(key),
    othersOn: (pool) =>
      redis.neighbours.on(keyOf(pool)).flatMap((key) => {
        const other = pools.get(key);
        return other === undefined || other.metadata.deletionTimestamp ? [] : [asDecided(other)];
      }),
    wake: (key) => queue.add(key, 'user'),
    spare: (pool, workers) => void idleFirst.keepMarked(pool, workers),
  });
  const { externalMetrics, aggregatedApi } = settings;
  let lastProblem = '';
  const aggregated =
    aggregatedApi &&
    new AggregatedServer({
      client: ungated,
      namespace: connection.namespace,
      secret: aggregatedApi.name,
      service: aggregatedApi.name,
      mayRenew: () => lease === undefined || lease.isHeld,
      host: settings.listenHost,
      port: aggregatedApi.port,
      apis: [
        ...(externalMetrics ? [metricsApi((key): Promise<number> => answers.metric(key))] : []),
        ...(settings.queueApi
          ? [
              queueApi({
                pools,
                connections: redis.connections,
                loadOf: (key) => loads.of(key),
                isSynced: () => synced,
                onRetried: (retried) => log.info(retried, 'failed jobs were given back to their queue'),
              }),
            ]
          : []),
      ],
      onProblem: (error) => {
        // Looked at every few seconds while it lasts.
        if (error.message !== lastProblem) log.warn({ err: error }, 'the aggregated API has a problem');
        lastProblem = error.message;
      },
    });
  /** A Role of one namespace gives no right to look. */
  const mayLook = settings.watchNamespaces.length === 0;
  const metricsOwner = mayLook
    ? new ApiServiceLooks({
        client,
        name: API_SERVICE,
        read: isKedas,
        everySeconds: OWNER_LOOK_SECONDS,
        onProblem: ({ message }) => log.warn({ message }, 'whose the external metrics are can not be read'),
      })
    : undefined;
  const cpuMetrics = mayLook
    ? new ApiServiceLooks({
        client,
        name: CPU_API_SERVICE,
        read: isAvailable,
        everySeconds: CPU_LOOK_SECONDS,
        onChange: (isServed) => {
          log.info({ isServed }, 'metrics of CPU came or went');
          for (const pool of watches.pools.list())
            if (pool.spec.scaling.auto?.targetCPUUtilizationPercentage !== undefined) queue.add(keyOf(pool), 'resync');
        },
        onProblem: ({ message }) => log.warn({ message }, 'whether there are metrics of CPU can not be read'),
      })
    : undefined;
  const states = {
    ExternalMetrics: new ApiState(
      aggregated && externalMetrics
        ? () => aggregated.ownershipOf(API_SERVICE) && aggregated.ownershipOf(API_SERVICE) === 'ours'
        : undefined,
    ),
    KEDA: new ApiState(metricsOwner && (() => metricsOwner.known && optional.serves('ScaledObject'))),
  };
  const usabilities = (): Usabilities => ({
    ExternalMetrics: states.ExternalMetrics.now(),
    KEDA: states.KEDA.now(),
  });
  const asDecided = (pool: Pool): Pool => withProvider(pool, providerOf(pool, usabilities()));
  const answers = new Answers({
    pools,
    byPodIndexKey: (key) => pools.byIndex(POD_INDEX, key)[0],
    demands,
    idleFirst,
    liveOf: (key) => watches.workersOf(key)?.live ?? 0,
    asDecided,
    instance: settings.instance,
    isSynced: () => synced,
    isLeading: () => leading,
    servesMetrics: externalMetrics,
  });
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
      demands,
      idleFirst,
      usabilities,
      hasCpuMetrics: () => cpuMetrics?.known ?? false,
      demandUrl: settings.demandUrl ?? `http://preview-worker-operator.${connection.namespace}.svc:8080`,
      defaultImage: settings.defaultImage,
      alerting: settings.alerting,
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
    answers,
    probes: {
      unhealthy: () => (watches.silentSeconds > STALE_SECONDS ? 'a watch has heard nothing for too long' : undefined),
      unready: () => {
        if (!synced) return 'the caches are not filled yet';
        return aggregated?.isServing === false ? 'the aggregated API has no certificate yet' : undefined;
      },
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
    await Promise.all([controller.stop(), aggregated?.stop(), metricsOwner?.stop(), cpuMetrics?.stop()]);
    loads.stop();
    // Only now: until here writes were on their way.
    await lease?.release();
    demands.stop();
    queueEvents.close();
    await watches.stop();
    redis.connections.close();
    server.closeAllConnections();
    server.close();
    await Promise.all([client.close(), ungated.close()]);
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

  // From the start: one whose caches never fill does not lead either.
  if (settings.lease) metrics.leads(settings.lease.name, false);
  await Promise.all([watches.start(), aggregated?.start(), metricsOwner?.start(), cpuMetrics?.start()]);
  synced = true;
  // Also on a standby, which has the same to say when it is asked, and is warm when it leads.
  loads.start();
  log.info({ pools: pools.size }, 'caches are filled');
  if (lease) {
    if (!(await lease.acquire())) return;
    metrics.leads(settings.lease?.name ?? '', true);
    log.info('this process leads');
  }
  leading = true;
  controller.start();
}

try {
  await run(readSettings(process.argv));
} catch (error) {
  process.stderr.write(`preview-worker-operator: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
