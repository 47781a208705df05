/** What `enter.ts` has made ready for a node, and where. */
import type { ToolName } from '../../scripts/tools/provide.ts';

/** The variable that names the folder of the node; its base name is the node's cgroup. */
export const NODE_FOLDER = 'PREVIEW_NODE_FOLDER';

/** As inside.sh gives it to the interface. */
export const NODE_ADDRESS = '192.0.2.10';

export const NODE_PROGRAMS: readonly ToolName[] = [
  ...(['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubectl'] as const),
  ...(['kubelet', 'kube-proxy', 'containerd', 'containerd-shim-runc-v2', 'ctr'] as const),
  ...(['runc', 'host-local', 'iptables', 'nft', 'ip', 'tini', 'helm', 'redis-server'] as const),
];

/** Throws outside of a node's namespaces. */
export function nodeFolder(): string {
  const folder = process.env[NODE_FOLDER];
  if (folder) return folder;
  throw new Error(
    `${NODE_FOLDER} is not set: this runs by \`npm run test:node\`, or by \`node test/node/enter.ts COMMAND\``,
  );
}
