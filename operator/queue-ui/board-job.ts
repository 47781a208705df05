/** A job as the board draws it: of what `kubectl pwp jobs` tells, and of nothing else. Pure. */
import type { QueueJob, QueueJobJson } from '@bull-board/api/dist/types.js';
import type { JobView } from '../queue-api/job-view.ts';

/** Why no job is changed here, and what changes it. */
export const READ_ONLY = 'the queue UI only shows; kubectl pwp retry gives failed jobs back';

const refuse = (): Promise<never> => Promise.reject(new Error(READ_ONLY));
const msOf = (iso: string | undefined): number | undefined => (iso === undefined ? undefined : Date.parse(iso));

export interface BoardJob extends QueueJob {
  readonly id: string;
}

export function boardJob(view: JobView): BoardJob {
  const json = jsonOf(view);
  return {
    id: view.id,
    opts: {},
    toJSON: () => json,
    getState: async () => view.state,
    promote: refuse,
    remove: refuse,
    retry: refuse,
  };
}

function jsonOf({ id, state, added, due, started, ended, worker, why, attempts, ...shown }: JobView): QueueJobJson {
  const [timestamp, dueAt, finishedOn] = [msOf(added) ?? 0, msOf(due), msOf(ended)];
  return {
    id,
    // The list shows it beside the id.
    name: shown.source ?? (shown.unreadable ? 'unreadable' : 'preview'),
    timestamp,
    ...(dueAt === undefined ? {} : { delay: dueAt - timestamp }),
    processedOn: msOf(started) ?? null,
    processedBy: worker ?? null,
    finishedOn: finishedOn ?? null,
    attemptsMade: attempts,
    // The board takes whatever has a reason for failed.
    failedReason: state === 'failed' ? (why ?? 'no reason was written') : '',
    data: state === 'failed' || why === undefined ? shown : { ...shown, why },
    // Stacks, results, options and logs may hold anything: they are not even read.
    stacktrace: null,
    returnvalue: null,
    progress: 0,
    opts: {},
  };
}
