import { FAILURES, type FailureReason } from '../failures.ts';

const LIMIT = 'raise the limit named with --limit, or take a smaller file';

/** What `FAILURES` says to those who submit to a pool, for those who render files of their own. */
const LOCAL: Partial<Record<FailureReason, string>> = {
  InvalidPayload: 'correct --output',
  UnsupportedMedia: '`preview-worker capabilities` lists the formats that are rendered',
  SourceNotFound: 'check the path; render reads files of this machine, and submit takes URIs',
  SourceForbidden: 'name a regular file that you may read',
  SourceTooLarge: LIMIT,
  LimitExceeded: LIMIT,
  TimedOut: 'raise it with --limit timeoutSeconds=…',
  OutOfMemory: 'raise it with --limit memoryBytes=…, or take a smaller file',
  DestinationForbidden: 'give each its own --out',
  SinkUnavailable: 'check that --out takes what is written and is not full',
  ScratchUnavailable: 'check that the temporary folder (TMPDIR) is writable and not full',
};

export const localRemedy = (reason: FailureReason): string => LOCAL[reason] ?? FAILURES[reason].remedy;
