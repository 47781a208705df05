/** What kube-score holds against us, and why it stays so. Whatever else it finds is to be mended. */
export const EXCEPTIONS: readonly { readonly finding: RegExp; readonly why: string }[] = [
  {
    finding: /container-resources: CPU limit is not set$/,
    why: 'A limit throttles rendering while the node has CPU to spare. Requests say what is needed; slots bound what is taken; memory is limited.',
  },
  {
    finding: /container-image-pull-policy: ImagePullPolicy is not set to Always$/,
    why: 'A pod must start while the registry is away. Images are named by version or digest; image.pullPolicy and spec.imagePullPolicy are the user’s.',
  },
  {
    finding: /container-security-context-user-group-id: /,
    why: 'It wants ids above 10000 lest one is a user of the node’s. The images run as 1000, which claims are shared by; any other id can be set.',
  },
  {
    finding: /deployment-has-host-podantiaffinity: /,
    why: 'It knows no topologySpreadConstraints, which the operator has by host; workers are to fill nodes, and their disruption budget holds.',
  },
  {
    finding: /pod-networkpolicy: /,
    why: 'It counts only where a plugin enforces it, and only the user knows the addresses of Redis, storage and API server. A pool has spec.networkPolicy.',
  },
  {
    finding: /^Deployment preview-(worker|complete) \w+: container-ephemeral-storage-request-and-limit: /,
    why: 'What a worker writes goes to the scratch volume, which has a sizeLimit by what its jobs may take.',
  },
  {
    finding: /-queue-ui: deployment-replicas: /,
    why: 'A page for people: while its only pod is replaced they look again.',
  },
  {
    finding: /-queue-ui: pod-probes-identical: /,
    why: 'Both ask whether the process answers: it waits for nothing else.',
  },
];
