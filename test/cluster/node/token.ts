/** Tokens of a pod's ServiceAccount, bound to the pod; each is asked for anew when four fifths of its life are over. */
import type { KubeClient } from '../../../operator/kube/client.ts';
import type { Pod } from './pod.ts';

export class TokenSource {
  readonly #client: KubeClient;
  readonly #pod: Pod;
  readonly #held = new Map<string, { readonly token: string; readonly renewAt: number }>();

  constructor(client: KubeClient, pod: Pod) {
    this.#client = client;
    this.#pod = pod;
  }

  async get(audience: string | undefined, expirationSeconds: number): Promise<string> {
    const held = this.#held.get(audience ?? '');
    if (held && Date.now() < held.renewAt) return held.token;
    const { metadata, spec } = this.#pod;
    const account = spec.serviceAccountName ?? 'default';
    const { status } = await this.#client.create<{ status: { token: string } }>(
      `/api/v1/namespaces/${metadata.namespace}/serviceaccounts/${account}/token`,
      {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        spec: {
          expirationSeconds,
          ...(audience ? { audiences: [audience] } : {}),
          boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: metadata.name, uid: metadata.uid },
        },
      },
    );
    this.#held.set(audience ?? '', { token: status.token, renewAt: Date.now() + expirationSeconds * 800 });
    return status.token;
  }
}
