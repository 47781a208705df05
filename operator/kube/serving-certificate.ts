/**
 * The certificate of our aggregated API, in a Secret that the installation brings along empty, and the authority in the
 * APIService, so that the API server trusts it. Every process serves what the Secret holds; only one that may write renews it.
 */
import { type Certificates, due, renewed } from './certificate-authority.ts';
import type { KubeClient } from './client.ts';
import { KubeError, unlessNotFound } from './errors.ts';
import { Looks } from './looks.ts';
import { type KubeObject, pathOf } from './object.ts';

const LOOK_SECONDS = 60;
/** While there is nothing to serve yet. */
const FIRST_LOOK_SECONDS = 2;
/** An authority and a certificate, and one look more; a conflict with another process takes one. */
const MAX_STEPS = 5;

export interface ServingCertificateOptions {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly secret: string;
  readonly service: string;
  /** As in `v1beta1.external.metrics.k8s.io`; each is told the authority if it names our Service. */
  readonly apiServices: readonly string[];
  /** Asked before each renewal. */
  readonly mayRenew: () => boolean;
  /** Told of each certificate that is new to this process. */
  readonly onCertificate: (certificates: Pick<Certificates, 'tls.crt' | 'tls.key'>) => void;
  readonly onProblem: (error: Error) => void;
  /** Wall clock, in milliseconds. */
  readonly now?: () => number;
}

interface Secret extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

interface ApiService extends KubeObject {
  readonly spec: {
    readonly service?: { readonly namespace: string; readonly name: string };
    readonly caBundle?: string;
  };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** Whose the group is: ours only where the APIService names our Service. */
export type Ownership = 'ours' | 'another' | 'nobody';

export class ServingCertificate {
  readonly #options: ServingCertificateOptions;
  readonly #now: () => number;
  #served = '';
  readonly #ownerships = new Map<string, Ownership>();
  readonly #looks = new Looks(() => this.#look());

  constructor(options: ServingCertificateOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** Undefined before the first look. */
  ownershipOf(apiService: string): Ownership | undefined {
    return this.#ownerships.get(apiService);
  }

  get isServed(): boolean {
    return this.#served !== '';
  }

  /** Resolves after the first look. */
  start(): Promise<void> {
    return this.#looks.start();
  }

  stop(): Promise<void> {
    return this.#looks.stop();
  }

  async #look(): Promise<number> {
    try {
      for (let step = 0; step < MAX_STEPS && (await this.#step()); step += 1);
    } catch (error) {
      if (!(error instanceof KubeError && error.isConflict)) this.#options.onProblem(error as Error);
    }
    return this.isServed ? LOOK_SECONDS : FIRST_LOOK_SECONDS;
  }

  /** One look and at most one renewal; true when there was one. */
  async #step(): Promise<boolean> {
    const { client, namespace, secret: name, service, mayRenew, onCertificate } = this.#options;
    const path = pathOf({ group: '', version: 'v1', plural: 'secrets' }, { namespace, name });
    const secret = await client.get<Secret>(path).catch(unlessNotFound);
    if (secret === undefined)
      throw new Error(
        `there is no Secret ${namespace}/${name} for the certificate of ${service}: install it, it may be empty`,
      );
    const held = Object.fromEntries(
      Object.entries(secret.data ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]),
    ) as Partial<Certificates>;
    for (const apiService of this.#options.apiServices) await this.#publish(apiService, held['ca.crt']);
    const { 'tls.crt': certificate = '', 'tls.key': key = '' } = held;
    const times = { now: this.#now(), names: [`${service}.${namespace}.svc`] };
    const what = due(held, times);
    // Aged is no reason not to serve it; one that can not be read is.
    if (certificate !== '' && key !== '' && certificate !== this.#served) {
      onCertificate({ 'tls.crt': certificate, 'tls.key': key });
      this.#served = certificate;
    }
    if (what === undefined || !mayRenew()) return false;
    const data = Object.entries(await renewed(held, what, times)).map(
      ([field, value]) => [field, Buffer.from(value).toString('base64')] as const,
    );
    await client.update(path, { apiVersion: 'v1', kind: 'Secret', ...secret, data: Object.fromEntries(data) });
    return true;
  }

  async #publish(name: string, bundle: string | undefined): Promise<void> {
    const { client, namespace, service, mayRenew } = this.#options;
    const path = pathOf({ group: 'apiregistration.k8s.io', version: 'v1', plural: 'apiservices' }, { name });
    const found = await client.get<ApiService>(path).catch(unlessNotFound);
    const { service: theirs, caBundle } = found?.spec ?? {};
    const isOurs = theirs?.namespace === namespace && theirs?.name === service;
    this.#ownerships.set(name, found === undefined ? 'nobody' : isOurs ? 'ours' : 'another');
    const wanted = bundle && Buffer.from(bundle).toString('base64');
    if (!isOurs || !wanted || caBundle === wanted || !mayRenew()) return;
    await client.mergePatch(path, { spec: { caBundle: wanted } });
  }
}
