import { s3Secrets } from '../desired/s3.ts';
import type { KubeClient } from '../kube/client.ts';
import { unlessNotFound } from '../kube/errors.ts';
import { pathOf } from '../kube/object.ts';
import type { Pool } from '../pool/pool.ts';

const SECRETS = { group: '', version: 'v1', plural: 'secrets' } as const;

/** What the pool names of object stores' keys and its namespace has not: without them no pod starts. */
export async function missingStorageSecrets(client: KubeClient, pool: Pool): Promise<string[]> {
  const { namespace } = pool.metadata;
  const keys = s3Secrets(pool).map(({ key }) => key);
  const names = [...new Set(keys.map(({ name }) => name))];
  const secrets = new Map(
    await Promise.all(
      names.map(async (name) => {
        const secret = await client
          .get<{ data?: Record<string, string> }>(pathOf(SECRETS, { namespace, name }))
          .catch(unlessNotFound);
        return [name, secret?.data] as const;
      }),
    ),
  );
  const missing = keys.filter(({ name, key }) => secrets.get(name)?.[key] === undefined);
  return [...new Set(missing.map(({ name, key }) => `Secret ${name} with key ${key}`))];
}
