import type { WorkerConfig } from '../config.generated.ts';
import { PreviewFailure } from '../failures.ts';
import type { Fetched, FetchRequest, Sink, Source } from './storage.ts';

/** Loads only the storages that the pool uses. */
export async function openSink({ file, s3 }: WorkerConfig['sink']): Promise<Sink> {
  if (file !== undefined) return (await import('./file.ts')).default.sink(file);
  if (s3 !== undefined) return (await import('./s3.ts')).default.sink(s3);
  throw new Error('sink must have exactly one of file and s3');
}

/** One source for all schemes: a scheme that the pool has not switched on is SourceForbidden. */
export async function openSources({ file, http, s3 }: WorkerConfig['sources']): Promise<Source> {
  const byScheme = new Map<string, Source>();
  if (file !== undefined) byScheme.set('file:', (await import('./file.ts')).default.source(file));
  if (s3 !== undefined) byScheme.set('s3:', (await import('./s3.ts')).default.source(s3));
  if (http !== undefined) {
    const source = (await import('./http.ts')).default.source(http);
    for (const scheme of ['http:', 'https:']) byScheme.set(scheme, source);
  }
  return {
    async fetch(request: FetchRequest): Promise<Fetched> {
      const source = byScheme.get(request.uri.protocol);
      if (source !== undefined) return source.fetch(request);
      const known = [...byScheme.keys()].join(', ');
      throw new PreviewFailure('SourceForbidden', `this pool reads no ${request.uri.protocol} URIs, only ${known}`);
    },
  };
}
