import type { WorkerConfig } from './config.generated.ts';
import type { WorkerHeartbeat } from './heartbeat.generated.ts';
import type { RedisClient } from './redis.ts';

export interface HeartbeatOptions {
  readonly redis: RedisClient;
  readonly queue: WorkerConfig['queue'];
  readonly pod: string;
  /** All but the time, which is Redis'. */
  readonly describe: () => Omit<WorkerHeartbeat, 'version' | 'at' | 'pod'>;
  readonly onBeat: () => void;
  /** How each beat ended. */
  readonly onBeaten: (error: Error | undefined) => void;
}

const BEAT_MILLISECONDS = 5_000;
const STALE_MILLISECONDS = 60_000;

// Milliseconds by Redis' clock: the beat is written, and what nobody has renewed for a minute is swept.
const BEAT = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('HSET', KEYS[1], ARGV[1], (string.gsub(ARGV[2], '"at":0', '"at":' .. string.format('%.0f', now), 1)))
if redis.call('HLEN', KEYS[1]) > 1 then
  for _, pod in ipairs(redis.call('HKEYS', KEYS[1])) do
    local ok, other = pcall(cjson.decode, redis.call('HGET', KEYS[1], pod))
    local at = ok and type(other) == 'table' and tonumber(other['at'])
    -- Written so that NaN, which compares with nothing, is swept.
    if not (at and at >= now - tonumber(ARGV[3]) and at <= now) then redis.call('HDEL', KEYS[1], pod) end
  end
end
return now`;

/** The hash of heartbeats, a field for each pod. */
export const workersKey = ({ prefix, name }: WorkerConfig['queue']) => `${prefix}:${name}:preview-workers`;

/** Tells the operator each 5 s that this worker lives and what it can do: a field of `<prefix>:<queue>:preview-workers`. */
export class Heartbeat {
  readonly #options: HeartbeatOptions;
  readonly #key: string;
  readonly #timer: NodeJS.Timeout;
  #beating: Promise<void> | undefined;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
    this.#key = workersKey(options.queue);
    this.#timer = setInterval(() => this.beat(), BEAT_MILLISECONDS);
  }

  /** One beat now, unless the last one has not been answered: beats do not pile up while Redis is away. */
  beat(): Promise<void> {
    const { onBeaten } = this.#options;
    this.#beating ??= this.#beat()
      .then(() => onBeaten(undefined), onBeaten)
      .finally(() => {
        this.#beating = undefined;
      });
    return this.#beating;
  }

  /** The last word: this worker is no more. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    const { redis, pod } = this.#options;
    if (redis.status === 'ready') await redis.hdel(this.#key, pod);
  }

  async #beat(): Promise<void> {
    const { redis, pod, describe, onBeat } = this.#options;
    onBeat();
    const beat: WorkerHeartbeat = { version: 1, at: 0, pod, ...describe() };
    await redis.eval(BEAT, 1, this.#key, pod, JSON.stringify(beat), STALE_MILLISECONDS);
  }
}
