import type { WorkerConfig } from './config.generated.ts';
import { type Part, unwell, WELL } from './part.ts';
import { askQueueServer, onProblem, type RedisClient } from './redis.ts';

const ANSWER_MILLISECONDS = 1_000;

/** First words of what Redis, or the way to it, says; and what a person does about it. */
const REMEDIES: readonly (readonly [pattern: RegExp, remedy: string])[] = [
  [/\bOOM\b/, 'give Redis more maxmemory, or remove finished jobs: running jobs keep their locks, waiting ones wait'],
  [
    /WRONGPASS|NOAUTH/,
    'correct user and password in the Secret that spec.queue.redis names: the files are read at each attempt',
  ],
  [/NOPERM/, 'give the user of spec.queue.redis the rights that docs/redis.md lists'],
  [/READONLY/, 'this Redis is a replica: let spec.queue.redis name the primary'],
  [/MISCONF/, 'Redis can not save its data: look at its disk and its log'],
  [/LOADING|MASTERDOWN|CLUSTERDOWN|NOREPLICAS/, 'wait until Redis has started, or look at its log'],
  [/certificate|CERT|SSL|TLS/, 'correct the tls files that spec.queue.redis names: they are read at each attempt'],
];
const UNREACHABLE = 'check that Redis runs and that spec.queue.redis names its address; the worker goes on trying';
const SILENT =
  'Redis is frozen, overloaded or cut off: look at its process and at the network; the worker goes on trying';

/** A refusal that says that Redis, not the command, is at fault. */
const AT_FAULT = /\b(OOM|READONLY|MISCONF|NOREPLICAS|MASTERDOWN|CLUSTERDOWN|LOADING|NOPERM|NOAUTH|WRONGPASS)\b/;

/** What is known of Redis: whether it answers, why it can not be reached, and what it refuses while it answers. */
export class RedisCondition {
  readonly #redis: RedisClient;
  readonly #queue: WorkerConfig['queue'];
  #refusal: Error | undefined;
  #problem: string | undefined;
  #reached = false;

  constructor(redis: RedisClient, queue: WorkerConfig['queue']) {
    this.#redis = redis;
    this.#queue = queue;
    onProblem(redis, (message) => {
      this.#problem = message;
    });
    redis.on('ready', () => {
      this.#reached = true;
      this.#problem = undefined;
    });
  }

  /** At least once since the start. */
  get reached(): boolean {
    return this.#reached;
  }

  /** How the last beat's write ended: a PING is answered also where nothing can be written. */
  written(error: Error | undefined): void {
    this.#refusal = error;
  }

  /** `refusal`: what the last fetch was refused with. */
  async look(refusal?: Error): Promise<Part> {
    const { status } = this.#redis;
    if (status !== 'ready') {
      const why = this.#problem === undefined ? '' : `: ${this.#problem}`;
      return unwell(`not connected (${status})${why}`, remedyFor(this.#problem ?? '') ?? UNREACHABLE);
    }
    const answer = await this.#ping();
    const refused = [refusal, this.#refusal].find((error) => error !== undefined && AT_FAULT.test(error.message));
    if (!answer.ok || refused === undefined) return answer;
    const why = firstSentence(refused.message);
    return unwell(`Redis answers but refuses to work: ${why}`, remedyFor(why) ?? UNREACHABLE);
  }

  #ping(): Promise<Part> {
    const { promise, resolve } = Promise.withResolvers<Part>();
    const late = setTimeout(() => resolve(unwell('no answer within 1 s', SILENT)), ANSWER_MILLISECONDS);
    askQueueServer(this.#redis, this.#queue).then(
      () => resolve(WELL),
      ({ message }: Error) => resolve(unwell(message, remedyFor(message) ?? UNREACHABLE)),
    );
    return promise.finally(() => clearTimeout(late));
  }
}

const remedyFor = (problem: string) => REMEDIES.find(([pattern]) => pattern.test(problem))?.[1];

/** What follows the first sentence of a refused script names its hash and line. */
const firstSentence = (message: string) => message.replace(/\. script: .*$/s, '');
