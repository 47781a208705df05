/** Whether a user may do something, as the API server's own authorizers say. */
import type { KubeClient } from './client.ts';
import type { User } from './front-proxy.ts';

/** As long as the delegated authorizer of other aggregated API servers remembers an answer. */
const REMEMBERED_SECONDS = 10;
const MAX_REMEMBERED = 1_000;

export type Access =
  | {
      readonly resourceAttributes: {
        readonly group: string;
        readonly version: string;
        readonly resource: string;
        readonly subresource?: string;
        /** Of one object; absent for all. */
        readonly name?: string;
        /** Absent for all. */
        readonly namespace?: string;
        readonly verb: string;
      };
    }
  | { readonly nonResourceAttributes: { readonly path: string; readonly verb: string } };

export class AccessReviews {
  readonly #client: KubeClient;
  readonly #clock: () => number;
  readonly #answers = new Map<string, { readonly allowed: Promise<boolean>; readonly until: number }>();

  /** `clock`: monotonic milliseconds. */
  constructor({ client, clock = () => performance.now() }: { client: KubeClient; clock?: () => number }) {
    this.#client = client;
    this.#clock = clock;
  }

  allows(user: User, access: Access): Promise<boolean> {
    const key = JSON.stringify([user, access]);
    const known = this.#answers.get(key);
    if (known && this.#clock() < known.until) return known.allowed;
    const allowed = this.#ask(user, access);
    this.#answers.delete(key);
    this.#answers.set(key, { allowed, until: this.#clock() + REMEMBERED_SECONDS * 1000 });
    const [oldest] = this.#answers.keys();
    if (this.#answers.size > MAX_REMEMBERED && oldest !== undefined) this.#answers.delete(oldest);
    // No answer is none to remember.
    allowed.catch(() => this.#answers.delete(key));
    return allowed;
  }

  async #ask({ username, groups, extra }: User, access: Access): Promise<boolean> {
    const { status } = await this.#client.create<{ status?: { allowed?: boolean } }>(
      '/apis/authorization.k8s.io/v1/subjectaccessreviews',
      {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SubjectAccessReview',
        spec: { user: username, groups, extra, ...access },
      },
    );
    return status?.allowed === true;
  }
}
