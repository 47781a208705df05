import type { KubeClient } from '../kube/client.ts';
import { type KubeError, unlessNotFound } from '../kube/errors.ts';
import { type KubeObject, pathOf } from '../kube/object.ts';
import { API_SERVICE } from './metrics-api.ts';

/** In its manifests `keda-metrics-apiserver`, in its chart `keda-operator-metrics-apiserver`, in others with a prefix. */
const KEDAS = /(^|-)keda(-|$)/;

type ApiService = KubeObject & { readonly spec: { readonly service?: { readonly name: string } } };

export interface MetricsOwnerOptions {
  readonly client: Pick<KubeClient, 'get'>;
  readonly everySeconds: number;
  readonly onProblem: (error: KubeError) => void;
}

/** Looks at whose the cluster's external metrics are: the group has one owner, which the APIService tells by its Service. */
export class MetricsOwner {
  readonly #options: MetricsOwnerOptions;
  #isKeda: boolean | undefined;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(options: MetricsOwnerOptions) {
    this.#options = options;
  }

  /** Undefined before the first look; the last answer stands while there is no other. */
  get isKeda(): boolean | undefined {
    return this.#isKeda;
  }

  /** Resolves after the first look. */
  start(): Promise<void> {
    this.#looking = this.#look();
    return this.#looking;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#looking;
  }

  async #look(): Promise<void> {
    const { client, everySeconds, onProblem } = this.#options;
    const path = pathOf(
      { group: 'apiregistration.k8s.io', version: 'v1', plural: 'apiservices' },
      { name: API_SERVICE },
    );
    try {
      const found = await client.get<ApiService>(path).catch(unlessNotFound);
      this.#isKeda = KEDAS.test(found?.spec.service?.name ?? '');
    } catch (error) {
      onProblem(error as KubeError);
    }
    if (!this.#isStopped) this.#timer = setTimeout(() => void this.start(), everySeconds * 1000);
  }
}
