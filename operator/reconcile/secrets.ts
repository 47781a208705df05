/** Secrets that a pool names in its own namespace: asked for one by one, never listed. */
import type { KubeClient } from '../kube/client.ts';
import { unlessNotFound } from '../kube/errors.ts';
import { pathOf } from '../kube/object.ts';
import type { Pool, SecretKey } from '../pool/pool.ts';

const SECRETS = { group: '', version: 'v1', plural: 'secrets' } as const;

/** Base64 by key; undefined when there is no such Secret. */
export async function secretData(
  client: KubeClient,
  { metadata: { namespace } }: Pool,
  name: string,
): Promise<Readonly<Record<string, string>> | undefined> {
  const path = pathOf(SECRETS, { namespace, name });
  const secret = await client.get<{ data?: Record<string, string> }>(path).catch(unlessNotFound);
  return secret?.data;
}

/** As conditions name one that is absent. */
export const secretKeyName = ({ name, key }: SecretKey): string => `Secret ${name} with key ${key}`;
