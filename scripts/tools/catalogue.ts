/** Every program that this project needs and npm does not bring: its pinned version and the ways to get it. */

export const KUBERNETES_VERSION = '1.37.2';

/** Built with `go build` from the public Go module proxy. */
export interface GoPackage {
  readonly module: string;
  readonly version: string;
  readonly package: string;
  readonly ldflags: string;
  /** Modules that the main module replaces by a folder of its own repository, and their published version. */
  readonly staging?: { readonly pattern: RegExp; readonly version: string };
  /** Other versions by which the main module replaces what it requires are taken over: it does not build without. */
  readonly takesReplacements?: true;
  /** Minutes on 2 cores with an empty build cache, measured; shown to the person who waits. */
  readonly minutes: number;
}

export interface Tool {
  readonly name: string;
  /** Exact for what we build; absent where any version that the distribution ships will do. */
  readonly version?: string;
  /** Prints the version; its output must contain `version` when there is one. */
  readonly versionArgs: readonly string[];
  /** Where an official binary lies, relative to the release site; a `.sha256` file lies beside it. */
  readonly release?: (os: string, arch: string) => string;
  readonly go?: GoPackage;
  readonly debianPackage?: string;
  /** Where the package puts it, when that is no folder of programs. */
  readonly folder?: string;
  /** Used by suites on request only: provided when they run, or when it is named. */
  readonly onRequest?: true;
}

function kubernetes(name: string, minutes: number, versionArgs: readonly string[] = ['--version']): Tool {
  return {
    name,
    version: KUBERNETES_VERSION,
    versionArgs,
    release: (os, arch) => `v${KUBERNETES_VERSION}/bin/${os}/${arch}/${name}`,
    go: {
      module: 'k8s.io/kubernetes',
      version: `v${KUBERNETES_VERSION}`,
      package: `k8s.io/kubernetes/cmd/${name}`,
      ldflags: [
        '-s -w',
        `-X k8s.io/component-base/version.gitVersion=v${KUBERNETES_VERSION}`,
        ...KUBERNETES_VERSION.split('.')
          .slice(0, 2)
          .map((part, i) => `-X k8s.io/component-base/version.git${i === 0 ? 'Major' : 'Minor'}=${part}`),
      ].join(' '),
      staging: {
        pattern: /^\s+(k8s\.io\/[a-z-]+) => \.\/staging\//gm,
        version: KUBERNETES_VERSION.replace(/^1\./, 'v0.'),
      },
      minutes,
    },
  };
}

function helm(name: string, version: string, minutes: number, more: Pick<Tool, 'onRequest'> = {}): Tool {
  const module = `helm.sh/helm/v${version.split('.')[0]}`;
  return {
    ...{ name, version, versionArgs: ['version', '--short'] },
    go: {
      module,
      version: `v${version}`,
      package: `${module}/cmd/helm`,
      ldflags: `-s -w -X ${module}/internal/version.version=v${version}`,
      minutes,
    },
    ...more,
  };
}

/** A linter of manifests, which tells its version by `main.version`. */
function linter(name: string, module: string, version: string, versionArg: string): Tool {
  return {
    ...{ name, version, versionArgs: [versionArg] },
    go: {
      module,
      version: `v${version}`,
      package: `${module}/cmd/${name}`,
      ldflags: `-s -w -X main.version=${version}`,
      minutes: 1,
    },
    onRequest: true,
  };
}

export const ARGO_CD_VERSION = '3.5.7';

export const KEDA_VERSION = '2.21.0';

function keda(name: string, program: string, minutes: number): Tool {
  const module = 'github.com/kedacore/keda/v2';
  return {
    name,
    version: KEDA_VERSION,
    versionArgs: ['--version'],
    go: {
      module,
      version: `v${KEDA_VERSION}`,
      package: `${module}/cmd/${program}`,
      ldflags: `-s -w -X ${module}/version.Version=${KEDA_VERSION}`,
      minutes,
    },
    onRequest: true,
  };
}

function prometheus(name: string, minutes: number): Tool {
  return {
    name,
    version: '3.16.0',
    versionArgs: ['--version'],
    go: {
      module: 'github.com/prometheus/prometheus',
      version: 'v0.316.0',
      package: `github.com/prometheus/prometheus/cmd/${name}`,
      ldflags: '-s -w -X github.com/prometheus/common/version.Version=3.16.0',
      minutes,
    },
    onRequest: true,
  };
}

/** The newest that the module proxy has with the client that it is built from. */
export const PROMETHEUS_OPERATOR_VERSION = '0.85.0';

function prometheusOperator(name: string, program: string, minutes: number): Tool {
  const module = 'github.com/prometheus-operator/prometheus-operator';
  return {
    name,
    version: PROMETHEUS_OPERATOR_VERSION,
    versionArgs: ['--version'],
    go: {
      module,
      version: `v${PROMETHEUS_OPERATOR_VERSION}`,
      package: `${module}/cmd/${program}`,
      ldflags: `-s -w -X github.com/prometheus/common/version.Version=${PROMETHEUS_OPERATOR_VERSION}`,
      minutes,
    },
    onRequest: true,
  };
}

const CONTAINERD_VERSION = '2.2.0';

function containerd(name: string, versionArgs: readonly string[] = ['--version']): Tool {
  const module = 'github.com/containerd/containerd/v2';
  return {
    name,
    version: CONTAINERD_VERSION,
    versionArgs,
    go: {
      module,
      version: `v${CONTAINERD_VERSION}`,
      package: `${module}/cmd/${name}`,
      ldflags: `-s -w -X ${module}/version.Version=${CONTAINERD_VERSION}`,
      minutes: 1,
    },
    onRequest: true,
  };
}

export const TOOLS = {
  etcd: {
    name: 'etcd',
    version: '3.7.3',
    versionArgs: ['--version'],
    go: {
      module: 'go.etcd.io/etcd/server/v3',
      version: 'v3.7.3',
      package: 'go.etcd.io/etcd/server/v3',
      ldflags: '-s -w',
      minutes: 1,
    },
  },
  'kube-apiserver': kubernetes('kube-apiserver', 5),
  'kube-controller-manager': kubernetes('kube-controller-manager', 1),
  'kube-scheduler': kubernetes('kube-scheduler', 1),
  kubectl: kubernetes('kubectl', 1, ['version', '--client']),
  kubelet: { ...kubernetes('kubelet', 1), onRequest: true },
  'kube-proxy': { ...kubernetes('kube-proxy', 1), onRequest: true },
  containerd: containerd('containerd'),
  'containerd-shim-runc-v2': containerd('containerd-shim-runc-v2', ['-v']),
  ctr: containerd('ctr'),
  runc: { name: 'runc', versionArgs: ['--version'], debianPackage: 'runc', onRequest: true },
  // One of the CNI plugins, which all lie beside it.
  'host-local': {
    ...{ name: 'host-local', versionArgs: [], debianPackage: 'containernetworking-plugins' },
    ...{ folder: '/usr/lib/cni', onRequest: true },
  },
  iptables: { name: 'iptables', versionArgs: ['--version'], debianPackage: 'iptables', onRequest: true },
  nft: { name: 'nft', versionArgs: ['--version'], debianPackage: 'nftables', onRequest: true },
  ip: { name: 'ip', versionArgs: ['-Version'], debianPackage: 'iproute2', onRequest: true },
  versitygw: {
    name: 'versitygw',
    version: '1.8.0',
    versionArgs: ['--version'],
    go: {
      module: 'github.com/versity/versitygw',
      version: 'v1.8.0',
      package: 'github.com/versity/versitygw/cmd/versitygw',
      ldflags: '-s -w -X main.Version=1.8.0',
      minutes: 1,
    },
  },
  helm: helm('helm', '4.3.1', 3),
  // Not called `helm`, so that neither is found in the other's place.
  helm3: helm('helm3', '3.22.0', 2, { onRequest: true }),
  kubeconform: linter('kubeconform', 'github.com/yannh/kubeconform', '0.8.0', '-v'),
  'kube-score': linter('kube-score', 'github.com/zegl/kube-score', '1.20.0', 'version'),
  argocd: {
    name: 'argocd',
    version: ARGO_CD_VERSION,
    versionArgs: ['version', '--client', '--short'],
    go: {
      module: 'github.com/argoproj/argo-cd/v3',
      version: `v${ARGO_CD_VERSION}`,
      package: 'github.com/argoproj/argo-cd/v3/cmd',
      ldflags: `-s -w -X github.com/argoproj/argo-cd/v3/common.version=${ARGO_CD_VERSION}`,
      // Its engine is published by commit only: one of its main branch, seven weeks before the release.
      staging: {
        pattern: /^replace (github\.com\/argoproj\/argo-cd\/gitops-engine) => \.\//gm,
        version: 'v0.0.0-20260914071520-c9c369efcc5b',
      },
      takesReplacements: true,
      minutes: 15,
    },
    onRequest: true,
  },
  // Argo CD's Lua. It does not tell its own version: one on PATH is never taken for this one.
  glua: {
    name: 'glua',
    version: '1.1.2',
    versionArgs: ['-v'],
    go: {
      module: 'github.com/yuin/gopher-lua',
      version: 'v1.1.2',
      package: 'github.com/yuin/gopher-lua/cmd/glua',
      ldflags: '-s -w',
      minutes: 1,
    },
  },
  promtool: prometheus('promtool', 5),
  // Behind promtool, in whose build cache most of it lies.
  prometheus: prometheus('prometheus', 2),
  'prometheus-operator': prometheusOperator('prometheus-operator', 'operator', 2),
  // Behind it, in whose build cache all of it lies.
  'prometheus-config-reloader': prometheusOperator('prometheus-config-reloader', 'prometheus-config-reloader', 1),
  actionlint: {
    name: 'actionlint',
    version: '1.7.12',
    versionArgs: ['-version'],
    go: {
      module: 'github.com/rhysd/actionlint',
      version: 'v1.7.12',
      package: 'github.com/rhysd/actionlint/cmd/actionlint',
      ldflags: '-s -w -X github.com/rhysd/actionlint.version=1.7.12',
      minutes: 1,
    },
    onRequest: true,
  },
  keda: keda('keda', 'operator', 6),
  'keda-adapter': keda('keda-adapter', 'adapter', 1),
  'redis-server': { name: 'redis-server', versionArgs: ['--version'], debianPackage: 'redis-server' },
  shellcheck: { name: 'shellcheck', versionArgs: ['--version'], debianPackage: 'shellcheck', onRequest: true },
  zsh: { name: 'zsh', versionArgs: ['--version'], debianPackage: 'zsh', onRequest: true },
  fish: { name: 'fish', versionArgs: ['--version'], debianPackage: 'fish', onRequest: true },
  chromium: { name: 'chromium', versionArgs: ['--version'], debianPackage: 'chromium', onRequest: true },
  buildah: { name: 'buildah', versionArgs: ['--version'], debianPackage: 'buildah', onRequest: true },
  debootstrap: { name: 'debootstrap', versionArgs: ['--version'], debianPackage: 'debootstrap', onRequest: true },
  // Debian has it in a package of its own, beside what makes a real machine's container known to its systemd.
  'systemd-nspawn': {
    name: 'systemd-nspawn',
    versionArgs: ['--version'],
    debianPackage: 'systemd-container',
    onRequest: true,
  },
  tini: { name: 'tini', versionArgs: ['--version'], debianPackage: 'tini' },
} as const satisfies Record<string, Tool>;

export type ToolName = keyof typeof TOOLS;

/** What `npm test` uses: all but those of suites on request. */
export const USUAL: readonly ToolName[] = (Object.keys(TOOLS) as ToolName[]).filter(
  (name) => !(TOOLS[name] as Tool).onRequest,
);
