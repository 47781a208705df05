/** One S3 endpoint: its client, its credentials, what its refusals mean and which of them pass. */
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { PreviewFailure } from '../../failures.ts';

export interface ServiceSettings {
  readonly endpoint?: string;
  readonly region?: string;
  readonly forcePathStyle?: boolean;
  readonly credentials?: CredentialFiles;
}

interface CredentialFiles {
  readonly accessKeyIdFile: string;
  readonly secretAccessKeyFile: string;
}

const CONNECT_MILLISECONDS = 5_000;
/** Without a byte in either direction. */
const SILENT_MILLISECONDS = 20_000;
const ATTEMPTS = 4;
const FIRST_PAUSE_MILLISECONDS = 250;

export function openClient({ endpoint, region, forcePathStyle, credentials }: ServiceSettings): S3Client {
  const assumedRegion = region ?? (endpoint === undefined ? undefined : 'us-east-1');
  const config: S3ClientConfig = {
    forcePathStyle: forcePathStyle ?? endpoint !== undefined,
    // `persistently` repeats: the SDK does not repeat uploads of streams, nor downloads that broke off.
    maxAttempts: 1,
    // Trailing checksums are new, and not every endpoint takes them. What is written is signed with its hash instead.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // It would write to the console; what matters of it is thrown.
    logger: { trace() {}, debug() {}, info() {}, warn() {}, error() {} },
    requestHandler: { connectionTimeout: CONNECT_MILLISECONDS, socketTimeout: SILENT_MILLISECONDS },
  };
  if (endpoint !== undefined) config.endpoint = endpoint;
  if (assumedRegion !== undefined) config.region = assumedRegion;
  if (credentials !== undefined) config.credentials = () => credentialsOf(credentials);
  return new S3Client(config);
}

/** Already expired: the SDK asks again for each request, so that keys are rotated without a restart. */
async function credentialsOf({ accessKeyIdFile, secretAccessKeyFile }: CredentialFiles) {
  const [accessKeyId, secretAccessKey] = await Promise.all([textOf(accessKeyIdFile), textOf(secretAccessKeyFile)]);
  return { accessKeyId, secretAccessKey, expiration: new Date() };
}

async function textOf(path: string): Promise<string> {
  const text = (await readFile(path, 'utf8')).trim();
  if (text === '') throw Object.assign(new Error(`${path} is empty`), { code: 'EmptyCredential' });
  return text;
}

/**
 * What the service answered instead of what it was asked for, or why it could not be asked. It carries a code and nothing
 * else of the SDK's error: that one knows the request, its signature and sometimes the key.
 */
export class Refusal extends Error {
  readonly code: string;
  readonly status: number | undefined;
  /** It may be answered otherwise a moment later. */
  readonly passing: boolean;

  constructor(code: string, status?: number, passing = mayPass(code, status)) {
    super(status === undefined || code === String(status) ? code : `${code} (${status})`);
    this.code = code;
    this.status = status;
    this.passing = passing;
  }
}

/** The keys are being rotated, or the clocks differ: neither says anything about what was asked for. */
export const CREDENTIAL_CODES: ReadonlySet<string> = new Set([
  'AuthFailure',
  'ExpiredToken',
  'InvalidAccessKeyId',
  'InvalidToken',
  'RequestExpired',
  'RequestTimeTooSkewed',
  'SignatureDoesNotMatch',
  'TokenRefreshRequired',
]);
const PASSING_CODES: ReadonlySet<string> = new Set([...CREDENTIAL_CODES, 'RequestTimeout', 'SlowDown']);

function mayPass(code: string, status: number | undefined): boolean {
  if (status === undefined || PASSING_CODES.has(code)) return true;
  // 409: two that change the same name at once.
  return status === 409 || status === 429 || (status >= 500 && status !== 501);
}

/** Runs `attempt` until it holds, or throws Refusal, a PreviewFailure or a bug of its own, or the signal's reason. */
export async function persistently<T>(attempt: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (let made = 1; ; made += 1) {
    try {
      signal?.throwIfAborted();
      return await attempt();
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof PreviewFailure || error instanceof TypeError) throw error;
      const refusal = refusalOf(error);
      if (!refusal.passing || made === ATTEMPTS) throw refusal;
    }
    const pause = FIRST_PAUSE_MILLISECONDS * 2 ** (made - 1) * (0.5 + Math.random());
    await delay(pause, undefined, signal === undefined ? {} : { signal }).catch(() => signal?.throwIfAborted());
  }
}

/** As the SDK and Node throw; a name where there is no code. */
interface Thrown {
  readonly name?: string;
  readonly code?: string;
  readonly message?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const { name, code, message, $metadata } = error as Thrown;
  if (message === 'Region is missing') return new Refusal('no region is set', undefined, false);
  const status = $metadata?.httpStatusCode;
  if (status === undefined) return new Refusal(code ?? name ?? 'unknown error');
  // What is no answer of S3, as a proxy gives it, has no code, or the parser's own error.
  return new Refusal(
    name === undefined || /^(Unknown|UnknownError|Error|SyntaxError)$/.test(name) ? String(status) : name,
    status,
  );
}
