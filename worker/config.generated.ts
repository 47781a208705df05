// Generated from schemas/worker-config.schema.json by `npm run generate`. Do not edit.

/**
 * http:// or https:// without credentials; absent: AWS.
 */
export type S3Endpoint = string;
/**
 * Absent: us-east-1 at an endpoint, else what the pod's environment says.
 */
export type S3Region = string;
export type S3Bucket = string;
/**
 * The bucket in the path, not in the host; absent: so at an endpoint, not so at AWS.
 */
export type S3PathStyle = boolean;

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
   * Exactly one of url, urlFile, sentinel and cluster.
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
    /**
     * The Sentinels that know which server is the primary. tls and the credentials beside it are the primary's; tls is used to the Sentinels too.
     */
    sentinel?: {
      masterName: string;
      /**
       * @minItems 1
       * @maxItems 16
       */
      nodes: {
        host: string;
        port: number;
      }[];
      /**
       * For the Sentinels.
       */
      passwordFile?: string;
    };
    /**
     * Nodes of a Redis Cluster to ask for the others; queue.prefix must then hold a hash tag such as {bull}.
     */
    cluster?: {
      /**
       * @minItems 1
       * @maxItems 16
       */
      nodes: {
        host: string;
        port: number;
      }[];
    };
    usernameFile?: string;
    passwordFile?: string;
    database?: number;
    /**
     * TLS; an empty one trusts the system's authorities.
     */
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
   * The renderers to use; absent: all that the image has.
   *
   * @minItems 1
   * @maxItems 32
   */
  renderers?: {
    name: string;
    /**
     * What differs from perJob for files of this renderer.
     */
    perJob?: {
      timeoutSeconds?: number;
      memoryBytes?: number;
      sourceBytes?: number;
      pixels?: number;
      pages?: number;
      frames?: number;
      outputBytes?: number;
    };
  }[];
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
    s3?: {
      endpoint?: S3Endpoint;
      region?: S3Region;
      /**
       * Only these may be read; absent: every bucket that the credentials can read.
       *
       * @minItems 1
       * @maxItems 64
       */
      buckets?: S3Bucket[];
      credentials?: S3Credentials;
      forcePathStyle?: S3PathStyle;
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
  /**
   * Exactly one of file and s3.
   */
  sink: {
    file?: {
      path: string;
    };
    s3?: {
      endpoint?: S3Endpoint;
      region?: S3Region;
      bucket: S3Bucket;
      /**
       * Everything lies below it, as below a folder; without a slash in front.
       */
      prefix?: string;
      credentials?: S3Credentials;
      forcePathStyle?: S3PathStyle;
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
    /**
     * Which part stays when cover cuts: the middle, where people look first, or where most detail is. Animations are cut in the middle.
     */
    position?: 'centre' | 'attention' | 'entropy';
    /**
     * Behind transparency and around contain; absent: nothing where the format can, else white.
     */
    background?: string;
    /**
     * CPU spent on fewer bytes; formats that know less take their most.
     */
    effort?: number;
    /**
     * webp and avif without loss; quality then matters little.
     */
    lossless?: boolean;
    /**
     * Gently, after the picture was shrunk.
     */
    sharpen?: boolean;
    /**
     * Keep the motion of an animation where the format can (webp); else the page asked for is shown.
     */
    animated?: boolean;
    /**
     * Carry the source's EXIF copyright and artist over; everything else of EXIF is left behind.
     */
    copyright?: boolean;
  }[];
  /**
   * How long running jobs may go on after SIGTERM before they are given back.
   */
  shutdownGraceSeconds: number;
  /**
   * Within how many seconds jobs of a lane are to start: the metrics tell how many did. Absent: 30, and 1800 for backfill.
   */
  waitTargetSeconds?: {
    interactive?: number;
    backfill?: number;
  };
  logLevel: 'debug' | 'info' | 'warn' | 'error';
}
/**
 * Files, read again for every request; absent: the pod's own identity.
 */
export interface S3Credentials {
  accessKeyIdFile: string;
  secretAccessKeyFile: string;
}
