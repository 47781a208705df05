/** Helm itself, without the settings and plugins of who runs the tests. */
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { KUBERNETES_VERSION } from '../../scripts/tools/catalogue.ts';
import { provide, type ToolName } from '../../scripts/tools/provide.ts';

export const CHART = 'charts/preview-worker-operator';
/** Release and namespace of a plain install: objects are then named as in `config/operator`. */
export const RELEASE = 'preview-worker-operator';

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

export type HelmTool = Extract<ToolName, 'helm' | 'helm3'>;

/** Resolves to stdout, rejects with stderr. */
export async function helm(
  args: readonly string[],
  {
    input = '',
    kubeconfig = '/dev/null',
    seconds = 60,
    tool = 'helm',
  }: { input?: string; kubeconfig?: string; seconds?: number; tool?: HelmTool } = {},
): Promise<string> {
  const program = await provide(tool);
  const home = join(tmpdir(), 'preview-helm-nobody');
  const env = {
    ...{ PATH: process.env['PATH'], KUBECONFIG: kubeconfig, HOME: home },
    ...{ HELM_CACHE_HOME: home, HELM_CONFIG_HOME: home, HELM_DATA_HOME: home },
  };
  return new Promise((resolve, reject) => {
    const options = { env, timeout: seconds * 1000, maxBuffer: 64 << 20 };
    const child = execFile(program, [...args], options, (error, stdout, stderr) =>
      error
        ? reject(new Error(`${tool} ${args.join(' ')}: ${stderr.trim() || stdout.trim() || error.message}`))
        : resolve(stdout),
    );
    child.stdin?.end(input);
  });
}

export const objectsIn = (text: string): Manifest[] =>
  parseAllDocuments(text)
    .map((document) => document.toJS() as Manifest | null)
    .filter((object) => object !== null);

/** What the chart gives for these values. */
export async function rendered(
  values: object = {},
  {
    release = RELEASE,
    namespace = RELEASE,
    chart = CHART,
    tool = 'helm',
  }: { release?: string; namespace?: string; chart?: string; tool?: HelmTool } = {},
): Promise<Manifest[]> {
  // Without a cluster Helm assumes the version it was built for, or an old one.
  const version = ['--kube-version', KUBERNETES_VERSION];
  const args = ['template', release, chart, '--namespace', namespace, ...version, '--values', '-'];
  return objectsIn(await helm(args, { input: JSON.stringify(values), tool }));
}
