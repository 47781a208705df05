// Generated from schemas/worker-heartbeat.schema.json by `npm run generate`. Do not edit.

/**
 * One field of the hash <prefix>:<queue>:preview-workers, keyed by pod name, written every 5 s and swept when stale. At most 2 KiB. Readers treat it as hostile input.
 */
export interface WorkerHeartbeat {
  version: 1;
  /**
   * Milliseconds since the epoch by the clock of Redis.
   */
  at: number;
  pod: string;
  /**
   * namespace/name of the pool, when there is one.
   */
  pool?: string;
  /**
   * pod-template-hash of the pod, empty outside Kubernetes.
   */
  template: string;
  /**
   * Build id of the worker.
   */
  build: string;
  /**
   * @maxItems 16
   */
  renderers: {
    name: string;
    version: string;
    /**
     * @maxItems 32
     */
    formats: string[];
  }[];
  slots: number;
  /**
   * Slots at work now.
   */
  busy: number;
  /**
   * Milliseconds since the epoch of the last answer on the blocking connection.
   */
  lastFetchAt?: number;
  selfTest: 'pending' | 'passed' | 'failed';
  sink: {
    writable: boolean;
    reason?: string;
  };
}
