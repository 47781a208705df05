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
    /**
     * Name of the Secret.
     */
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
     * Where the queue lives. Exactly one of url, urlFrom, sentinel and cluster.
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
       * Sentinels that know which server is the primary. usernameFrom, passwordFrom, database and tls beside it are for the servers; tls is used to the Sentinels too.
       */
      sentinel?: {
        /**
         * What the Sentinels call the primary.
         */
        masterName: string;
        /**
         * Where to ask for the others. All of them, as some may be down at a start.
         *
         * @minItems 1
         * @maxItems 16
         */
        nodes: {
          /**
           * Name or address.
           */
          host: string;
          /**
           * TCP port.
           */
          port: number;
        }[];
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
      };
      /**
       * A Redis Cluster. queue.prefix must then hold a hash tag.
       */
      cluster?: {
        /**
         * Where to ask for the others. All of them, as some may be down at a start.
         *
         * @minItems 1
         * @maxItems 16
         */
        nodes: {
          /**
           * Name or address.
           */
          host: string;
          /**
           * TCP port.
           */
          port: number;
        }[];
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
       * TLS to Redis; an empty object uses the system's authorities, as rediss:// does.
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
       * Wall-clock seconds of rendering; fetching the source has as many of its own.
       */
      timeoutSeconds: number;
      /**
       * Resident memory of the process that renders, with all that it starts.
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
     * The renderers to use. Absent means all that the image has.
     *
     * @minItems 1
     * @maxItems 16
     */
    renderers?: {
      /**
       * One that the image has: `preview-worker capabilities` lists them with their formats.
       */
      name: 'heic' | 'image' | 'pdf' | 'svg' | 'text';
      /**
       * What differs from worker.perJob for the files of this renderer.
       */
      perJob?: {
        /**
         * As in worker.perJob.
         */
        timeoutSeconds?: number;
        /**
         * As in worker.perJob.
         */
        memory?: number | string;
        /**
         * As in worker.perJob.
         */
        sourceBytes?: number | string;
        /**
         * As in worker.perJob.
         */
        pixels?: number;
        /**
         * As in worker.perJob.
         */
        pages?: number;
        /**
         * As in worker.perJob.
         */
        frames?: number;
        /**
         * As in worker.perJob.
         */
        outputBytes?: number | string;
      };
    }[];
    /**
     * Where jobs may read from. At least one; an absent member is off.
     */
    sources: {
      /**
       * Files of http and https servers, at public addresses only unless more is allowed; every redirect is held to the same. An empty object is complete.
       */
      http?: {
        /**
         * Only these hosts, each a name or *.name for every name below it. Absent means every host.
         *
         * @minItems 1
         * @maxItems 64
         */
        allowedHosts?: string[];
        /**
         * Also loopback, private (RFC 1918), shared (100.64.0.0/10) and unique local (fc00::/7) addresses; never link-local ones and metadata services.
         */
        allowPrivateNetworks: boolean;
      };
      /**
       * Objects of S3, at AWS or at an endpoint that speaks its protocol.
       */
      s3?: {
        /**
         * http://host:port or https://host:port of the service. Absent means AWS.
         */
        endpoint?: string;
        /**
         * Region of the buckets. Absent means us-east-1 at an endpoint, else what a webhook or template.env puts into AWS_REGION.
         */
        region?: string;
        /**
         * The bucket in the path and not in the host name. Absent means true at an endpoint, false at AWS.
         */
        forcePathStyle?: boolean;
        /**
         * Only these may be read. Absent means every bucket that the credentials can read.
         *
         * @minItems 1
         * @maxItems 64
         *
         * Items: Name of a bucket.
         */
        buckets?: string[];
        /**
         * Keys in a Secret of the pool's namespace; new ones are used without a restart. Absent means the identity of the pod's ServiceAccount.
         */
        credentialsFrom?: {
          /**
           * Name of the Secret.
           */
          name: string;
          /**
           * Key in the Secret that holds the access key's id.
           */
          accessKeyIdKey: string;
          /**
           * Key in the Secret that holds the access key's secret.
           */
          secretAccessKeyKey: string;
        };
      };
      /**
       * Files of mounted volumes.
       */
      file?: {
        /**
         * Folders that jobs may name in file URIs.
         *
         * @minItems 1
         * @maxItems 8
         *
         * Items: A folder of a mounted volume, of which the renderer sees nothing.
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
     * Where previews are written. Exactly one of file and s3.
     */
    sink: {
      /**
       * A folder of a mounted volume, of which the renderer sees nothing.
       */
      file?: {
        /**
         * Where the volume is mounted in the worker.
         */
        path: string;
        /**
         * PersistentVolumeClaim of the pool's namespace.
         */
        claimName: string;
      };
      /**
       * A bucket of S3, at AWS or at an endpoint that speaks its protocol.
       */
      s3?: {
        /**
         * http://host:port or https://host:port of the service. Absent means AWS.
         */
        endpoint?: string;
        /**
         * Region of the buckets. Absent means us-east-1 at an endpoint, else what a webhook or template.env puts into AWS_REGION.
         */
        region?: string;
        /**
         * The bucket in the path and not in the host name. Absent means true at an endpoint, false at AWS.
         */
        forcePathStyle?: boolean;
        /**
         * Name of a bucket.
         */
        bucket: string;
        /**
         * Everything lies below it, as below a folder. Absent means the bucket itself.
         */
        prefix?: string;
        /**
         * Keys in a Secret of the pool's namespace; new ones are used without a restart. Absent means the identity of the pod's ServiceAccount.
         */
        credentialsFrom?: {
          /**
           * Name of the Secret.
           */
          name: string;
          /**
           * Key in the Secret that holds the access key's id.
           */
          accessKeyIdKey: string;
          /**
           * Key in the Secret that holds the access key's secret.
           */
          secretAccessKeyKey: string;
        };
      };
    };
    /**
     * Named outputs that jobs ask for.
     *
     * @maxItems 64
     */
    presets?: {
      /**
       * What jobs call it.
       */
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
      /**
       * Format of the file.
       */
      format: 'jpeg' | 'png' | 'webp' | 'avif';
      /**
       * Of formats with loss: more is better and larger.
       */
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
     * How long running jobs may go on when a pod ends, before they go back to the queue. Absent means the largest timeoutSeconds + 10.
     */
    shutdownGraceSeconds?: number;
    /**
     * What the worker tells in its log.
     */
    logLevel: 'debug' | 'info' | 'warn' | 'error';
  };
  /**
   * Who decides on the number of workers.
   */
  scaling: {
    /**
     * Fixed keeps `replicas`; Auto keeps between a least and a most number what the work needs; External leaves the Deployment's replicas to another controller. Auto and External take over as many workers as there are.
     */
    mode: 'Fixed' | 'Auto' | 'External';
    /**
     * Number of workers when mode is Fixed.
     */
    replicas?: number;
    /**
     * How mode Auto decides. The number of workers follows the time that jobs wait, or with provider CPU the CPU that they take.
     */
    auto?: {
      /**
       * Never fewer workers; 0 lets the pool sleep, but with provider CPU. While the pool is suspended there are none.
       */
      minReplicas: number;
      /**
       * Never more workers.
       */
      maxReplicas: number;
      /**
       * Who makes the number and who writes it. ExternalMetrics: a HorizontalPodAutoscaler, by the number that the operator answers as external.metrics.k8s.io. Direct: the operator itself, by the same number. CPU: a HorizontalPodAutoscaler, by metrics.k8s.io as metrics-server serves it. KEDA: KEDA by the same number, through a ScaledObject; it also wakes and puts to sleep. Auto: ExternalMetrics where that API is the operator's, KEDA where it is KEDA's, else Direct; status.provider tells.
       */
      provider: 'Auto' | 'ExternalMetrics' | 'KEDA' | 'Direct' | 'CPU';
      /**
       * 95 of 100 jobs start within this; not with provider CPU. Below about 25 only idle workers hold it in a burst. The workers count by it, so another one rolls them.
       */
      targetWaitSeconds: number;
      /**
       * The same for jobs of the backfill lane.
       */
      backfillTargetWaitSeconds: number;
      /**
       * With minReplicas 0: the last worker goes when nothing waited, ran or was due for so long.
       */
      scaleToZeroAfterSeconds: number;
      /**
       * CPU that the renderers use, in percent of what they request (template.resources.renderer). Above it workers are added, below it taken away. Provider CPU needs it. With ExternalMetrics (or Auto, where it comes to that) it is looked at beside the queue while metrics.k8s.io is available: the one that asks for more workers counts.
       */
      targetCPUUtilizationPercentage?: number;
      /**
       * Workers go only when fewer were enough for so long.
       */
      scaleDownWindowSeconds: number;
      /**
       * How fast workers come and go, as in HorizontalPodAutoscaler v2. Absent means up by 10 pods or by as many as there are each 15 s, down at once after the window.
       */
      behavior?: {
        /**
         * Rules for one direction; what is absent keeps its default.
         */
        scaleUp?: {
          /**
           * Looks back so long for a number nearer to the present one.
           */
          stabilizationWindowSeconds?: number;
          /**
           * Which policy counts: that of the largest change, that of the smallest, or none: no change at all.
           */
          selectPolicy?: 'Max' | 'Min' | 'Disabled';
          /**
           * How far the load may be from its target without a change, as a share such as 0.1. Needs a cluster whose HorizontalPodAutoscaler has the field.
           */
          tolerance?: number | string;
          /**
           * The fastest changes allowed.
           *
           * @minItems 1
           * @maxItems 8
           */
          policies?: {
            /**
             * What value counts.
             */
            type: 'Pods' | 'Percent';
            /**
             * Pods, or percent of the present number.
             */
            value: number;
            /**
             * In so many seconds.
             */
            periodSeconds: number;
          }[];
        };
        /**
         * Rules for one direction; what is absent keeps its default.
         */
        scaleDown?: {
          /**
           * Looks back so long for a number nearer to the present one.
           */
          stabilizationWindowSeconds?: number;
          /**
           * Which policy counts: that of the largest change, that of the smallest, or none: no change at all.
           */
          selectPolicy?: 'Max' | 'Min' | 'Disabled';
          /**
           * How far the load may be from its target without a change, as a share such as 0.1. Needs a cluster whose HorizontalPodAutoscaler has the field.
           */
          tolerance?: number | string;
          /**
           * The fastest changes allowed.
           *
           * @minItems 1
           * @maxItems 8
           */
          policies?: {
            /**
             * What value counts.
             */
            type: 'Pods' | 'Percent';
            /**
             * Pods, or percent of the present number.
             */
            value: number;
            /**
             * In so many seconds.
             */
            periodSeconds: number;
          }[];
        };
      };
    };
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
   * Who may talk to the workers, and whom they may talk to (NetworkPolicy). Absent means no policy. It knows ports and ranges, not host names: workers reach names (53), the ports of Redis and of object stores wherever they are, 80 and 443 only where sources.http or S3 needs them, and metadata services of clouds never.
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
        /**
         * Labels that they have.
         */
        matchLabels?: {
          [k: string]: string;
        };
        /**
         * Each holds of their labels.
         *
         * @maxItems 16
         */
        matchExpressions?: {
          /**
           * Key of the label.
           */
          key: string;
          /**
           * What must hold.
           */
          operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
          /**
           * Values that it is held against.
           *
           * @maxItems 16
           */
          values?: string[];
        }[];
      };
      /**
       * {} selects all.
       */
      namespaceSelector?: {
        /**
         * Labels that they have.
         */
        matchLabels?: {
          [k: string]: string;
        };
        /**
         * Each holds of their labels.
         *
         * @maxItems 16
         */
        matchExpressions?: {
          /**
           * Key of the label.
           */
          key: string;
          /**
           * What must hold.
           */
          operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
          /**
           * Values that it is held against.
           *
           * @maxItems 16
           */
          values?: string[];
        }[];
      };
      /**
       * A range of addresses.
       */
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
     * What workers may reach beyond what the pool's own spec tells: a Redis of urlFrom or sentinel at another port than 6379 and 6380, web servers at other ports than 80 and 443, AWS at private addresses, pods whose port is not that of their Service.
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
          /**
           * Labels that they have.
           */
          matchLabels?: {
            [k: string]: string;
          };
          /**
           * Each holds of their labels.
           *
           * @maxItems 16
           */
          matchExpressions?: {
            /**
             * Key of the label.
             */
            key: string;
            /**
             * What must hold.
             */
            operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
            /**
             * Values that it is held against.
             *
             * @maxItems 16
             */
            values?: string[];
          }[];
        };
        /**
         * {} selects all.
         */
        namespaceSelector?: {
          /**
           * Labels that they have.
           */
          matchLabels?: {
            [k: string]: string;
          };
          /**
           * Each holds of their labels.
           *
           * @maxItems 16
           */
          matchExpressions?: {
            /**
             * Key of the label.
             */
            key: string;
            /**
             * What must hold.
             */
            operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
            /**
             * Values that it is held against.
             *
             * @maxItems 16
             */
            values?: string[];
          }[];
        };
        /**
         * A range of addresses.
         */
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
       * Ports of these destinations.
       *
       * @minItems 1
       * @maxItems 16
       */
      ports: {
        /**
         * Protocol of the port.
         */
        protocol: 'TCP' | 'UDP' | 'SCTP';
        /**
         * The port, or the first of a range.
         */
        port: number;
        /**
         * Last port, where a range begins at port.
         */
        endPort?: number;
      }[];
    }[];
    /**
     * Workers may reach the cloud's metadata and pod identity services at link-local addresses, ports 80 and 988. Only needed for a workload identity that asks there.
     */
    allowInstanceMetadata: boolean;
  };
  /**
   * What the pods need beyond what the operator sets. Nothing in it loosens Pod Security `restricted`.
   */
  template: {
    /**
     * Further labels of the pods.
     */
    labels?: {
      [k: string]: string;
    };
    /**
     * Further annotations of the pods.
     */
    annotations?: {
      [k: string]: string;
    };
    /**
     * Labels that a node must have.
     */
    nodeSelector?: {
      [k: string]: string;
    };
    /**
     * Taints of nodes that the pods bear.
     *
     * @maxItems 32
     */
    tolerations?: {
      /**
       * The taint's key. Absent means every taint; operator is then Exists.
       */
      key?: string;
      /**
       * Exists bears any value. Absent means Equal.
       */
      operator?: 'Exists' | 'Equal';
      /**
       * The taint's value where operator is Equal.
       */
      value?: string;
      /**
       * The taint's effect. Absent means each.
       */
      effect?: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
      /**
       * How long a NoExecute taint is borne. Absent means for ever.
       */
      tolerationSeconds?: number;
    }[];
    /**
     * Where the pods may run and where they would rather run, as in a pod. Absent means anywhere.
     */
    affinity?: {
      /**
       * By the labels of nodes.
       */
      nodeAffinity?: {
        /**
         * A node must fit one of the terms.
         */
        requiredDuringSchedulingIgnoredDuringExecution?: {
          /**
           * Any of these.
           *
           * @minItems 1
           * @maxItems 8
           *
           * Items: All of these.
           */
          nodeSelectorTerms: {
            /**
             * Each holds of the node's labels.
             *
             * @maxItems 8
             */
            matchExpressions?: {
              /**
               * Key of the label.
               */
              key: string;
              /**
               * What must hold.
               */
              operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt';
              /**
               * Values that it is held against.
               *
               * @maxItems 32
               */
              values?: string[];
            }[];
            /**
             * Each holds of the node's fields, such as metadata.name.
             *
             * @maxItems 8
             */
            matchFields?: {
              /**
               * The field.
               */
              key: 'metadata.name';
              /**
               * What must hold.
               */
              operator: 'In' | 'NotIn';
              /**
               * The one value that it is held against.
               *
               * @minItems 1
               * @maxItems 1
               */
              values: string[];
            }[];
          }[];
        };
        /**
         * Nodes that fit are better by the weight.
         *
         * @maxItems 8
         */
        preferredDuringSchedulingIgnoredDuringExecution?: {
          /**
           * Of 1 to 100, how much better.
           */
          weight: number;
          /**
           * All of these.
           */
          preference: {
            /**
             * Each holds of the node's labels.
             *
             * @maxItems 8
             */
            matchExpressions?: {
              /**
               * Key of the label.
               */
              key: string;
              /**
               * What must hold.
               */
              operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt';
              /**
               * Values that it is held against.
               *
               * @maxItems 32
               */
              values?: string[];
            }[];
            /**
             * Each holds of the node's fields, such as metadata.name.
             *
             * @maxItems 8
             */
            matchFields?: {
              /**
               * The field.
               */
              key: 'metadata.name';
              /**
               * What must hold.
               */
              operator: 'In' | 'NotIn';
              /**
               * The one value that it is held against.
               *
               * @minItems 1
               * @maxItems 1
               */
              values: string[];
            }[];
          };
        }[];
      };
      /**
       * By what runs on a node, or in its zone, already.
       */
      podAffinity?: {
        /**
         * Every term must hold.
         *
         * @maxItems 8
         *
         * Items: Pods that count, and where.
         */
        requiredDuringSchedulingIgnoredDuringExecution?: {
          /**
           * Label of nodes; nodes of one value are one place.
           */
          topologyKey: string;
          /**
           * Pods or namespaces by their labels.
           */
          labelSelector?: {
            /**
             * Labels that they have.
             */
            matchLabels?: {
              [k: string]: string;
            };
            /**
             * Each holds of their labels.
             *
             * @maxItems 8
             */
            matchExpressions?: {
              /**
               * Key of the label.
               */
              key: string;
              /**
               * What must hold.
               */
              operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
              /**
               * Values that it is held against.
               *
               * @maxItems 32
               */
              values?: string[];
            }[];
          };
          /**
           * Namespaces of the pods. Absent means the pool's own.
           *
           * @maxItems 16
           */
          namespaces?: string[];
          /**
           * Pods or namespaces by their labels.
           */
          namespaceSelector?: {
            /**
             * Labels that they have.
             */
            matchLabels?: {
              [k: string]: string;
            };
            /**
             * Each holds of their labels.
             *
             * @maxItems 8
             */
            matchExpressions?: {
              /**
               * Key of the label.
               */
              key: string;
              /**
               * What must hold.
               */
              operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
              /**
               * Values that it is held against.
               *
               * @maxItems 32
               */
              values?: string[];
            }[];
          };
          /**
           * Labels whose value must be the pod's own.
           *
           * @maxItems 8
           */
          matchLabelKeys?: string[];
          /**
           * Labels whose value must not be the pod's own.
           *
           * @maxItems 8
           */
          mismatchLabelKeys?: string[];
        }[];
        /**
         * Nodes where it holds are better by the weight.
         *
         * @maxItems 8
         */
        preferredDuringSchedulingIgnoredDuringExecution?: {
          /**
           * Of 1 to 100, how much better.
           */
          weight: number;
          /**
           * Pods that count, and where.
           */
          podAffinityTerm: {
            /**
             * Label of nodes; nodes of one value are one place.
             */
            topologyKey: string;
            /**
             * Pods or namespaces by their labels.
             */
            labelSelector?: {
              /**
               * Labels that they have.
               */
              matchLabels?: {
                [k: string]: string;
              };
              /**
               * Each holds of their labels.
               *
               * @maxItems 8
               */
              matchExpressions?: {
                /**
                 * Key of the label.
                 */
                key: string;
                /**
                 * What must hold.
                 */
                operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
                /**
                 * Values that it is held against.
                 *
                 * @maxItems 32
                 */
                values?: string[];
              }[];
            };
            /**
             * Namespaces of the pods. Absent means the pool's own.
             *
             * @maxItems 16
             */
            namespaces?: string[];
            /**
             * Pods or namespaces by their labels.
             */
            namespaceSelector?: {
              /**
               * Labels that they have.
               */
              matchLabels?: {
                [k: string]: string;
              };
              /**
               * Each holds of their labels.
               *
               * @maxItems 8
               */
              matchExpressions?: {
                /**
                 * Key of the label.
                 */
                key: string;
                /**
                 * What must hold.
                 */
                operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
                /**
                 * Values that it is held against.
                 *
                 * @maxItems 32
                 */
                values?: string[];
              }[];
            };
            /**
             * Labels whose value must be the pod's own.
             *
             * @maxItems 8
             */
            matchLabelKeys?: string[];
            /**
             * Labels whose value must not be the pod's own.
             *
             * @maxItems 8
             */
            mismatchLabelKeys?: string[];
          };
        }[];
      };
      /**
       * By what runs on a node, or in its zone, already.
       */
      podAntiAffinity?: {
        /**
         * Every term must hold.
         *
         * @maxItems 8
         *
         * Items: Pods that count, and where.
         */
        requiredDuringSchedulingIgnoredDuringExecution?: {
          /**
           * Label of nodes; nodes of one value are one place.
           */
          topologyKey: string;
          /**
           * Pods or namespaces by their labels.
           */
          labelSelector?: {
            /**
             * Labels that they have.
             */
            matchLabels?: {
              [k: string]: string;
            };
            /**
             * Each holds of their labels.
             *
             * @maxItems 8
             */
            matchExpressions?: {
              /**
               * Key of the label.
               */
              key: string;
              /**
               * What must hold.
               */
              operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
              /**
               * Values that it is held against.
               *
               * @maxItems 32
               */
              values?: string[];
            }[];
          };
          /**
           * Namespaces of the pods. Absent means the pool's own.
           *
           * @maxItems 16
           */
          namespaces?: string[];
          /**
           * Pods or namespaces by their labels.
           */
          namespaceSelector?: {
            /**
             * Labels that they have.
             */
            matchLabels?: {
              [k: string]: string;
            };
            /**
             * Each holds of their labels.
             *
             * @maxItems 8
             */
            matchExpressions?: {
              /**
               * Key of the label.
               */
              key: string;
              /**
               * What must hold.
               */
              operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
              /**
               * Values that it is held against.
               *
               * @maxItems 32
               */
              values?: string[];
            }[];
          };
          /**
           * Labels whose value must be the pod's own.
           *
           * @maxItems 8
           */
          matchLabelKeys?: string[];
          /**
           * Labels whose value must not be the pod's own.
           *
           * @maxItems 8
           */
          mismatchLabelKeys?: string[];
        }[];
        /**
         * Nodes where it holds are better by the weight.
         *
         * @maxItems 8
         */
        preferredDuringSchedulingIgnoredDuringExecution?: {
          /**
           * Of 1 to 100, how much better.
           */
          weight: number;
          /**
           * Pods that count, and where.
           */
          podAffinityTerm: {
            /**
             * Label of nodes; nodes of one value are one place.
             */
            topologyKey: string;
            /**
             * Pods or namespaces by their labels.
             */
            labelSelector?: {
              /**
               * Labels that they have.
               */
              matchLabels?: {
                [k: string]: string;
              };
              /**
               * Each holds of their labels.
               *
               * @maxItems 8
               */
              matchExpressions?: {
                /**
                 * Key of the label.
                 */
                key: string;
                /**
                 * What must hold.
                 */
                operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
                /**
                 * Values that it is held against.
                 *
                 * @maxItems 32
                 */
                values?: string[];
              }[];
            };
            /**
             * Namespaces of the pods. Absent means the pool's own.
             *
             * @maxItems 16
             */
            namespaces?: string[];
            /**
             * Pods or namespaces by their labels.
             */
            namespaceSelector?: {
              /**
               * Labels that they have.
               */
              matchLabels?: {
                [k: string]: string;
              };
              /**
               * Each holds of their labels.
               *
               * @maxItems 8
               */
              matchExpressions?: {
                /**
                 * Key of the label.
                 */
                key: string;
                /**
                 * What must hold.
                 */
                operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
                /**
                 * Values that it is held against.
                 *
                 * @maxItems 32
                 */
                values?: string[];
              }[];
            };
            /**
             * Labels whose value must be the pod's own.
             *
             * @maxItems 8
             */
            matchLabelKeys?: string[];
            /**
             * Labels whose value must not be the pod's own.
             *
             * @maxItems 8
             */
            mismatchLabelKeys?: string[];
          };
        }[];
      };
    };
    /**
     * How evenly the pods lie over nodes and zones. Absent means over the nodes, as well as it goes; an empty list means no spreading.
     *
     * @maxItems 8
     */
    topologySpreadConstraints?: {
      /**
       * Label of nodes; nodes of one value are one place.
       */
      topologyKey: string;
      /**
       * ScheduleAnyway would rather spread; DoNotSchedule lets a pod wait.
       */
      whenUnsatisfiable: 'DoNotSchedule' | 'ScheduleAnyway';
      /**
       * How many more pods one place may have than another.
       */
      maxSkew: number;
      /**
       * Places that there must be.
       */
      minDomains?: number;
      /**
       * Pods or namespaces by their labels.
       */
      labelSelector?: {
        /**
         * Labels that they have.
         */
        matchLabels?: {
          [k: string]: string;
        };
        /**
         * Each holds of their labels.
         *
         * @maxItems 8
         */
        matchExpressions?: {
          /**
           * Key of the label.
           */
          key: string;
          /**
           * What must hold.
           */
          operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
          /**
           * Values that it is held against.
           *
           * @maxItems 32
           */
          values?: string[];
        }[];
      };
      /**
       * Labels whose value must be the pod's own.
       *
       * @maxItems 8
       */
      matchLabelKeys?: string[];
      /**
       * Whether only nodes count that nodeSelector and affinity allow. Absent means Honor.
       */
      nodeAffinityPolicy?: 'Honor' | 'Ignore';
      /**
       * Whether only nodes count whose taints are borne. Absent means Ignore.
       */
      nodeTaintsPolicy?: 'Honor' | 'Ignore';
    }[];
    /**
     * PriorityClass of the pods. Absent means the cluster's default.
     */
    priorityClassName?: string;
    /**
     * RuntimeClass of the pods, such as gvisor. Absent means the node's default.
     */
    runtimeClassName?: string;
    /**
     * A ServiceAccount that exists, such as one with a cloud identity. Absent means one of the pool's own. Its token is never mounted, and webhooks are told to leave the renderer out.
     */
    serviceAccountName?: string;
    /**
     * Requests and limits by container; what is absent is computed from slots and perJob.
     */
    resources?: {
      /**
       * Replaces all that would be computed for this container.
       */
      worker?: {
        /**
         * By resource, such as cpu and memory.
         */
        requests?: {
          [k: string]: number | string;
        };
        /**
         * By resource, such as cpu and memory.
         */
        limits?: {
          [k: string]: number | string;
        };
      };
      /**
       * Replaces all that would be computed for this container.
       */
      renderer?: {
        /**
         * By resource, such as cpu and memory.
         */
        requests?: {
          [k: string]: number | string;
        };
        /**
         * By resource, such as cpu and memory.
         */
        limits?: {
          [k: string]: number | string;
        };
      };
    };
    /**
     * Further environment of the worker container, values only. The renderer gets none of it.
     *
     * @maxItems 32
     */
    env?: {
      /**
       * Name of the variable.
       */
      name: string;
      /**
       * Its value; $(NAME) stands for another variable.
       */
      value: string;
    }[];
    /**
     * Group that owns the mounted volumes.
     */
    fsGroup: number;
    /**
     * Further groups of the processes, as for volumes that belong to one.
     *
     * @maxItems 16
     */
    supplementalGroups?: number[];
    /**
     * The folder that the files of running jobs lie in.
     */
    scratch: {
      /**
       * Disk is the node's; Memory is faster and counts against the memory of the containers, whose computed resources grow by it.
       */
      medium: 'Disk' | 'Memory';
      /**
       * Most that it may hold; a pod beyond it is evicted. Absent means slots × (sourceBytes + 4 × outputBytes) and 32Mi for fonts.
       */
      sizeLimit?: number | string;
    };
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
      /**
       * Labels that Prometheus selects by, such as release with kube-prometheus-stack.
       */
      labels?: {
        [k: string]: string;
      };
      /**
       * Between two scrapes.
       */
      interval: string;
    };
    /**
     * Alerts of this pool; docs/alerts.md has a page for each. They are a PrometheusRule of the pool's own, or, with an operator that is told --alerting Shared, part of the one set that serves all pools, which has labels and addresses of its own.
     */
    alerts?: {
      /**
       * false removes the object.
       */
      enabled: boolean;
      /**
       * Labels that Prometheus selects by, such as release with kube-prometheus-stack.
       */
      labels?: {
        [k: string]: string;
      };
      /**
       * The annotation runbook_url is this and the alert's name in small letters. Absent means no annotation.
       */
      runbookBaseURL?: string;
      /**
       * The annotation dashboard_url is this and the uid of the pool's dashboard. Absent means no annotation.
       */
      dashboardBaseURL?: string;
      /**
       * When alerts fire.
       */
      thresholds: {
        /**
         * A pool may be not ready for so long.
         */
        notReadyMinutes: number;
        /**
         * A pool may wait so long for the first sign of its queue in Redis.
         */
        queueNeverSeenMinutes: number;
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
  /**
   * Workers that there are.
   */
  replicas?: number;
  /**
   * Those that are ready.
   */
  readyReplicas?: number;
  /**
   * Those that run the latest template.
   */
  updatedReplicas?: number;
  /**
   * Finds the pool's pods by their labels.
   */
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
   * Who makes and writes the number of workers in mode Auto: what provider Auto came to. Decided once for a spec, and again when it could not be used for 10 minutes.
   */
  provider?: 'ExternalMetrics' | 'KEDA' | 'Direct' | 'CPU';
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
   * What workers have proven that they can render; it stays while there are none.
   *
   * @maxItems 16
   */
  renderers?: {
    /**
     * Name of the renderer.
     */
    name: string;
    /**
     * Formats of sources that it reads.
     *
     * @maxItems 32
     */
    formats: string[];
  }[];
  /**
   * What is so, why, and what can be done. Ready sums the others up.
   *
   * @maxItems 32
   */
  conditions?: {
    /**
     * What the condition speaks of.
     */
    type: string;
    /**
     * Whether it holds.
     */
    status: 'True' | 'False' | 'Unknown';
    /**
     * One word for programs, each told in docs/conditions.md.
     */
    reason: string;
    /**
     * What happened, and the remedy.
     */
    message: string;
    /**
     * Since when the status is what it is.
     */
    lastTransitionTime: string;
    /**
     * Generation of the spec that it speaks of.
     */
    observedGeneration?: number;
  }[];
}
