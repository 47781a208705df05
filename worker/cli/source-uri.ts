import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** `--source` as a job names it: a URI as it stands, a path of this machine as a file: URI. */
export const sourceUri = (source: string): string =>
  /^[a-z0-9]+:/i.test(source) ? source : pathToFileURL(resolve(source)).href;
