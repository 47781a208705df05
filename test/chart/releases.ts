/** Releases on a control plane whose pods nobody runs: the operator is a process of this machine, as the release says. */
import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { KubeClient } from '../../operator/kube/client.ts';
import { operatorCommand } from '../../operator/settings.ts';
import type { ControlPlane } from '../cluster/control-plane.ts';
import { CHART, type Manifest, RELEASE } from './helm.ts';

const run = promisify(execFile);

export interface OperatorDeployment {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly serviceAccountName: string;
        readonly containers: readonly [{ readonly env: readonly { readonly name: string; readonly value?: string }[] }];
      };
    };
  };
}

/** The environment of the operator's container, as flags. */
export function flagsOf({ spec }: OperatorDeployment): string[] {
  const flags = new Map(operatorCommand().options.map(({ envVar, long }) => [envVar, long]));
  return spec.template.spec.containers[0].env.flatMap(({ name, value }) => {
    const flag = flags.get(name);
    return flag && value !== undefined ? [flag, value] : [];
  });
}

export async function operatorOf(client: KubeClient, namespace: string, name: string): Promise<OperatorDeployment> {
  return client.get<OperatorDeployment>(`/apis/apps/v1/namespaces/${namespace}/deployments/${name}`);
}

export async function tokenOf(
  { kubectl }: Pick<ControlPlane, 'kubectl'>,
  { metadata: { namespace }, spec }: OperatorDeployment,
): Promise<string> {
  const account = spec.template.spec.serviceAccountName;
  return (await kubectl(['create', 'token', account, '--namespace', namespace, '--duration=24h'])).trim();
}

/**
 * The chart before this one, below `folder`: of the newest tag, else of the commit before the last that changed it. Where
 * neither is to be had (a copy without history, the chart's first commit) it is this one, older by its version only.
 */
export async function previousChart(folder: string): Promise<{ path: string; from: string }> {
  const from = (await newestTag()) ?? (await commitBefore());
  const path = join(folder, CHART);
  await mkdir(folder, { recursive: true });
  if (from !== undefined) {
    const archive = join(folder, 'chart.tar');
    await run('git', ['archive', '--output', archive, from, CHART]);
    await run('tar', ['-xf', archive, '-C', folder]);
    return { path, from };
  }
  await cp(CHART, path, { recursive: true });
  const file = join(path, 'Chart.yaml');
  await writeFile(file, (await readFile(file, 'utf8')).replace(/^version: .*$/m, 'version: 0.0.1'));
  return { path, from: 'a copy' };
}

const git = (...args: readonly string[]): Promise<string[]> =>
  run('git', [...args]).then(
    ({ stdout }) => stdout.split('\n').filter(Boolean),
    () => [],
  );

async function newestTag(): Promise<string | undefined> {
  for (const tag of await git('tag', '--merged', 'HEAD', '--sort=-creatordate'))
    if ((await git('ls-tree', tag, `${CHART}/Chart.yaml`)).length > 0) return tag;
  return undefined;
}

const commitBefore = async (): Promise<string | undefined> => (await git('log', '-2', '--format=%H', '--', CHART))[1];

/** The Service and the APIServices of a release, led to `port` of this machine as Helm itself would: an upgrade leads them back. */
export function apisAt(objects: readonly Manifest[], port: number): Manifest[] {
  const apis = objects.filter(({ kind }) => kind === 'APIService');
  const service = objects.find(({ kind, metadata }) => kind === 'Service' && metadata.name.endsWith('-metrics'));
  if (apis.length === 0 || !service) throw new Error('the release has no API of its own');
  // Helm leaves alone what does not say whose it is.
  const owned = ({ metadata, ...rest }: Manifest): Manifest => ({
    ...(rest as Manifest),
    metadata: {
      ...metadata,
      annotations: { 'meta.helm.sh/release-name': RELEASE, 'meta.helm.sh/release-namespace': RELEASE },
    },
  });
  return [
    ...apis.map((api) => {
      const spec = api['spec'] as { readonly service: object };
      return { ...owned(api), spec: { ...spec, service: { ...spec.service, port } } };
    }),
    {
      ...owned(service),
      spec: { type: 'ExternalName', externalName: 'localhost', ports: [{ name: 'https', port: 443 }] },
    },
  ];
}
