/** Whether the sink takes what is written, and whether the sources answer. */
import { randomUUID } from 'node:crypto';
import { open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { WorkerConfig } from '../../config.generated.ts';
import { FAILURES, PreviewFailure } from '../../failures.ts';
import { openSink, openSources } from '../../storage/registry.ts';
import { failed, ok, warning } from './finding.ts';
import type { Finding } from './report.generated.ts';

/** Of hosts and of buckets; more are passed over. */
const MOST = 10;
const REMEDY = 'look at its address, at the credentials and at the network between; jobs are tried again meanwhile';
/** An answer of any kind is one; what it is worth is a job's matter. */
const ANSWERED: readonly string[] = ['SourceNotFound', 'SourceTooLarge', 'SourceChanged'];

export async function sinkFinding(sink: WorkerConfig['sink']): Promise<Finding> {
  try {
    await (await openSink(sink)).probe();
    return ok('sink', 'it was written to, and cleaned up');
  } catch (error) {
    const remedy = FAILURES.SinkUnavailable.remedy;
    return failed('sink', { message: (error as Error).message, remedy, entry: 'SinkNotWritable' });
  }
}

/** `scratch`: a folder to fetch into. */
export async function sourceFindings(
  sources: WorkerConfig['sources'],
  scratch: string,
  signal: AbortSignal,
): Promise<Finding[]> {
  const { file, http, s3 } = sources;
  const ask = await asking(sources, scratch, signal);
  const hosts = (http?.allowedHosts ?? []).filter((host) => !host.startsWith('*.'));
  const found = await Promise.all([
    ...(file?.roots ?? []).map(({ path }) => rootFinding(path)),
    ...hosts.slice(0, MOST).map((host) => hostFinding(host, ask)),
    ...(s3?.buckets ?? []).slice(0, MOST).map((bucket) => bucketFinding(bucket, ask)),
  ]);
  const open = [
    ...(http && hosts.length === 0 ? ['any host that is allowed'] : []),
    ...(s3 && s3.buckets === undefined ? ['any bucket that the credentials can read'] : []),
  ];
  return [...found, ...open.map((what) => ok('source', `${what}: there is none to look at`))];
}

async function rootFinding(path: string): Promise<Finding> {
  try {
    await readdir(path);
    return ok('source', `${path} can be read`);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return failed('source', {
      message: `${path} can not be read: ${code}`,
      remedy: 'mount it, and let the worker’s user read it',
      entry: code === 'EACCES' ? 'job-sourceforbidden' : 'job-sourcenotfound',
    });
  }
}

type Ask = (uri: string) => Promise<PreviewFailure | undefined>;

/** What an answer says of the source; undefined where it is one. Nothing of it is kept. */
async function asking(sources: WorkerConfig['sources'], scratch: string, signal: AbortSignal): Promise<Ask> {
  const source = await openSources(sources);
  return async (uri) => {
    const path = join(scratch, `preview-doctor-${randomUUID()}`);
    await using target = await open(path, 'wx+');
    // It is open: nobody else has to find it, and nothing is left of it.
    await rm(path);
    return await source.fetch({ uri: new URL(uri), target, maxBytes: 0, signal }).then(
      () => undefined,
      (error: unknown) => {
        if (!(error instanceof PreviewFailure)) throw error;
        return ANSWERED.includes(error.reason) ? undefined : error;
      },
    );
  };
}

/** On the usual ports; a server that has others is not found to be away for certain. */
async function hostFinding(host: string, ask: Ask): Promise<Finding> {
  const failure = await ask(`https://${host}/`);
  const isAnswered = failure === undefined || / was \d{3}/.test(failure.message);
  if (isAnswered || (failure.reason === 'SourceUnavailable' && (await ask(`http://${host}/`)) === undefined))
    return ok('source', `${host} answers`);
  return warning('source', {
    message: `${host}: ${failure.message}`,
    remedy: failure.reason === 'SourceUnavailable' ? REMEDY : failure.remedy,
    entry: `job-${failure.reason}`,
  });
}

async function bucketFinding(bucket: string, ask: Ask): Promise<Finding> {
  const failure = await ask(`s3://${bucket}/preview-worker-doctor-${randomUUID()}`);
  if (failure === undefined) return ok('source', `the bucket ${bucket} answers`);
  const { reason, message, remedy } = failure;
  const isRefused = reason === 'SourceForbidden';
  return (isRefused ? warning : failed)('source', {
    message: `the bucket ${bucket}: ${message}`,
    remedy: isRefused ? `${remedy}; without s3:ListBucket an absent object looks like a forbidden one` : REMEDY,
    entry: `job-${reason}`,
  });
}
