/** What people are shown of a job: enough to tell it apart and to see why it failed, and nothing that opens a door. Pure. */

export type JobState = 'active' | 'waiting' | 'delayed' | 'failed' | 'completed';

/** As JSON; a field that is not known is absent. Times are ISO 8601 by the clock of who wrote them. */
export interface JobView {
  readonly id: string;
  readonly state: JobState;
  readonly lane: 'interactive' | 'backfill';
  readonly tenant?: string;
  /** Without credentials, query and fragment. */
  readonly source?: string;
  /** By name or preset, as `grid, 1600x1600`. */
  readonly outputs?: readonly string[];
  readonly dryRun?: true;
  /** Of the tries that count. */
  readonly attempts: number;
  readonly added?: string;
  /** Of a delayed one. */
  readonly due?: string;
  readonly started?: string;
  readonly ended?: string;
  /** The worker that has it, or had it last. */
  readonly worker?: string;
  /** Why it failed, at its last try or for good, or why it was put off. */
  readonly why?: string;
  /** Its data is too large to be looked at, or is no job of previews. */
  readonly unreadable?: true;
}

/** Of a job's hash in Redis, in the order in which they are asked for. */
export const FIELDS = [
  ...(['data', 'failedReason', 'timestamp', 'delay', 'priority', 'processedOn', 'finishedOn', 'atm', 'pb'] as const),
  'preview:why',
] as const;
export type JobFields = Readonly<Partial<Record<(typeof FIELDS)[number], string>>>;

/** As `worker/lanes.ts` has it: both sides of the border between two images. */
const BACKFILL_PRIORITY = 1_000_000;
const LONGEST = { id: 256, tenant: 128, source: 1_024, output: 64, worker: 253, why: 500 } as const;
const MOST_OUTPUTS = 32;

export function jobView(id: string, state: JobState, fields: JobFields): JobView {
  const { timestamp, delay = '0', priority = '0', processedOn, finishedOn, atm, pb } = fields;
  const why = fields.failedReason ?? fields['preview:why'];
  const due = state === 'delayed' ? timeOf(Number(timestamp) + Number(delay)) : undefined;
  return {
    ...{ id: cut(id, 'id'), state, lane: Number(priority) >= BACKFILL_PRIORITY ? 'backfill' : 'interactive' },
    ...payloadView(fields.data),
    attempts: wholeOf(atm),
    ...given('added', timeOf(timestamp)),
    ...given('due', due),
    ...given('started', timeOf(processedOn)),
    ...given('ended', timeOf(finishedOn)),
    ...given('worker', pb && cut(pb, 'worker')),
    ...given('why', why && cut(withoutSecrets(why.slice(0, 4 * LONGEST.why)), 'why')),
  };
}

function payloadView(data: string | undefined): Partial<JobView> {
  const job = parsed(data);
  const source = (job?.['source'] as { uri?: unknown } | undefined)?.uri;
  if (job === undefined || typeof source !== 'string') return { unreadable: true };
  const { tenant, outputs, dryRun } = job;
  return {
    source: cut(withoutSecrets(source.slice(0, 2 * LONGEST.source)), 'source'),
    ...given('tenant', typeof tenant === 'string' ? cut(tenant, 'tenant') : undefined),
    ...(Array.isArray(outputs) ? { outputs: outputs.slice(0, MOST_OUTPUTS).map(outputName) } : {}),
    ...(dryRun === true ? { dryRun } : {}),
  };
}

function outputName(output: unknown): string {
  const { name, preset, width, height } = (output ?? {}) as Record<string, unknown>;
  const text = [name, preset].find((one) => typeof one === 'string') ?? `${width ?? 'any'}x${height ?? 'any'}`;
  return cut(String(text), 'output');
}

const URL_LIKE = /\b([a-z][a-z0-9+.-]{0,30}:\/\/)([^\s/?#"'<>]*@)?([^\s?#"'<>]*)([?#][^\s"'<>]*)?/gi;
const NAMED_SECRET =
  /\b([\w-]*(?:password|passwd|secret|token|signature|credential|api[_-]?key|access[_-]?key)[\w-]*["']?\s*[=:]\s*)("[^"]*"|'[^']*'|[^\s,;&"']+)/gi;
const AUTHORIZATION = /\b(authorization\s*[=:]\s*)?(bearer|basic)\s+[\w.~+/=-]+/gi;

/** Queries hold signatures, the part before @ passwords; what a failure quotes of a URL or of a header is no better. */
export const withoutSecrets = (text: string): string =>
  text
    .replace(
      URL_LIKE,
      (_, scheme: string, _user, rest: string, query: string | undefined) =>
        `${scheme}${rest.slice(rest.lastIndexOf('@', Math.max(0, rest.indexOf('/'))) + 1)}${query ? '?…' : ''}`,
    )
    .replace(AUTHORIZATION, '$2 …')
    .replace(NAMED_SECRET, '$1…');

function parsed(text: string | undefined): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

const cut = (text: string, what: keyof typeof LONGEST): string =>
  text.length <= LONGEST[what] ? text : `${text.slice(0, LONGEST[what])}…`;

const wholeOf = (text: string | undefined): number => (/^\d{1,9}$/.test(text ?? '') ? Number(text) : 0);

/** Milliseconds since 1970; undefined for what is none. */
function timeOf(given: string | number | undefined): string | undefined {
  const at = given === undefined || given === '' ? Number.NaN : Number(given);
  // The last day that a Date can hold.
  return at > 0 && at <= 8.64e15 ? new Date(at).toISOString() : undefined;
}

function given<K extends string>(key: K, value: string | undefined): { [key in K]?: string } {
  return (value === undefined || value === '' ? {} : { [key]: value }) as { [key in K]?: string };
}
