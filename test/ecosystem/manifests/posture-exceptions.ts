/** What kube-score and checkov hold against us, and why it stays so. Whatever else they find is to be mended. */
interface Exception {
  readonly kubeScore?: RegExp;
  readonly checkov?: RegExp;
  readonly why: string;
}

const EXCEPTIONS: readonly Exception[] = [
  {
    kubeScore: /container-resources: CPU limit is not set$/,
    checkov: /^CKV_K8S_11 /,
    why: 'A limit throttles rendering while the node has CPU to spare. Requests say what is needed; slots bound what is taken; memory is limited.',
  },
  {
    kubeScore: /container-image-pull-policy: ImagePullPolicy is not set to Always$/,
    checkov: /^CKV_K8S_15 /,
    why: 'A pod must start while the registry is away. Images are named by version or digest; image.pullPolicy and spec.imagePullPolicy are the user’s.',
  },
  {
    kubeScore: /container-security-context-user-group-id: /,
    checkov: /^CKV_K8S_40 /,
    why: 'They want ids above 10000 lest one is a user of the node’s. The images run as 1000, which claims are shared by; any other id can be set.',
  },
  {
    kubeScore: /deployment-has-host-podantiaffinity: /,
    why: 'It knows no topologySpreadConstraints, which the operator has by host; workers are to fill nodes, and their disruption budget holds.',
  },
  {
    kubeScore: /pod-networkpolicy: /,
    checkov: /^CKV2_K8S_6 /,
    why: 'A policy counts only where a plugin enforces it, and only the user knows the addresses of Redis, storage and API server. A pool has spec.networkPolicy.',
  },
  {
    kubeScore: /^Deployment preview-(worker|complete) \w+: container-ephemeral-storage-request-and-limit: /,
    why: 'What a worker writes goes to the scratch volume, which has a sizeLimit by what its jobs may take.',
  },
  {
    kubeScore: /-queue-ui: deployment-replicas: /,
    why: 'A page for people: while its only pod is replaced they look again.',
  },
  {
    kubeScore: /-queue-ui: pod-probes-identical: /,
    why: 'Both ask whether the process answers: it waits for nothing else.',
  },
  {
    checkov: /^CKV_K8S_43 /,
    why: 'A digest is a registry’s, and nothing is published. image.digest, workerImage.digest and spec.image take one.',
  },
  {
    checkov: /^CKV_K8S_38 Deployment\.preview-worker-operator\.(preview-worker-operator|previews): /,
    why: 'The operator lives by the API server. Workers, queue UI and Jobs mount no token.',
  },
  {
    checkov: /^CKV_K8S_[89] Deployment\.preview-worker\.preview-(worker|complete): /,
    why: 'The renderer has neither port nor credentials: the worker beside it asks it, and says so in its own probes.',
  },
  {
    checkov: /^CKV_K8S_21 \w+\.default\./,
    why: 'The namespace is the reader’s to name, by kubectl or by an overlay.',
  },
];

export const exceptionsOf = (scanner: 'kubeScore' | 'checkov'): RegExp[] =>
  EXCEPTIONS.flatMap((one) => one[scanner] ?? []);
