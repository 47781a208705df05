/**
 * What lies where under a sink. Documents are read as hostile input: what does not fit its schema is as good as absent, and
 * is replaced by the next one.
 *
 *   artifacts/<contentKey>/…             previews and, last, manifest.json; below the job's destination
 *   requests/<requestKey>.json           which manifest answers a request
 *   quarantine/<contentKey>.json         what failed for good
 *   sources/<hash of uri>/<contentKey>…  which artifacts came from a source; holds the manifest's name
 *   outbox/<job id>.json                 what a producer accepted and nobody has answered yet
 */
import type { FileHandle } from 'node:fs/promises';
import { PreviewFailure } from '../failures.ts';
import { hashOf } from '../keys.ts';
import { validator } from '../schema.ts';
import type { PreviewManifest } from './manifest.generated.ts';
import { validate as validateManifest } from './manifest.validator.generated.ts';
import type { PreviewOutbox } from './outbox.generated.ts';
import { validate as validateOutbox } from './outbox.validator.generated.ts';
import type { PreviewQuarantine } from './quarantine.generated.ts';
import { validate as validateQuarantine } from './quarantine.validator.generated.ts';
import type { PreviewRequest } from './request.generated.ts';
import { validate as validateRequest } from './request.validator.generated.ts';
import type { Fetched, Sink, Stored, WriteOptions } from './storage.ts';

const isManifest = validator<PreviewManifest>(validateManifest);
const isRequest = validator<PreviewRequest>(validateRequest);
const isQuarantine = validator<PreviewQuarantine>(validateQuarantine);
const isOutbox = validator<PreviewOutbox>(validateOutbox);

/** `force` writes over what is there; otherwise the first to write a name has it. */
export interface Put {
  readonly force: boolean;
}

type Bounds = Required<Pick<WriteOptions, 'signal' | 'maxBytes'>>;

const PAGE = 1_000;
const RECORDS = ['requests', 'quarantine', 'sources', 'outbox'];
const OWN = new RegExp(`^(${RECORDS.join('|')})/|(^|/)artifacts/`);

export class Catalogue {
  readonly sink: Sink;

  constructor(sink: Sink) {
    this.sink = sink;
  }

  /** Of a job's destination, as `Sink.folderOf`. Among what is the catalogue's own it would be taken apart as part of that. */
  folderOf(uri: string): string {
    const folder = this.sink.folderOf(uri);
    if (!OWN.test(folder)) return folder;
    throw new PreviewFailure(
      'DestinationForbidden',
      `${this.sink.uriOf(folder)} lies where the pool keeps its own: no folder of it may be called artifacts, and the first none of ${RECORDS.join(', ')}`,
    );
  }

  manifest(name: string): Promise<PreviewManifest | undefined> {
    return this.#read(name, isManifest);
  }

  /** What may be read back after it was written: another's, when another was first. */
  async putManifest(name: string, manifest: PreviewManifest, { force }: Put): Promise<PreviewManifest> {
    await this.sink.write(name, textOf(manifest), { replace: force });
    const kept = force ? manifest : await this.manifest(name);
    if (kept !== undefined) return kept;
    await this.sink.write(name, textOf(manifest), { replace: true });
    return manifest;
  }

  putPreview(name: string, from: FileHandle, { force, ...bounds }: Put & Bounds): Promise<Fetched> {
    return this.sink.write(name, from, { replace: force, ...bounds });
  }

  request(requestKey: string): Promise<PreviewRequest | undefined> {
    return this.#read(requestName(requestKey), isRequest);
  }

  async putRequest(requestKey: string, request: PreviewRequest): Promise<void> {
    await this.sink.write(requestName(requestKey), textOf(request), { replace: true });
  }

  async *requests(): AsyncGenerator<{ name: string; request: PreviewRequest }> {
    for await (const { name } of this.all('requests/')) {
      const request = await this.#read(name, isRequest);
      if (request !== undefined) yield { name, request };
    }
  }

  quarantine(contentKey: string): Promise<PreviewQuarantine | undefined> {
    return this.#read(quarantineName(contentKey), isQuarantine);
  }

  async putQuarantine(contentKey: string, quarantine: PreviewQuarantine): Promise<void> {
    await this.sink.write(quarantineName(contentKey), textOf(quarantine), { replace: true });
  }

  /** Before anything of the source is kept, so that all of it is found when the source is to be forgotten. */
  async noteSource(uri: string, folder: string, contentKey: string): Promise<void> {
    const place = folder === '' ? contentKey : `${contentKey}.${hashOf(folder).slice(0, 16)}`;
    await this.sink.write(`${sourcePrefix(uri)}${place}`, manifestName(folder, contentKey), { replace: true });
  }

  /** The marks of one source, or of all. */
  async *sources(uri?: string): AsyncGenerator<{ name: string; manifest: string }> {
    for await (const { name } of this.all(uri === undefined ? 'sources/' : sourcePrefix(uri))) {
      const manifest = await this.sink.read(name);
      if (manifest !== undefined && MANIFEST_NAME.test(manifest)) yield { name, manifest };
    }
  }

  async putOutbox(entry: PreviewOutbox): Promise<void> {
    await this.sink.write(`outbox/${entry.id}.json`, textOf(entry), { replace: true });
  }

  async *outbox(): AsyncGenerator<{ name: string; entry: PreviewOutbox }> {
    for await (const { name } of this.all('outbox/')) {
      const entry = await this.#read(name, isOutbox);
      if (entry !== undefined) yield { name, entry };
    }
  }

  /** Everything below a prefix, page by page. */
  async *all(prefix: string): AsyncGenerator<Stored> {
    let after: string | undefined;
    for (;;) {
      let seen = 0;
      for await (const stored of this.sink.list(prefix, { limit: PAGE, ...(after === undefined ? {} : { after }) })) {
        seen += 1;
        after = stored.name;
        yield stored;
      }
      if (seen < PAGE) return;
    }
  }

  async #read<T>(name: string, parse: (document: unknown) => T): Promise<T | undefined> {
    const text = await this.sink.read(name);
    try {
      return text === undefined ? undefined : parse(JSON.parse(text));
    } catch {
      return undefined;
    }
  }
}

/** Where the artifacts of a content go; `folder` as of `Sink.folderOf`. */
export const artifactsName = (folder: string, contentKey: string) => `${folder}artifacts/${contentKey}`;
export const manifestName = (folder: string, contentKey: string) =>
  `${artifactsName(folder, contentKey)}/manifest.json`;
export const quarantineName = (contentKey: string) => `quarantine/${contentKey}.json`;

/** `<folder>artifacts/<contentKey>/manifest.json`; nothing else is taken from a mark and deleted. */
export const MANIFEST_NAME = /^((?:[^/]+\/)*)artifacts\/(c[0-9a-f]{64})\/manifest\.json$/;

const requestName = (requestKey: string) => `requests/${requestKey}.json`;
const sourcePrefix = (uri: string) => `sources/${hashOf(uri)}/`;

function textOf(document: object): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
