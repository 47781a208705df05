/**
 * Jobs whose hash holds what is no JSON. BullMQ parses it after Redis has made the job active: its error would leave the
 * job without an owner, to be taken up by the next stalled check, for ever. So it is looked at before BullMQ sees it.
 */
import type { IQueueBackend } from 'bullmq';

/** Fields that BullMQ parses, and what stands in for one that can not be parsed. */
const PARSED: Readonly<Record<string, { readonly instead: string; readonly fits: (value: unknown) => boolean }>> = {
  data: { instead: '{}', fits: () => true },
  opts: { instead: '{}', fits: (value) => typeof value === 'object' && value !== null && !Array.isArray(value) },
  progress: { instead: '0', fits: () => true },
  parent: { instead: '{}', fits: (value) => typeof value === 'object' },
};

type Reply = readonly [job: unknown, id: unknown, ...rest: unknown[]];
type ExecCommand = (client: unknown, command: string, args: unknown[]) => Promise<unknown>;

/** Mends every job that this backend takes from Redis, and tells which field was none: `told(id, field)`. */
export function mendUnreadable(backend: IQueueBackend, told: (id: string, field: string) => void): void {
  const commands = backend as unknown as { execCommand?: ExecCommand };
  if (commands.execCommand === undefined) throw new Error('this BullMQ has no execCommand: unreadable jobs would loop');
  const execCommand = commands.execCommand.bind(backend);
  commands.execCommand = async (client, command, args) => {
    const reply = await execCommand(client, command, args);
    if (holdsJob(reply)) mend(reply[0] as unknown[], (field) => told(String(reply[1]), field));
    return reply;
  };
}

const holdsJob = (reply: unknown): reply is Reply => Array.isArray(reply) && Array.isArray(reply[0]);

/** `fields` is name, value, name, value, … as HGETALL gives it. */
function mend(fields: unknown[], told: (field: string) => void): void {
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const rule = Object.hasOwn(PARSED, String(fields[at])) ? PARSED[String(fields[at])] : undefined;
    if (rule === undefined || fits(String(fields[at + 1]), rule.fits)) continue;
    fields[at + 1] = rule.instead;
    told(String(fields[at]));
  }
}

function fits(text: string, rule: (value: unknown) => boolean): boolean {
  try {
    return text === '' || rule(JSON.parse(text));
  } catch {
    return false;
  }
}
