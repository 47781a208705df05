import type { FileHandle } from 'node:fs/promises';

export interface Fetched {
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
  /** Of a source that has one, as its server says it. */
  readonly etag?: string;
  readonly versionId?: string;
}

export interface FetchRequest {
  readonly uri: URL;
  /** The source must be this one: SourceChanged otherwise, InvalidPayload where it means nothing. Quotes around it do not count. */
  readonly etag?: string | undefined;
  readonly versionId?: string | undefined;
  /** Open for writing, empty. */
  readonly target: FileHandle;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

/** Where jobs may read from. */
export interface Source {
  /**
   * Streams the source into `target`. Throws PreviewFailure: SourceNotFound, SourceForbidden, SourceChanged,
   * SourceTooLarge, SourceUnavailable; or `signal.reason`.
   */
  fetch(request: FetchRequest): Promise<Fetched>;
}

export interface WriteOptions {
  /** Put this in the place of what has the name already; otherwise what is there stays. */
  readonly replace: boolean;
  /** More than that is SourceTooLarge, and nothing has the name because of this write: who made `from` may go on writing to it. */
  readonly maxBytes?: number;
  /** Aborted before the end, nothing has the name because of this write, and it rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

export interface Stored {
  readonly name: string;
  readonly bytes: number;
  readonly modifiedAt: Date;
}

export interface ListOptions {
  readonly limit: number;
  /** A name, there or not: what is listed comes behind it. */
  readonly after?: string;
}

/**
 * Where previews go. Names are relative, with `/` between plain parts. A reader sees an object in full or not at all.
 * Every method throws PreviewFailure SinkUnavailable when the storage does not work.
 */
export interface Sink {
  /** Text of a small object, or undefined when there is none. */
  read(name: string): Promise<string | undefined>;
  /** Facts of what has the name afterwards, which without `replace` may be another's work. `from` is read from its start. */
  write(name: string, from: string | FileHandle, options: WriteOptions): Promise<Fetched>;
  /** The absolute URI of a name. */
  uriOf(name: string): string;
  /** The name of a URI's folder below this sink, '' for the sink itself. Throws DestinationForbidden for one outside. */
  folderOf(uri: string): string;
  /** What has a name that begins with `prefix`, in the order of the names' bytes, at most `limit`. */
  list(prefix: string, options: ListOptions): AsyncIterable<Stored>;
  /** What writers that were killed have left below `prefix`: no reader sees it and `list` does not tell it. */
  unfinished(prefix: string): AsyncIterable<Stored>;
  /** There is nothing of that name afterwards, whether or not there was before. */
  remove(name: string): Promise<void>;
  /** Writes and removes a small object. */
  probe(): Promise<void>;
}

/** One kind of storage, the default export of one file. `settings` is its member of `sources` or `sink` in the configuration. */
export interface StorageDriver<SourceSettings, SinkSettings> {
  readonly source: (settings: SourceSettings) => Source;
  readonly sink: (settings: SinkSettings) => Sink;
}
