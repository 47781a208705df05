// Generated from schemas/worker-config.schema.json by `npm run generate`. Do not edit.

/**
 * What a worker pod is told, as one file: the operator renders it into a ConfigMap, the worker reads it at start. It holds no secret: credentials are files, named here by their path.
 */
export interface WorkerConfig {
  version: 1;
  /**
   * The pool this worker belongs to; absent for a worker without the operator.
   */
  pool?: {
    namespace: string;
    name: string;
  };
  queue: {
    /**
     * BullMQ queue name; it can not hold ':'.
     */
    name: string;
    /**
     * BullMQ key prefix.
     */
    prefix: string;
  };
  /**
   * Exactly one of url and urlFile.
   */
  redis: {
    /**
     * redis:// or rediss:// without credentials and without a database path.
     */
    url?: string;
    /**
     * A file that holds a whole URL, credentials allowed; read again at each reconnect.
     */
    urlFile?: string;
    usernameFile?: string;
    passwordFile?: string;
    database?: number;
    tls?: {
      caFile?: string;
      certFile?: string;
      keyFile?: string;
      serverName?: string;
    };
  };
  /**
   * Jobs rendered at once in this pod, one process each.
   */
  slots: number;
  /**
   * Limits of one job. A job may tighten them, never loosen them.
   */
  perJob: {
    /**
     * Wall-clock seconds of rendering; fetching the source has as many of its own.
     */
    timeoutSeconds: number;
    /**
     * Resident bytes of the slot's process and its descendants.
     */
    memoryBytes: number;
    /**
     * Bytes of the source file.
     */
    sourceBytes: number;
    /**
     * Width × height × frames decoded.
     */
    pixels: number;
    pages: number;
    frames: number;
    /**
     * Bytes of all outputs of one job together.
     */
    outputBytes: number;
  };
  /**
   * Where jobs may read from; an absent member is off.
   */
  sources: {
    file?: {
      /**
       * @minItems 1
       * @maxItems 16
       */
      roots: {
        /**
         * Absolute folder; file: URIs must resolve inside one of these.
         */
        path: string;
      }[];
    };
    /**
     * Files of http and https servers, by their public addresses only; redirects are held to the same rules.
     */
    http?: {
      /**
       * Only these: a name, or *.name for every name below it. IDNs in their xn-- form. Absent: every host.
       *
       * @minItems 1
       * @maxItems 256
       */
      allowedHosts?: string[];
      /**
       * Also loopback, private (RFC 1918), shared (100.64.0.0/10) and unique local (fc00::/7) addresses; never link-local ones or metadata services.
       */
      allowPrivateNetworks?: boolean;
    };
  };
  sink: {
    file: {
      path: string;
    };
  };
  /**
   * @maxItems 64
   */
  presets: {
    name: string;
    /**
     * Pixels; the output is never enlarged.
     */
    width: number;
    /**
     * Pixels; the output is never enlarged.
     */
    height: number;
    fit: 'cover' | 'contain' | 'inside' | 'fill';
    format: 'jpeg' | 'png' | 'webp' | 'avif';
    quality: number;
  }[];
  /**
   * How long running jobs may go on after SIGTERM before they are given back.
   */
  shutdownGraceSeconds: number;
  logLevel: 'debug' | 'info' | 'warn' | 'error';
}
