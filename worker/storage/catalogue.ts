/**
 * What lies where under a sink. Documents are read as hostile input: what does not fit its schema is as good as absent, and
 * is replaced by the next one.
 *
 *   artifacts/<contentKey>/…           previews and, last, manifest.json; below the job's destination
 *   requests/<requestKey>.json         which manifest answers a request
 *   quarantine/<contentKey>.json       what failed for good
 *   sources/<hash of uri>/<contentKey> which artifacts came from a source
 */
import type { FileHandle } from 'node:fs/promises';
import manifestSchema from '../../schemas/preview-manifest.schema.json' with { type: 'json' };
import quarantineSchema from '../../schemas/preview-quarantine.schema.json' with { type: 'json' };
import requestSchema from '../../schemas/preview-request.schema.json' with { type: 'json' };
import { hashOf } from '../keys.ts';
import { validator } from '../schema.ts';
import type { PreviewManifest } from './manifest.generated.ts';
import type { PreviewQuarantine } from './quarantine.generated.ts';
import type { PreviewRequest } from './request.generated.ts';
import type { Fetched, Sink } from './storage.ts';

const isManifest = validator<PreviewManifest>(manifestSchema);
const isRequest = validator<PreviewRequest>(requestSchema);
const isQuarantine = validator<PreviewQuarantine>(quarantineSchema);

/** `force` writes over what is there; otherwise the first to write a name has it. */
export interface Put {
  readonly force: boolean;
}

export class Catalogue {
  readonly sink: Sink;

  constructor(sink: Sink) {
    this.sink = sink;
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

  putPreview(name: string, from: FileHandle, { force, signal }: Put & { signal: AbortSignal }): Promise<Fetched> {
    return this.sink.write(name, from, { replace: force, signal });
  }

  request(requestKey: string): Promise<PreviewRequest | undefined> {
    return this.#read(requestName(requestKey), isRequest);
  }

  async putRequest(requestKey: string, request: PreviewRequest): Promise<void> {
    await this.sink.write(requestName(requestKey), textOf(request), { replace: true });
  }

  quarantine(contentKey: string): Promise<PreviewQuarantine | undefined> {
    return this.#read(quarantineName(contentKey), isQuarantine);
  }

  async putQuarantine(contentKey: string, quarantine: PreviewQuarantine): Promise<void> {
    await this.sink.write(quarantineName(contentKey), textOf(quarantine), { replace: true });
  }

  async noteSource(uri: string, contentKey: string): Promise<void> {
    await this.sink.write(`sources/${hashOf(uri)}/${contentKey}`, '', { replace: true });
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
const requestName = (requestKey: string) => `requests/${requestKey}.json`;
const quarantineName = (contentKey: string) => `quarantine/${contentKey}.json`;

function textOf(document: object): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
