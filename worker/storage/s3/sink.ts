import { randomUUID } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { posix } from 'node:path';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { PreviewFailure } from '../../failures.ts';
import { receive } from '../receive.ts';
import type { Fetched, ListOptions, Sink, Stored, WriteOptions } from '../storage.ts';
import { parseUri } from '../uri.ts';
import { bodyOf, factsOf, given, readOf, signWithHash } from './exchange.ts';
import { named, uriOf } from './object.ts';
import { persistently, Refusal, refusalOf } from './service.ts';

/** Manifests and records; beyond this it is none of ours. */
const MAX_TEXT_BYTES = 1 << 20;
/** What the protocol gives at once. */
const PAGE = 1_000;

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.avif': 'image/avif',
  '.jpeg': 'image/jpeg',
  '.jpg': 'image/jpeg',
  '.json': 'application/json',
  '.png': 'image/png',
  '.webp': 'image/webp',
};

export class S3Sink implements Sink {
  readonly #client: S3Client;
  readonly #bucket: string;
  /** Empty, or with a slash at its end. */
  readonly #prefix: string;

  constructor(client: S3Client, { bucket, prefix = '' }: { readonly bucket: string; readonly prefix?: string }) {
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

  write(name: string, from: string | FileHandle, options: WriteOptions): Promise<Fetched> {
    const { replace, signal } = options;
    const work = async () => {
      const facts = await factsOf(from, options);
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

  /** Nothing: an object is there when its upload is whole. */
  async *unfinished(): AsyncIterable<Stored> {}

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
      const { status, code } = refusalOf(error);
      if (status === 404 && code !== 'NoSuchBucket') return undefined;
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
