import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { type FailureReason, PreviewFailure } from '../../failures.ts';
import { receive, tooLarge } from '../receive.ts';
import type { Fetched, FetchRequest, Source } from '../storage.ts';
import { given, readOf } from './exchange.ts';
import { named, type ObjectName, uriOf } from './object.ts';
import { CREDENTIAL_CODES, persistently, Refusal } from './service.ts';

export class S3Source implements Source {
  readonly #client: S3Client;
  readonly #buckets: readonly string[] | undefined;

  constructor(client: S3Client, { buckets }: { readonly buckets?: readonly string[] }) {
    this.#client = client;
    this.#buckets = buckets;
  }

  async fetch(request: FetchRequest): Promise<Fetched> {
    const { uri, versionId, signal } = request;
    const object = named(uri, 'SourceForbidden');
    const { bucket, key } = object;
    if (key === '') throw new PreviewFailure('SourceForbidden', `s3://${bucket} is a bucket, not an object`);
    if (this.#buckets?.includes(bucket) === false) {
      throw new PreviewFailure(
        'SourceForbidden',
        `the bucket ${bucket} is none of ${this.#buckets.join(', ')}, which this pool may read`,
      );
    }
    try {
      return await persistently(() => this.#read(object, request), signal);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      throw new PreviewFailure(reasonOf(error, versionId), `${uriOf(object)} can not be read: ${error.message}`);
    }
  }

  async #read({ bucket, key }: ObjectName, request: FetchRequest): Promise<Fetched> {
    const { target, maxBytes, signal, etag, versionId } = request;
    const answer = await this.#client.send(
      new GetObjectCommand({
        Bucket: bucket,
        Key: key,
        ...given({ VersionId: versionId, IfMatch: etag && `"${etag.replace(/^(W\/)?"(.*)"$/, '$2')}"` }),
      }),
      { abortSignal: signal },
    );
    const { ContentLength: announced, ETag, VersionId } = answer;
    const received = await readOf(answer, (body) => {
      tooLarge(announced ?? 0, maxBytes);
      return receive(body, { target, maxBytes, signal });
    });
    return { ...received, ...given({ etag: ETag, versionId: VersionId }) };
  }
}

/** What a refusal to give an object says of it. Trouble with our own credentials says nothing of it, and passes. */
function reasonOf({ code, status }: Refusal, versionId: string | undefined): FailureReason {
  if (CREDENTIAL_CODES.has(code)) return 'SourceUnavailable';
  if (status === 412 || code === 'NoSuchVersion') return 'SourceChanged';
  if (status === 400 && code === 'InvalidArgument' && versionId !== undefined) return 'SourceChanged';
  if (status === 403) return 'SourceForbidden';
  // 405: the version is the mark that a deletion left.
  return status === 404 || status === 405 || code === 'KeyTooLongError' ? 'SourceNotFound' : 'SourceUnavailable';
}
