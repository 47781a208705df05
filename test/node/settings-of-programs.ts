/** What containerd, the CNI plugins, the kubelet and kube-proxy are told; docs/decisions/0014-real-node.md has the reasons. */
import { join } from 'node:path';
import { SANDBOX } from './images.ts';

const SUBNET = '10.88.0.0/16';

export function containerdConfig(options: {
  readonly folder: string;
  readonly socket: string;
  readonly plugins: string;
}): string {
  const { folder, socket, plugins } = options;
  const runtime = "plugins.'io.containerd.cri.v1.runtime'";
  return [
    'version = 3',
    `root = '${join(folder, 'containerd', 'root')}'`,
    `state = '${join(folder, 'containerd', 'state')}'`,
    '[grpc]',
    `address = '${socket}'`,
    "[plugins.'io.containerd.internal.v1.opt']",
    `path = '${join(folder, 'containerd', 'opt')}'`,
    "[plugins.'io.containerd.cri.v1.images'.pinned_images]",
    `sandbox = '${SANDBOX}'`,
    `[${runtime}]`,
    // A root without CAP_SYS_RESOURCE may not lower the score that it has itself.
    'restrict_oom_score_adj = true',
    `[${runtime}.cni]`,
    `bin_dirs = ['${plugins}']`,
    // It takes every file there for a network.
    `conf_dir = '${join(folder, 'network', 'configuration')}'`,
    `[${runtime}.containerd.runtimes.runc]`,
    "runtime_type = 'io.containerd.runc.v2'",
    `[${runtime}.containerd.runtimes.runc.options]`,
    'SystemdCgroup = false',
    '',
  ].join('\n');
}

export const POD_NETWORK = (folder: string): object => ({
  ...{ cniVersion: '1.0.0', name: 'pods' },
  plugins: [
    {
      ...{ type: 'bridge', bridge: 'pods0', isGateway: true, ipMasq: true, hairpinMode: true },
      ipam: {
        type: 'host-local',
        dataDir: join(folder, 'network', 'addresses'),
        ranges: [[{ subnet: SUBNET }]],
        routes: [{ dst: '0.0.0.0/0' }],
      },
    },
    { type: 'portmap', capabilities: { portMappings: true } },
  ],
});

export interface KubeletOptions {
  readonly folder: string;
  readonly socket: string;
  readonly cgroup: string;
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
}

export function kubeletConfig({ folder, socket, cgroup, caFile, certFile, keyFile }: KubeletOptions): object {
  return {
    ...{ apiVersion: 'kubelet.config.k8s.io/v1beta1', kind: 'KubeletConfiguration' },
    authentication: { anonymous: { enabled: false }, webhook: { enabled: true }, x509: { clientCAFile: caFile } },
    authorization: { mode: 'Webhook' },
    ...{ tlsCertFile: certFile, tlsPrivateKeyFile: keyFile },
    containerRuntimeEndpoint: `unix://${socket}`,
    ...{ podLogsDir: join(folder, 'kubelet', 'logs'), volumePluginDir: join(folder, 'kubelet', 'plugins') },
    ...{ cgroupDriver: 'cgroupfs', cgroupRoot: `/${cgroup}`, failCgroupV1: false, failSwapOn: false },
    enforceNodeAllocatable: ['pods'],
    oomScoreAdj: 0,
    // No image can be pulled again.
    imageGCHighThresholdPercent: 100,
    evictionHard: { 'memory.available': '100Mi', 'nodefs.available': '1%', 'imagefs.available': '1%' },
    // Also how late a changed Secret may be in its volume; the default is a minute.
    syncFrequency: '5s',
  };
}

/** Tables of connections are the kernel's own size: it is shared. */
export function proxyConfig(kubeconfig: string, hostnameOverride: string): object {
  return {
    ...{ apiVersion: 'kubeproxy.config.k8s.io/v1alpha1', kind: 'KubeProxyConfiguration' },
    ...{ mode: 'nftables', hostnameOverride, clientConnection: { kubeconfig } },
    conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' },
  };
}
