/** Objects of S3 and of what speaks its language, as source and as sink. */

import { randomUUID } from 'node:crypto';
import type { ReadStream } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { posix } from 'node:path';
import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { type FailureReason, PreviewFailure } from '../failures.ts';
import { receive, tooLarge } from './receive.ts';
import { type ObjectName, objectOf, uriOf } from './s3-object.ts';
import { CREDENTIAL_CODES, openClient, persistently, Refusal, refusalOf, type ServiceSettings } from './s3-service.ts';
import type {
  Fetched,
  FetchRequest,
  ListOptions,
  Sink,
  Source,
  StorageDriver,
  Stored,
  WriteOptions,
} from './storage.ts';
import { parseUri } from './uri.ts';

/** Manifests and records; beyond this it is none of ours. */
const MAX_TEXT_BYTES = 1 << 20;
const CHUNK_BYTES = 1 << 18;
/** What the protocol gives at once. */
const PAGE = 1_000;

interface SourceSettings extends ServiceSettings {
  readonly buckets?: readonly string[];
}
interface SinkSettings extends ServiceSettings {
  readonly bucket: string;
  readonly prefix?: string;
}

const s3: StorageDriver<SourceSettings, SinkSettings> = {
  source: (settings) => new S3Source(openClient(settings), settings.buckets),
  sink: (settings) => new S3Sink(openClient(settings), settings),
};

export default s3;

class S3Source implements Source {
  readonly #client: S3Client;
  readonly #buckets: readonly string[] | undefined;

  constructor(client: S3Client, buckets: readonly string[] | undefined) {
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
    if (announced !== undefined && received.bytes !== announced) throw new Refusal('the answer broke off');
    return { ...received, ...given({ etag: ETag, versionId: VersionId }) };
  }
}

class S3Sink implements Sink {
  readonly #client: S3Client;
  readonly #bucket: string;
  /** Empty, or with a slash at its end. */
  readonly #prefix: string;

  constructor(client: S3Client, { bucket, prefix = '' }: SinkSettings) {
    this.#client = client;
    this.#bucket = bucket;
    this.#prefix = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
  }

  uriOf(name: string): string {
    return uriOf({ bucket: this.#bucket, key: this.#prefix + name });
  }

  folderOf(uri: string): string {
    const { bucket, key } = named(parseUri(uri), 'DestinationForbidden');
    const folder = key === '' || key.endsWith('/') ? key : `${key}/`;
    const below = folder.slice(this.#prefix.length);
    // `..` is a part of a key like any other, but not for every store behind an endpoint.
    const plain = below === '' || /^((?!\.{1,2}\/)[^/]+\/)+$/.test(below);
    if (bucket !== this.#bucket || !folder.startsWith(this.#prefix) || !plain) {
      throw new PreviewFailure(
        'DestinationForbidden',
        `${uriOf({ bucket, key })} does not lie under ${this.uriOf('')}, the sink of this pool`,
      );
    }
    return below;
  }

  read(name: string): Promise<string | undefined> {
    return this.#working(`${name} can not be read`, async () => {
      const answer = await this.#get(name);
      if (answer === undefined) return undefined;
      return await readOf(answer, async (body) => {
        if ((answer.ContentLength ?? 0) > MAX_TEXT_BYTES) return undefined;
        const chunks: Uint8Array[] = [];
        for await (const chunk of body) chunks.push(chunk as Uint8Array);
        return Buffer.concat(chunks).toString('utf8');
      });
    });
  }

  write(name: string, from: string | FileHandle, { replace, signal }: WriteOptions): Promise<Fetched> {
    const work = async () => {
      const facts = await factsOf(from, signal);
      const ours = await this.#put(name, from, { replace, facts, signal });
      return ours ? facts : this.#factsOfOther(name, signal);
    };
    return this.#working(`${name} can not be written`, work, signal);
  }

  async *list(prefix: string, { limit, after = '' }: ListOptions): AsyncIterable<Stored> {
    let left = limit;
    for (let behind = this.#prefix + after, more = left > 0; more; ) {
      const work = () => this.#page(this.#prefix + prefix, behind, left);
      const { Contents: found = [], IsTruncated } = await this.#working(`${prefix} can not be listed`, work);
      for (const { Key: key = '', Size: bytes = 0, LastModified: modifiedAt = new Date(0) } of found) {
        behind = key;
        // The folders of consoles: objects without a name of their own.
        if (key.endsWith('/')) continue;
        left -= 1;
        yield { name: key.slice(this.#prefix.length), bytes, modifiedAt };
      }
      more = left > 0 && IsTruncated === true && found.length > 0;
    }
  }

  remove(name: string): Promise<void> {
    return this.#working(`${name} can not be removed`, async () => {
      await this.#client.send(new DeleteObjectCommand(this.#place(name)));
    });
  }

  async probe(): Promise<void> {
    const name = `.probe-${randomUUID()}`;
    await this.write(name, 'probe', { replace: true });
    await this.remove(name);
  }

  #place(name: string) {
    return { Bucket: this.#bucket, Key: this.#prefix + name };
  }

  /** False when somebody has the name already. */
  async #put(
    name: string,
    from: string | FileHandle,
    { replace, facts, signal }: { replace: boolean; facts: Fetched; signal: AbortSignal | undefined },
  ): Promise<boolean> {
    const unreadable = new AbortController();
    const body = bodyOf(from, facts.bytes, (problem) => unreadable.abort(problem));
    const put = new PutObjectCommand({
      ...this.#place(name),
      Body: body,
      ContentLength: facts.bytes,
      ContentType: MEDIA_TYPES[posix.extname(name)] ?? 'application/octet-stream',
      ...(replace ? {} : { IfNoneMatch: '*' }),
    });
    signWithHash(put, facts.sha256);
    const signals = [unreadable.signal, ...(signal === undefined ? [] : [signal])];
    try {
      await this.#client.send(put, { abortSignal: AbortSignal.any(signals) });
      return true;
    } catch (error) {
      unreadable.signal.throwIfAborted();
      if (!replace && refusalOf(error).status === 412) return false;
      throw error;
    } finally {
      if (typeof body !== 'string') body.destroy();
    }
  }

  async #factsOfOther(name: string, signal: AbortSignal | undefined): Promise<Fetched> {
    const answer = await this.#get(name, signal);
    if (answer === undefined) throw new Refusal('it was removed meanwhile');
    return readOf(answer, (body) => receive(body, { maxBytes: Number.POSITIVE_INFINITY, ...given({ signal }) }));
  }

  async #get(name: string, signal?: AbortSignal): Promise<GetObjectCommandOutput | undefined> {
    try {
      return await this.#client.send(new GetObjectCommand(this.#place(name)), given({ abortSignal: signal }));
    } catch (error) {
      if (refusalOf(error).code === 'NoSuchKey') return undefined;
      throw error;
    }
  }

  #page(prefix: string, behind: string, left: number) {
    return this.#client.send(
      new ListObjectsV2Command({
        Bucket: this.#bucket,
        Prefix: prefix,
        MaxKeys: Math.min(left, PAGE),
        ...(behind === '' ? {} : { StartAfter: behind }),
      }),
    );
  }

  async #working<T>(problem: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    try {
      return await persistently(work, signal);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      throw new PreviewFailure('SinkUnavailable', `${problem} in ${this.uriOf('')}: ${error.message}`);
    }
  }
}

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.avif': 'image/avif',
  '.jpeg': 'image/jpeg',
  '.jpg': 'image/jpeg',
  '.json': 'application/json',
  '.png': 'image/png',
  '.webp': 'image/webp',
};

function named(uri: URL, reason: 'SourceForbidden' | 'DestinationForbidden'): ObjectName {
  try {
    return objectOf(uri);
  } catch (error) {
    throw new PreviewFailure(reason, `the URI is not accepted: ${(error as Error).message}`);
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

/** A connection whose answer is not read to its end is of no use to others. */
async function readOf<T>({ Body: body }: GetObjectCommandOutput, read: (body: Readable) => Promise<T>): Promise<T> {
  const stream = body as Readable;
  try {
    return await read(stream);
  } finally {
    stream.destroy();
  }
}

async function factsOf(from: string | FileHandle, signal: AbortSignal | undefined): Promise<Fetched> {
  const content = typeof from === 'string' ? Readable.from([Buffer.from(from)]) : streamOf(from, {});
  return await receive(content, { maxBytes: Number.POSITIVE_INFINITY, ...given({ signal }) });
}

/** The first `bytes` of it. A file that can not be read so far would leave the server waiting for the rest: `onProblem`. */
function bodyOf(from: string | FileHandle, bytes: number, onProblem: (problem: Error) => void): string | ReadStream {
  if (typeof from === 'string') return from;
  if (bytes === 0) return '';
  const body = streamOf(from, { end: bytes - 1 });
  body.once('error', onProblem);
  body.once('end', () => {
    if (body.bytesRead < bytes) onProblem(new Error('the file became shorter'));
  });
  return body;
}

function streamOf(file: FileHandle, range: { end?: number }): ReadStream {
  return file.createReadStream({ start: 0, autoClose: false, highWaterMark: CHUNK_BYTES, ...range });
}

/** The signature covers the content: what the server stores has this hash, or is refused. */
function signWithHash(put: PutObjectCommand, sha256: string): void {
  put.middlewareStack.add(
    (next) => (args) => {
      (args.request as { headers: Record<string, string> }).headers['x-amz-content-sha256'] = sha256;
      return next(args);
    },
    { step: 'build', name: 'signWithHash' },
  );
}

/** Without the members that are undefined. */
function given<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
