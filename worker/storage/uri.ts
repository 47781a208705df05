/**
 * A URI of a storage as a URL. Of an s3: URI the key is kept as it is written: URL parsing would resolve `..` and drop tabs
 * and the spaces at the end, and another object would be read than the one that was named.
 */
export function parseUri(text: string): URL {
  const [, bucket, key] = /^s3:\/\/([^/?#]*)\/(.*)$/s.exec(text) ?? [];
  return new URL(key === undefined ? text : `s3://${bucket}/${key.replace(/[/\s\p{Cc}]/gu, encodeURIComponent)}`);
}
