/** Whether the Secrets that a pool names are there: by their metadata, no content of theirs comes to this machine. */
import { redisSecrets } from '../../desired/redis.ts';
import { s3Secrets } from '../../desired/s3.ts';
import type { KubeClient } from '../../kube/client.ts';
import { unlessNotFound } from '../../kube/errors.ts';
import { pathOf } from '../../kube/object.ts';
import { remedyOf } from '../../pool/conditions.ts';
import type { Pool } from '../../pool/pool.ts';
import { failed, ok, see, warning } from './finding.ts';
import type { Finding } from './report.generated.ts';

const SECRETS = { group: '', version: 'v1', plural: 'secrets' };

export async function secretsFindings(client: KubeClient, pool: Pool, signal: AbortSignal): Promise<Finding[]> {
  const { namespace } = pool.metadata;
  const isThere = async (name: string) =>
    (await client.getMetadata(pathOf(SECRETS, { namespace, name }), { signal }).catch(unlessNotFound)) !== undefined;
  const absentOf = async (names: readonly string[]) => {
    const unique = [...new Set(names)];
    const there = await Promise.all(unique.map(isThere));
    return unique.filter((_, at) => !there[at]);
  };
  const needed = [...redisSecrets(pool), ...s3Secrets(pool)].map(({ key }) => key.name);
  const pull = (pool.spec.imagePullSecrets ?? []).map(({ name }) => name);
  const [absent, absentPull] = await Promise.all([absentOf(needed), absentOf(pull)]);
  const found: Finding[] = [];
  if (absent.length > 0)
    found.push(
      see(
        failed(
          'secrets',
          `there is no Secret ${absent.join(', ')}`,
          remedyOf('SecretNotFound', { namespace, selector: '' }),
        ),
        'SecretNotFound',
      ),
    );
  if (absentPull.length > 0)
    found.push(
      see(
        warning(
          'secrets',
          `there is no Secret ${absentPull.join(', ')} of spec.imagePullSecrets: a kubelet pulls without it`,
          'create it, or take it out of the pool',
        ),
        'ImagePullFailed',
      ),
    );
  const count = new Set([...needed, ...pull]).size;
  return found.length > 0
    ? found
    : [ok('secrets', count === 0 ? 'the pool names none' : `${count} of ${count} are there`)];
}
