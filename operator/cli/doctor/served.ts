/** What an API server serves, by its own discovery, which everybody with an account may ask. */
import type { KubeClient } from '../../kube/client.ts';
import { unlessNotFound } from '../../kube/errors.ts';

/** Of a group in a version, as `monitoring.coreos.com/v1`; undefined when nobody serves it. Rejects while who should is away. */
export async function kindsServed(
  client: KubeClient,
  groupVersion: string,
  signal?: AbortSignal,
): Promise<readonly string[] | undefined> {
  const list = await client
    .get<{ resources?: readonly { readonly kind: string }[] }>(`/apis/${groupVersion}`, signal ? { signal } : {})
    .catch(unlessNotFound);
  return list && [...new Set((list.resources ?? []).map(({ kind }) => kind))];
}
