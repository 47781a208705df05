/** Every failure of the Kubernetes API in one shape, whether it came as a Status, inside a watch, or as a broken socket. */

/** The fields of `metav1.Status` that decide what to do. */
export interface Status {
  readonly message?: string;
  readonly reason?: string;
  readonly code?: number;
  readonly details?: { readonly retryAfterSeconds?: number };
}

/** As long as the longest back-off: what a broken proxy asks for must not silence the operator for days. */
const LONGEST_WAIT_SECONDS = 1000;

const TRANSIENT_STATUS = new Set([408, 429, 500, 502, 503, 504]);

export class KubeError extends Error {
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  /** Kubernetes' machine-readable reason, as in `Conflict`. */
  readonly reason: string;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    message: string,
    {
      status,
      reason,
      retryAfterSeconds,
      cause,
    }: { status: number; reason: string; retryAfterSeconds?: number | undefined; cause?: unknown },
  ) {
    super(message, { cause });
    this.name = 'KubeError';
    this.status = status;
    this.reason = reason;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  static fromStatus(
    what: string,
    { code = 0, reason = 'Unknown', message = '', details }: Status,
    retryAfterHeader?: string,
  ): KubeError {
    const retryAfter = Number(retryAfterHeader ?? details?.retryAfterSeconds ?? Number.NaN);
    return new KubeError(`${what}: ${message || reason} (${code})`, {
      status: code,
      reason,
      retryAfterSeconds: retryAfter >= 0 ? Math.min(retryAfter, LONGEST_WAIT_SECONDS) : undefined,
    });
  }

  /** A body that is no Status at all: a proxy's HTML page, or half an answer. */
  static fromBody(what: string, code: number, body: string, retryAfterHeader?: string): KubeError {
    let status: Status = {};
    try {
      status = JSON.parse(body) as Status;
    } catch {
      status = { message: body.slice(0, 200) };
    }
    return KubeError.fromStatus(what, { ...status, code }, retryAfterHeader);
  }

  static fromSocket(what: string, cause: unknown): KubeError {
    const message = cause instanceof Error ? cause.message : String(cause);
    return new KubeError(`${what}: ${message}`, { status: 0, reason: 'NoAnswer', cause });
  }

  get isConflict(): boolean {
    return this.status === 409 && this.reason !== 'AlreadyExists';
  }
  get isAlreadyExists(): boolean {
    return this.status === 409 && this.reason === 'AlreadyExists';
  }
  get isNotFound(): boolean {
    return this.status === 404;
  }
  /** The resourceVersion is too old: list again. */
  get isGone(): boolean {
    return this.status === 410 || this.reason === 'Expired';
  }
  get isForbidden(): boolean {
    return this.status === 403;
  }
  get isInvalid(): boolean {
    return this.status === 422 || this.status === 400;
  }
  /** The same request may succeed later. */
  get isTransient(): boolean {
    return this.status === 0 || TRANSIENT_STATUS.has(this.status) || this.isConflict;
  }
}

/** For `catch`: what is not there is undefined. */
export function unlessNotFound(error: unknown): undefined {
  if (error instanceof KubeError && error.isNotFound) return undefined;
  throw error;
}
