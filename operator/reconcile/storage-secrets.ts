import { s3Secrets } from '../desired/s3.ts';
import type { KubeClient } from '../kube/client.ts';
import type { Pool } from '../pool/pool.ts';
import { secretData, secretKeyName } from './secrets.ts';

/** What the pool names of object stores' keys and its namespace has not: without them no pod starts. */
export async function missingStorageSecrets(client: KubeClient, pool: Pool): Promise<string[]> {
  const keys = s3Secrets(pool).map(({ key }) => key);
  const names = [...new Set(keys.map(({ name }) => name))];
  const secrets = new Map(
    await Promise.all(names.map(async (name) => [name, await secretData(client, pool, name)] as const)),
  );
  const missing = keys.filter(({ name, key }) => secrets.get(name)?.[key] === undefined);
  return [...new Set(missing.map(secretKeyName))];
}
