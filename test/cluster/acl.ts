import { readFileSync } from 'node:fs';

const DOCUMENT = new URL('../../docs/redis.md', import.meta.url);
const OF_CLUSTERS = '+cluster|slots +cluster|info +readonly';

/** The users that docs/redis.md documents, each with this password; in a Cluster with what it adds there. */
export function documentedUsers(password: string, { inCluster = false } = {}): string[] {
  const users = readFileSync(DOCUMENT, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('user preview-'));
  return users.map((line) => {
    const user = line.replace('PASSWORD', password);
    return inCluster ? `${user.replace('~bull:', '~{bull}:')} ${OF_CLUSTERS}` : user;
  });
}
