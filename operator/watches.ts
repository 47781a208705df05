/** What the operator knows of the cluster: a store of each kind, and the watches that keep it true. */
import type { KubeClient } from './kube/client.ts';
import type { KubeError } from './kube/errors.ts';
import { type KubeObject, pathOf, type ResourceType } from './kube/object.ts';
import { OptionalKinds } from './kube/optional-kinds.ts';
import { type Change, Store } from './kube/store.ts';
import { Reflector, type ReflectorOptions } from './kube/watch.ts';
import { autoscalerStateOf } from './pool/autoscaler-state.ts';
import type { DeploymentState } from './pool/deployment-state.ts';
import { scaledObjectStateOf } from './pool/keda-state.ts';
import { MANAGED_BY, names, POD_SELECTOR, podIndexKey, poolOfPod } from './pool/names.ts';
import { KIND, POOLS, type Pool } from './pool/pool.ts';
import { type WorkerPod, workerPodOf } from './pool/worker-pod.ts';
import { CHILD_TYPES, KEDA, MONITORING, OWNER_INDEX, ownerOf } from './reconcile/observe.ts';
import { POD_INDEX } from './reconcile/reconcile.ts';
import type { Workers } from './scaling/demands.ts';

/** How long a CRD that was just installed goes unnoticed. */
const OPTIONAL_LOOK_SECONDS = 10;

/** Kinds whose status moves without a meaning for us. */
const PROJECTIONS: Readonly<Record<string, (live: KubeObject) => KubeObject>> = {
  HorizontalPodAutoscaler: autoscalerStateOf,
  ScaledObject: scaledObjectStateOf,
};

export interface WatchesOptions {
  readonly client: KubeClient;
  /** Empty means all. */
  readonly namespaces: readonly string[];
  readonly silenceMs: number;
  /** A pool, as `namespace/name`, has something new to it. */
  readonly onPool: (key: string) => void;
  /** A kind that pools may have children of can be written now, or no more. */
  readonly onOptionalKind: (kind: string, isServed: boolean) => void;
  readonly onProblem: (error: KubeError) => void;
}

export class Watches {
  readonly pools = new Store<Pool>({ [POD_INDEX]: (pool) => [podIndexKey(pool)] });
  readonly pods = new Store<WorkerPod>({ [POD_INDEX]: (pod) => [poolOfPod(pod)] });
  /** By kind. */
  readonly children: Readonly<Record<string, Store<KubeObject>>> = Object.fromEntries(
    Object.keys(CHILD_TYPES).map((kind) => [kind, new Store<KubeObject>({ [OWNER_INDEX]: ownerOf })]),
  );
  readonly optional: Pick<OptionalKinds, 'serves' | 'look'>;
  readonly #optional: readonly OptionalKinds[];
  readonly #options: WatchesOptions;
  readonly #scopes: readonly (string | undefined)[];
  readonly #lasting: readonly { start(): void; stop(): Promise<void>; synced: Promise<void>; silentSeconds: number }[];

  constructor(options: WatchesOptions) {
    this.#options = options;
    const { client, namespaces, onOptionalKind, onProblem } = options;
    this.#scopes = namespaces.length > 0 ? namespaces : [undefined];
    this.#lasting = this.#scopes.flatMap((namespace) => [
      this.#reflector<Pool>(namespace, { type: POOLS, store: this.pools, onChange: this.#poolChanged }),
      this.#reflector<WorkerPod>(namespace, {
        type: { group: '', version: 'v1', plural: 'pods' },
        query: { labelSelector: POD_SELECTOR },
        store: this.pods,
        project: workerPodOf,
        onChange: this.#podChanged,
      }),
      ...Object.entries(CHILD_TYPES)
        .filter(([, { optional }]) => !optional)
        .map(([kind]) => this.#ofChildren(kind, namespace)),
    ]);
    this.#optional = [MONITORING, KEDA].map(
      ({ group, version }) =>
        new OptionalKinds({
          ...{ client, group, version, onProblem },
          everySeconds: OPTIONAL_LOOK_SECONDS,
          followers: Object.fromEntries(
            Object.entries(CHILD_TYPES)
              .filter(([, type]) => type.optional && type.group === group)
              .map(([kind]) => [kind, () => this.#follow(kind)]),
          ),
          onChange: onOptionalKind,
        }),
    );
    this.optional = {
      serves: (kind) => this.#optional.some((group) => group.serves(kind)),
      look: async () => {
        await Promise.all(this.#optional.map((group) => group.look()));
      },
    };
  }

  /** Seconds since the server last said anything on the collection that was silent for longest. */
  get silentSeconds(): number {
    return Math.max(...this.#lasting.map(({ silentSeconds }) => silentSeconds));
  }

  /** Of the pool `namespace/name`; undefined while it has no Deployment. */
  workersOf(key: string): Workers | undefined {
    const pool = this.pools.get(key);
    const deployment =
      pool &&
      (this.children['Deployment']?.get(`${pool.metadata.namespace}/${names.deployment(pool)}`) as DeploymentState);
    if (deployment === undefined) return undefined;
    const startups = new Map<string, number>();
    for (const { metadata, startupSeconds } of this.pods.byIndex(POD_INDEX, podIndexKey(pool as Pool)))
      if (startupSeconds !== undefined) startups.set(metadata.uid ?? '', startupSeconds);
    return { live: deployment.spec?.replicas ?? 0, ready: deployment.status?.readyReplicas ?? 0, startups };
  }

  /** Resolves once each store holds what the server has. */
  async start(): Promise<void> {
    for (const reflector of this.#lasting) reflector.start();
    await Promise.all([this.optional.look(), ...this.#lasting.map(({ synced }) => synced)]);
  }

  async stop(): Promise<void> {
    await Promise.all([
      ...this.#optional.map((group) => group.stop()),
      ...this.#lasting.map((reflector) => reflector.stop()),
    ]);
  }

  #reflector<T extends KubeObject>(
    namespace: string | undefined,
    {
      type,
      ...of
    }: { readonly type: ResourceType } & Pick<ReflectorOptions<T>, 'store' | 'onChange'> & Partial<ReflectorOptions<T>>,
  ): Reflector<T> {
    const { client, silenceMs, onProblem } = this.#options;
    return new Reflector<T>({ client, path: pathOf(type, { namespace }), namespace, silenceMs, onProblem, ...of });
  }

  #ofChildren(kind: string, namespace: string | undefined, onProblem = this.#options.onProblem): Reflector<KubeObject> {
    return this.#reflector<KubeObject>(namespace, {
      type: CHILD_TYPES[kind] as ResourceType,
      query: { labelSelector: `app.kubernetes.io/managed-by=${MANAGED_BY}` },
      store: this.children[kind] as Store<KubeObject>,
      ...(kind in PROJECTIONS ? { project: PROJECTIONS[kind] as (live: KubeObject) => KubeObject } : {}),
      onChange: this.#childChanged,
      onProblem,
    });
  }

  #follow(kind: string) {
    const own = this.#scopes.map((namespace) =>
      this.#ofChildren(kind, namespace, (error) => {
        if (error.isNotFound) void this.optional.look();
        else this.#options.onProblem(error);
      }),
    );
    return {
      start: () => {
        for (const reflector of own) reflector.start();
      },
      stop: async () => {
        await Promise.all(own.map((reflector) => reflector.stop()));
        this.children[kind]?.replace([]);
      },
    };
  }

  readonly #poolChanged = ({ key, previous, current }: Change<Pool>): void => {
    if (previous && current && !isAsk(previous, current)) return;
    this.#options.onPool(key);
  };

  readonly #childChanged = ({ previous, current }: Change<KubeObject>): void => {
    if (previous && current && contentOf(previous) === contentOf(current)) return;
    const { metadata } = current ?? previous ?? { metadata: { name: '' } };
    const owner = metadata.ownerReferences?.find(({ kind, controller }) => controller && kind === KIND);
    if (owner) this.#options.onPool(`${metadata.namespace}/${owner.name}`);
  };

  readonly #podChanged = ({ previous, current }: Change<WorkerPod>): void => {
    const pod = current ?? previous;
    if (pod === undefined || tellsOf(previous) === tellsOf(current)) return;
    for (const { metadata } of this.pools.byIndex(POD_INDEX, poolOfPod(pod)))
      this.#options.onPool(`${metadata.namespace}/${metadata.name}`);
  };
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
