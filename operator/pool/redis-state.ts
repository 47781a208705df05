/** What is said of a pool's Redis, and whether a queue is safe in it. */
export const REDIS_STATUS = {
  Connected: 'True',
  ConnectedWithWarnings: 'True',
  NotChecked: 'Unknown',
  RedisTooOld: 'False',
  SecretNotFound: 'False',
  RedisUnreachable: 'False',
} as const;

export interface RedisState {
  readonly reason: keyof typeof REDIS_STATUS;
  readonly message: string;
}

/** What one server tells of itself; undefined where it does not say. */
export interface RedisServer {
  readonly version: string | undefined;
  readonly evictionPolicy: string | undefined;
  readonly isAppendOnly: boolean | undefined;
  /** Undefined also where nobody had to ask: the append-only file is enough. */
  readonly takesSnapshots: boolean | undefined;
  /** Questions that it refused to answer, each as `COMMAND: why`. */
  readonly refusals: readonly string[];
}

/** What BullMQ left in the queue that the version of the workers does not read. */
export type LegacyKeys = 'paused list' | 'repeatable jobs';

const OLDEST = [6, 2] as const;

const LEGACY: Readonly<Record<LegacyKeys, string>> = {
  'paused list':
    'jobs lie in the list of a queue that an older BullMQ paused, where no worker of today looks: resume the queue with that version',
  'repeatable jobs':
    'repeatable jobs of an older BullMQ are there, which nothing of today repeats: make them job schedulers with BullMQ 5',
};

/** Of a Redis that answers: True, with what a person should know; Unknown when it does not tell enough; False when it is too old. */
export function redisStateOf(
  servers: readonly RedisServer[],
  legacy: readonly LegacyKeys[],
  /** Why the load of the queue can not be read. */
  unreadable?: string,
): RedisState {
  const tooOld = servers.find(({ version }) => version !== undefined && isTooOld(version));
  if (tooOld !== undefined)
    return { reason: 'RedisTooOld', message: `Redis ${tooOld.version} is older than ${OLDEST.join('.')}` };
  const warnings = [
    ...new Set([
      ...servers.flatMap(warningsOf),
      ...legacy.map((what) => LEGACY[what]),
      ...(unreadable === undefined ? [] : [unreadable]),
    ]),
  ];
  const refusals = [...new Set(servers.flatMap((server) => server.refusals))];
  if (refusals.length > 0) {
    const unknown = `whether the queue is safe in it is not known (${refusals.join('; ')})`;
    return { reason: 'NotChecked', message: ['Redis answers', unknown, ...warnings].join('; ') };
  }
  return warnings.length > 0
    ? { reason: 'ConnectedWithWarnings', message: warnings.join('; ') }
    : { reason: 'Connected', message: '' };
}

function warningsOf({ evictionPolicy, isAppendOnly, takesSnapshots }: RedisServer): string[] {
  const warnings: string[] = [];
  if (evictionPolicy !== undefined && evictionPolicy !== 'noeviction') {
    warnings.push(
      `maxmemory-policy is ${evictionPolicy}, so that Redis may drop jobs when its memory is full: set noeviction`,
    );
  }
  if (isAppendOnly === false && takesSnapshots === false) {
    warnings.push(
      'nothing is kept on disk, so that a restart of Redis loses the queue: set appendonly yes, or let the producers keep an outbox',
    );
  }
  return warnings;
}

function isTooOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
}

/** Jobs can be taken from it. */
export const isUsable = ({ reason }: RedisState): boolean => REDIS_STATUS[reason] !== 'False';
