/**
 * Leader election by a Lease, after client-go's. A lease of another has run out when it did not change for its whole
 * duration by our own clock: the times written in it are for people, since clocks differ between machines.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeClient } from './client.ts';
import { KubeError } from './errors.ts';
import { microTime } from './events.ts';
import { type KubeObject, pathOf } from './object.ts';

const LEASES = { group: 'coordination.k8s.io', version: 'v1', plural: 'leases' };

/** Seconds, as client-go's and controller-runtime's: 15, 10, 2. */
export interface LeaseTiming {
  /** How long the others wait, counted from the last change they saw. */
  readonly durationSeconds: number;
  /** The holder that could not renew for so long gives up. Shorter than the duration, so that it does so before others begin. */
  readonly renewDeadlineSeconds: number;
  readonly retrySeconds: number;
}

export interface LeaseOptions {
  /** Its own: a renewal must not queue behind other requests. */
  readonly client: KubeClient;
  readonly namespace: string;
  readonly name: string;
  /** Of this process and no other, also not of an earlier one in the same pod. */
  readonly identity: string;
  readonly timing: LeaseTiming;
  /** Called once, when a lease that was held is not certain any more: whoever acts on it must end. */
  readonly onLost: (why: string) => void;
  readonly onProblem: (error: KubeError) => void;
  /** Monotonic milliseconds. */
  readonly clock?: () => number;
}

interface LeaseObject extends KubeObject {
  readonly spec: {
    readonly holderIdentity?: string;
    readonly leaseDurationSeconds?: number;
    readonly acquireTime?: string;
    readonly renewTime?: string;
    readonly leaseTransitions?: number;
  };
}

export class Lease {
  readonly #options: LeaseOptions;
  readonly #clock: () => number;
  readonly #stop = new AbortController();
  #observed: { readonly lease: LeaseObject; readonly at: number } | undefined;
  /** Of the last renewal that succeeded: when it was sent, which is before the server took it. */
  #renewedAt: number | undefined;
  #watchdog: NodeJS.Timeout | undefined;
  #renewal: Promise<void> | undefined;

  constructor(options: LeaseOptions) {
    const { durationSeconds, renewDeadlineSeconds, retrySeconds } = options.timing;
    if (!(durationSeconds > renewDeadlineSeconds && renewDeadlineSeconds > 2 * retrySeconds && retrySeconds > 0))
      throw new RangeError(
        `a lease needs duration > renew deadline > 2 × retry > 0, got ${durationSeconds}, ${renewDeadlineSeconds} and ${retrySeconds} s`,
      );
    this.#options = options;
    this.#clock = options.clock ?? (() => performance.now());
  }

  /** Whether we may act: nobody else can hold the lease yet. False also for a process that was frozen and does not know. */
  get isHeld(): boolean {
    const { renewDeadlineSeconds } = this.#options.timing;
    return this.#renewedAt !== undefined && this.#clock() - this.#renewedAt < renewDeadlineSeconds * 1000;
  }

  /** Resolves to true once we hold it, from when on it is renewed; to false when `release` came first. */
  async acquire(): Promise<boolean> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      if (await this.#attempt()) {
        this.#renewal = this.#renew();
        return true;
      }
      await this.#pause();
    }
    return false;
  }

  /** Gives it up, so that another need not wait. To be called when nothing acts any more. */
  async release(): Promise<void> {
    this.#stop.abort();
    await this.#renewal;
    clearTimeout(this.#watchdog);
    const lease = this.#observed?.lease;
    if (!this.isHeld || lease === undefined) return;
    this.#renewedAt = undefined;
    await this.#write(lease, { ...lease.spec, holderIdentity: '', leaseDurationSeconds: 1 }).catch((error: unknown) =>
      this.#tell(error),
    );
  }

  async #renew(): Promise<void> {
    const { signal } = this.#stop;
    for (;;) {
      await this.#pause();
      if (signal.aborted) return;
      await this.#attempt();
      const holder = this.#observed?.lease.spec.holderIdentity;
      if (holder !== undefined && holder !== this.#options.identity)
        return this.#lose(`${holder || 'nobody'} holds it`);
    }
  }

  /** One look and, where the lease is free or ours, one write. True when we hold it afterwards. */
  async #attempt(): Promise<boolean> {
    const { identity, timing } = this.#options;
    const sentAt = this.#clock();
    try {
      const found = await this.#read();
      if (found) this.#observe(found);
      const { holderIdentity = '', leaseTransitions = 0, acquireTime } = found?.spec ?? {};
      const mine = holderIdentity === identity;
      if (!mine && holderIdentity !== '' && !this.#hasRunOut()) return false;
      const now = microTime(new Date());
      const written = await this.#write(found, {
        holderIdentity: identity,
        leaseDurationSeconds: timing.durationSeconds,
        acquireTime: mine ? (acquireTime ?? now) : now,
        renewTime: now,
        leaseTransitions: mine || found === undefined ? leaseTransitions : leaseTransitions + 1,
      });
      this.#observe(written);
      this.#renewedAt = sentAt;
      this.#watch();
      return true;
    } catch (error) {
      // Somebody was faster: no problem, and the next look says who.
      if (!(error instanceof KubeError && (error.isConflict || error.isAlreadyExists))) this.#tell(error);
      return false;
    }
  }

  #read(): Promise<LeaseObject | undefined> {
    return this.#options.client.get<LeaseObject>(this.#path, { signal: this.#deadline() }).catch((error: unknown) => {
      if (error instanceof KubeError && error.isNotFound) return undefined;
      throw error;
    });
  }

  /** With the version that was read: of two who write, one gets a conflict. */
  #write(found: LeaseObject | undefined, spec: LeaseObject['spec']): Promise<LeaseObject> {
    const { client, namespace, name } = this.#options;
    const identity = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' };
    if (found) return client.update(this.#path, { ...identity, ...found, spec }, { signal: this.#deadline() });
    const path = pathOf(LEASES, { namespace });
    return client.create(path, { ...identity, metadata: { name, namespace }, spec }, {}, { signal: this.#deadline() });
  }

  #observe(lease: LeaseObject): void {
    const before = this.#observed?.lease;
    // By its content: a label that somebody sets is no sign of life.
    if (before && JSON.stringify(before.spec) === JSON.stringify(lease.spec)) {
      this.#observed = { lease, at: this.#observed?.at ?? this.#clock() };
    } else {
      this.#observed = { lease, at: this.#clock() };
    }
  }

  #hasRunOut(): boolean {
    if (!this.#observed) return false;
    const { lease, at } = this.#observed;
    const seconds = lease.spec.leaseDurationSeconds ?? this.#options.timing.durationSeconds;
    return this.#clock() - at >= seconds * 1000;
  }

  /** Fires in the middle of a request that hangs, too. */
  #watch(): void {
    clearTimeout(this.#watchdog);
    if (this.#renewedAt === undefined) return;
    const { renewDeadlineSeconds } = this.#options.timing;
    const left = this.#renewedAt + renewDeadlineSeconds * 1000 - this.#clock();
    this.#watchdog = setTimeout(() => this.#lose(`not renewed for ${renewDeadlineSeconds} s`), Math.max(0, left));
  }

  #lose(why: string): void {
    clearTimeout(this.#watchdog);
    this.#renewedAt = undefined;
    if (this.#lost) return;
    this.#lost = true;
    this.#stop.abort();
    this.#options.onLost(why);
  }
  #lost = false;

  get #path(): string {
    const { namespace, name } = this.#options;
    return pathOf(LEASES, { namespace, name });
  }

  /** Half the renew deadline: one request that hangs leaves time for another. */
  #deadline(): AbortSignal {
    return AbortSignal.timeout(this.#options.timing.renewDeadlineSeconds * 500);
  }

  /** Up to a fifth longer than asked, so that two who wait do not keep meeting. */
  #pause(): Promise<void> {
    const milliseconds = this.#options.timing.retrySeconds * 1000 * (1 + Math.random() * 0.2);
    return sleep(milliseconds, undefined, { signal: this.#stop.signal }).catch(() => {});
  }

  #tell(error: unknown): void {
    this.#options.onProblem(
      error instanceof KubeError
        ? error
        : new KubeError(String(error), { status: 0, reason: 'Unexpected', cause: error }),
    );
  }
}
