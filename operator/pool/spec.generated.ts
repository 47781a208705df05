// Generated from crds/previewworkerpools.yaml by `npm run generate`. Do not edit.

export interface PreviewWorkerPoolFields {
  spec: PoolSpec;
  status?: PoolStatus;
}
/**
 * What the pool should be.
 */
export interface PoolSpec {
  /**
   * The worker image. Absent means the image that matches the operator; status.image shows which.
   */
  image?: string;
  /**
   * When a node pulls the image.
   */
  imagePullPolicy: 'Always' | 'IfNotPresent' | 'Never';
  /**
   * Secrets of this namespace with registry credentials.
   *
   * @maxItems 8
   */
  imagePullSecrets?: {
    name: string;
  }[];
  /**
   * true lets running jobs finish, goes to 0 workers and leaves the queue alone.
   */
  suspend: boolean;
  /**
   * The BullMQ queue that the workers serve.
   */
  queue: {
    /**
     * Name of the queue, as the producers give it to BullMQ.
     */
    name: string;
    /**
     * Prefix of the queue's keys; the producers' setting must be the same.
     */
    prefix: string;
    /**
     * Where the queue lives. Exactly one of url and urlFrom.
     */
    redis: {
      /**
       * redis://host:port, or rediss://host:port for TLS. No credentials and no database in it.
       */
      url?: string;
      /**
       * A key of a Secret in the pool's namespace.
       */
      urlFrom?: {
        /**
         * Name of the Secret.
         */
        name: string;
        /**
         * Key in the Secret.
         */
        key: string;
      };
      /**
       * A key of a Secret in the pool's namespace.
       */
      usernameFrom?: {
        /**
         * Name of the Secret.
         */
        name: string;
        /**
         * Key in the Secret.
         */
        key: string;
      };
      /**
       * A key of a Secret in the pool's namespace.
       */
      passwordFrom?: {
        /**
         * Name of the Secret.
         */
        name: string;
        /**
         * Key in the Secret.
         */
        key: string;
      };
      /**
       * TLS to Redis with own certificates. rediss:// alone uses the system's authorities.
       */
      tls?: {
        /**
         * A key of a Secret in the pool's namespace.
         */
        caFrom?: {
          /**
           * Name of the Secret.
           */
          name: string;
          /**
           * Key in the Secret.
           */
          key: string;
        };
        /**
         * A key of a Secret in the pool's namespace.
         */
        certFrom?: {
          /**
           * Name of the Secret.
           */
          name: string;
          /**
           * Key in the Secret.
           */
          key: string;
        };
        /**
         * A key of a Secret in the pool's namespace.
         */
        keyFrom?: {
          /**
           * Name of the Secret.
           */
          name: string;
          /**
           * Key in the Secret.
           */
          key: string;
        };
        /**
         * Name expected in Redis' certificate.
         */
        serverName?: string;
      };
      /**
       * Number of the logical database.
       */
      database?: number;
    };
  };
  /**
   * How each worker does its jobs.
   */
  worker: {
    /**
     * Jobs rendered at once in a pod, one process each.
     */
    slots: number;
    /**
     * Limits of one job. A job may tighten them, never loosen them.
     */
    perJob: {
      /**
       * Wall-clock seconds.
       */
      timeoutSeconds: number;
      /**
       * Resident memory of the process that renders.
       */
      memory: number | string;
      /**
       * Largest source file.
       */
      sourceBytes: number | string;
      /**
       * Width × height × frames decoded.
       */
      pixels: number;
      /**
       * Pages read of one source.
       */
      pages: number;
      /**
       * Frames read of one source.
       */
      frames: number;
      /**
       * Bytes of all previews of one job together.
       */
      outputBytes: number | string;
    };
    /**
     * Where jobs may read from. At least one; an absent member is off.
     */
    sources: {
      /**
       * Files of mounted volumes.
       */
      file?: {
        /**
         * Folders that jobs may name in file URIs.
         *
         * @minItems 1
         * @maxItems 8
         */
        roots: {
          /**
           * Where the volume is mounted in the worker.
           */
          path: string;
          /**
           * PersistentVolumeClaim of the pool's namespace.
           */
          claimName: string;
        }[];
      };
    };
    /**
     * Where previews are written.
     */
    sink: {
      file: {
        /**
         * Where the volume is mounted in the worker.
         */
        path: string;
        /**
         * PersistentVolumeClaim of the pool's namespace.
         */
        claimName: string;
      };
    };
    /**
     * Named outputs that jobs ask for.
     *
     * @maxItems 64
     */
    presets?: {
      name: string;
      /**
       * Pixels; nothing is enlarged.
       */
      width: number;
      /**
       * Pixels; nothing is enlarged.
       */
      height: number;
      /**
       * How the picture meets the box.
       */
      fit: 'cover' | 'contain' | 'inside' | 'fill';
      format: 'jpeg' | 'png' | 'webp' | 'avif';
      quality: number;
      /**
       * Which part stays when cover cuts: the middle, where people look first, or where most detail is.
       */
      position: 'centre' | 'attention' | 'entropy';
      /**
       * Behind transparency and around contain, as #rrggbb; absent means nothing where the format can, else white.
       */
      background?: string;
      /**
       * CPU spent on fewer bytes; formats that know less take their most.
       */
      effort: number;
      /**
       * webp and avif without loss.
       */
      lossless: boolean;
      /**
       * Gently, after the picture was shrunk.
       */
      sharpen: boolean;
      /**
       * Keep the motion of an animation where the format can.
       */
      animated: boolean;
      /**
       * Carry the EXIF copyright and artist of the source over.
       */
      copyright: boolean;
    }[];
    /**
     * How long running jobs may go on when a pod ends, before they go back to the queue. Absent means timeoutSeconds + 10.
     */
    shutdownGraceSeconds?: number;
    logLevel: 'debug' | 'info' | 'warn' | 'error';
  };
  /**
   * Who decides on the number of workers.
   */
  scaling: {
    /**
     * Fixed keeps `replicas`; External leaves the Deployment's replicas to another controller.
     */
    mode: 'Fixed' | 'External';
    /**
     * Number of workers when mode is Fixed.
     */
    replicas?: number;
  };
  /**
   * How workers of a changed template take the place of the old ones.
   */
  rollout: {
    /**
     * Workers above the wanted number while a rollout lasts: a number, or a share as 25%; shares are rounded up.
     */
    maxSurge: number | string;
    /**
     * Workers below the wanted number while a rollout lasts: a number, or a share as 25%; shares are rounded down.
     */
    maxUnavailable: number | string;
    /**
     * Return to the image that served before when pods of a new image show that it can not work: it can not be pulled, its self-test fails, or it ends again and again beside healthy old workers. No room, a quota, an eviction or a Redis that is down never do that.
     */
    rollbackOnFailure: boolean;
  };
  /**
   * How many workers node drains may evict at once (PodDisruptionBudget). Workers that are not ready may always be evicted.
   */
  disruptionBudget: {
    /**
     * A number, or a share as 10%, rounded up. 100% sets no limit.
     */
    maxUnavailable: number | string;
  };
  /**
   * Who may talk to the workers, and whom they may talk to (NetworkPolicy). Absent means no policy. The policy knows ports, not host names.
   */
  networkPolicy?: {
    /**
     * false removes the policy.
     */
    enabled: boolean;
    /**
     * Who may reach port 3000, metrics and health, such as the namespace of Prometheus. Empty means nobody but the node itself.
     *
     * @maxItems 16
     *
     * Items: As in a NetworkPolicy.
     */
    ingressFrom?: {
      /**
       * {} selects all.
       */
      podSelector?: {
        matchLabels?: {
          [k: string]: string;
        };
        /**
         * @maxItems 16
         */
        matchExpressions?: {
          key: string;
          operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
          /**
           * @maxItems 16
           */
          values?: string[];
        }[];
      };
      /**
       * {} selects all.
       */
      namespaceSelector?: {
        matchLabels?: {
          [k: string]: string;
        };
        /**
         * @maxItems 16
         */
        matchExpressions?: {
          key: string;
          operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
          /**
           * @maxItems 16
           */
          values?: string[];
        }[];
      };
      ipBlock?: {
        /**
         * A range such as 10.0.0.0/8 or fd00::/8.
         */
        cidr: string;
        /**
         * Ranges inside of cidr that are left out.
         *
         * @maxItems 32
         *
         * Items: A range such as 10.0.0.0/8 or fd00::/8.
         */
        except?: string[];
      };
    }[];
    /**
     * What workers may reach beyond what the pool's own spec tells.
     *
     * @maxItems 16
     */
    extraEgress?: {
      /**
       * Destinations; ipBlock 0.0.0.0/0 for everywhere.
       *
       * @minItems 1
       * @maxItems 16
       *
       * Items: As in a NetworkPolicy.
       */
      to: {
        /**
         * {} selects all.
         */
        podSelector?: {
          matchLabels?: {
            [k: string]: string;
          };
          /**
           * @maxItems 16
           */
          matchExpressions?: {
            key: string;
            operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
            /**
             * @maxItems 16
             */
            values?: string[];
          }[];
        };
        /**
         * {} selects all.
         */
        namespaceSelector?: {
          matchLabels?: {
            [k: string]: string;
          };
          /**
           * @maxItems 16
           */
          matchExpressions?: {
            key: string;
            operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
            /**
             * @maxItems 16
             */
            values?: string[];
          }[];
        };
        ipBlock?: {
          /**
           * A range such as 10.0.0.0/8 or fd00::/8.
           */
          cidr: string;
          /**
           * Ranges inside of cidr that are left out.
           *
           * @maxItems 32
           *
           * Items: A range such as 10.0.0.0/8 or fd00::/8.
           */
          except?: string[];
        };
      }[];
      /**
       * @minItems 1
       * @maxItems 16
       */
      ports: {
        protocol: 'TCP' | 'UDP' | 'SCTP';
        port: number;
        /**
         * Last port, where a range begins at port.
         */
        endPort?: number;
      }[];
    }[];
    /**
     * Workers may reach the cloud's metadata and pod identity services at link-local addresses, ports 80 and 988. Only needed for workload identity that asks there.
     */
    allowInstanceMetadata: boolean;
  };
  /**
   * What the pods need beyond what the operator sets.
   */
  template: {
    labels?: {
      [k: string]: string;
    };
    annotations?: {
      [k: string]: string;
    };
    nodeSelector?: {
      [k: string]: string;
    };
    /**
     * @maxItems 32
     */
    tolerations?: {
      key?: string;
      operator?: 'Exists' | 'Equal';
      value?: string;
      effect?: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
      tolerationSeconds?: number;
    }[];
    /**
     * Requests and limits by container; computed where absent.
     */
    resources?: {
      worker?: {
        requests?: {
          [k: string]: number | string;
        };
        limits?: {
          [k: string]: number | string;
        };
      };
      renderer?: {
        requests?: {
          [k: string]: number | string;
        };
        limits?: {
          [k: string]: number | string;
        };
      };
    };
    /**
     * Further environment of the worker container, values only.
     *
     * @maxItems 32
     */
    env?: {
      name: string;
      value: string;
    }[];
    /**
     * Group that owns the mounted volumes.
     */
    fsGroup: number;
  };
  /**
   * Objects for Prometheus and Grafana; an absent member is off, an empty one is complete. ServiceMonitor and PrometheusRule need the CRDs of the Prometheus Operator; while they are not installed the condition MonitoringConfigured says so and the pool works without.
   */
  monitoring?: {
    /**
     * Prometheus scrapes the workers (ServiceMonitor). Their series bear the label pool.
     */
    serviceMonitor?: {
      /**
       * false removes the object.
       */
      enabled: boolean;
      labels?: {
        [k: string]: string;
      };
      /**
       * Between two scrapes.
       */
      interval: string;
    };
    /**
     * Alerts of this pool (PrometheusRule); docs/alerts.md has a page for each.
     */
    alerts?: {
      /**
       * false removes the object.
       */
      enabled: boolean;
      labels?: {
        [k: string]: string;
      };
      /**
       * The annotation runbook_url is this and the alert's name in small letters. Absent means no annotation.
       */
      runbookBaseURL?: string;
      /**
       * When alerts fire.
       */
      thresholds: {
        /**
         * A pool may be not ready for so long.
         */
        notReadyMinutes: number;
        /**
         * Share of jobs of a quarter of an hour that fail for one reason.
         */
        failureRatio: number;
        /**
         * Failures of a quarter of an hour below which the ratio does not count.
         */
        failureMinEvents: number;
        /**
         * Contents put into quarantine for one reason.
         */
        quarantinePerHour: number;
        /**
         * Render slots replaced for one cause.
         */
        slotRestartsPerHour: number;
      };
    };
    /**
     * A Grafana dashboard of this pool in a ConfigMap, found by its label.
     */
    dashboard?: {
      /**
       * false removes the object.
       */
      enabled: boolean;
      /**
       * What the Grafana sidecar looks for.
       */
      labels: {
        [k: string]: string;
      };
    };
  };
}
/**
 * What the operator saw.
 */
export interface PoolStatus {
  /**
   * Generation of the spec that this status speaks of; -1 before the first look.
   */
  observedGeneration?: number;
  replicas?: number;
  readyReplicas?: number;
  updatedReplicas?: number;
  selector?: string;
  /**
   * What serves: the last image of which workers were ready.
   */
  image?: string;
  /**
   * Hash of the last pod template of which workers were ready.
   */
  provenTemplate?: string;
  /**
   * The image that was rolled back. It is tried again when the annotation previews.mobius.dev/restarted-at changes; another spec.image clears it.
   */
  failedImage?: string;
  /**
   * What its pods showed.
   */
  failedBecause?: string;
  /**
   * Last value of the annotation previews.mobius.dev/requested-at that was answered.
   */
  lastHandledReconcileAt?: string;
  /**
   * @maxItems 32
   */
  conditions?: {
    type: string;
    status: 'True' | 'False' | 'Unknown';
    reason: string;
    message: string;
    lastTransitionTime: string;
    observedGeneration?: number;
  }[];
}
