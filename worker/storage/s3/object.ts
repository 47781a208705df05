/** How objects are named in URIs: s3://bucket/key, the key percent-encoded once. */
import { PreviewFailure } from '../../failures.ts';

const BUCKET = /^[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]$/;

export interface ObjectName {
  readonly bucket: string;
  /** Empty for the bucket itself. */
  readonly key: string;
}

/** Throws PreviewFailure with this reason for what is no plain s3: URI. */
export function named(uri: URL, reason: 'SourceForbidden' | 'DestinationForbidden'): ObjectName {
  try {
    return objectOf(uri);
  } catch (error) {
    throw new PreviewFailure(reason, `the URI is not accepted: ${(error as Error).message}`);
  }
}

function objectOf({ protocol, username, password, host, pathname, search, hash }: URL): ObjectName {
  if (protocol !== 's3:' || username !== '' || password !== '') throw new Error('it is no plain s3: URI');
  if (search !== '' || hash !== '') throw new Error('a ? or # in a key must be written as %3F or %23');
  if (!BUCKET.test(host)) throw new Error('it names no bucket');
  try {
    return { bucket: host, key: decodeURIComponent(pathname.slice(1)) };
  } catch {
    throw new Error('its key is not percent-encoded UTF-8: a plain % must be written as %25');
  }
}

export function uriOf({ bucket, key }: ObjectName): string {
  return `s3://${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`;
}
