/** From nothing to a preview and back, as a platform engineer goes; docs/install.md shows these very commands. */
import type { Commands } from './commands.ts';
import { adapted, FOLDER, type Otherwise } from './manifests.ts';

export interface PathOptions {
  readonly commands: Commands;
  /** For the manifests as they are applied. */
  readonly folder: string;
  readonly chart: string;
  /** Installed first, to be upgraded to `chart`; absent: the upgrade brings another value only. */
  readonly fromChart?: string | undefined;
  readonly release: string;
  readonly operatorNamespace: string;
  /** Of the pool. */
  readonly namespace: string;
  /** Holds the URL of a Redis that pods reach. */
  readonly redisUrlFile: string;
  /** Flags with values for the chart: `--values FILE`, `--set NAME=VALUE`. */
  readonly values: readonly string[];
  /** Of the claims. */
  readonly claims: Pick<Otherwise, 'storageClass' | 'accessMode'>;
  /** For each thing that is waited for. */
  readonly timeoutSeconds: number;
}

export interface Step {
  readonly title: string;
  readonly remedy: string;
  /** Resolves to what it found, when that is worth a line. */
  run(): Promise<string | undefined>;
}

const POOL = 'pwp/first';
export const DEFINITION = 'crd/previewworkerpools.previews.mobius.dev';
const ASKED = 'previews.mobius.dev/requested-at';
/** What Helm keeps of a release, of one that did not get through too. */
export const recordsOf = (release: string): string => `--selector=owner=helm,name=${release}`;
const RESTRICTED = 'pod-security.kubernetes.io/enforce=restricted';

export interface Path {
  readonly steps: readonly Step[];
  /** What was not there before, so that it may be taken away. */
  readonly made: ReadonlySet<string>;
}

export function pathOf(options: PathOptions): Path {
  const { commands, release, chart, fromChart = chart, operatorNamespace, namespace, timeoutSeconds } = options;
  const seconds = timeoutSeconds + 10;
  const timeout = `--timeout=${timeoutSeconds}s`;
  const made = new Set<string>();
  let image = '';
  let workers = '';

  const isThere = async (...what: readonly string[]) =>
    (await commands.look(['get', ...what, '--ignore-not-found', '--output=name'])).trim() !== '';
  const helm = (words: readonly string[], values: readonly string[] = []) => {
    const shown = [...words, '--namespace', operatorNamespace, '--wait'];
    return commands.helm({ shown, as: [...shown, timeout, ...values], seconds });
  };
  const kubectl = (...words: readonly string[]) =>
    commands.kubectl({ shown: [...words, '--namespace', namespace], seconds });
  const waitFor = (condition: string, what: string) => kubectl('wait', `--for=${condition}`, what, timeout);
  const apply = async (words: readonly string[], file: string) => {
    const path = await adapted(file, options.folder, { image, ...options.claims });
    const called = (at: string) => [...words, '--filename', at, '--namespace', namespace];
    return commands.kubectl({ shown: called(`${FOLDER}/${file}`), as: called(path), seconds });
  };
  const fieldOf = async (path: string, what: string, ...more: readonly string[]) =>
    (await commands.look(['get', what, ...more, '--namespace', namespace, `--output=jsonpath=${path}`])).trim();
  const uidsOfWorkers = async () => {
    const uids = await fieldOf('{.items[*].metadata.uid}', 'pods', '--selector=previews.mobius.dev/pool=first');
    return uids.split(' ').sort().join();
  };
  const preview = async () => {
    await apply(['replace', '--force'], 'preview.yaml');
    await waitFor('condition=Complete', 'job/preview');
  };
  /** The operator acts on the pool, its workers are those that were there, and they render. */
  const goesOn = async (when: string) => {
    await kubectl('annotate', POOL, `${ASKED}=${when}`, '--overwrite');
    await waitFor(`jsonpath={.status.lastHandledReconcileAt}=${when}`, POOL);
    await waitFor('condition=Ready', POOL);
    if ((await uidsOfWorkers()) !== workers)
      throw new Error(`the workers are others than before: the ${when} rolled the pool`);
    await preview();
    return 'the same workers rendered again';
  };

  const steps: Step[] = [
    {
      title: 'look whether the cluster is free for it',
      remedy: 'check --kubeconfig and --context; name other namespaces by --namespace and --operator-namespace',
      run: async () => {
        const version = JSON.parse(await commands.look(['version', '--output=json'])) as {
          serverVersion: { gitVersion: string };
        };
        if (await isThere('namespace', namespace)) throw new Error(`the namespace ${namespace} is there already`);
        if (await isThere('deployment', release, '--namespace', operatorNamespace))
          throw new Error(`there is an operator in ${operatorNamespace} already`);
        // Whatever its objects are called; the path would end by uninstalling it.
        if (await isThere('secrets', '--namespace', operatorNamespace, recordsOf(release)))
          throw new Error(`there is a release ${release} in ${operatorNamespace} already: name another by --release`);
        // Only these go at the end.
        for (const what of [`namespace/${operatorNamespace}`, DEFINITION]) if (!(await isThere(what))) made.add(what);
        return `Kubernetes ${version.serverVersion.gitVersion}`;
      },
    },
    {
      title: 'install the operator',
      remedy: `kubectl describe pods --show-events --namespace ${operatorNamespace}; an image that no node can get: set image.repository and workerImage.repository by --values; an APIService that is another's: --set externalMetrics.enabled=false`,
      run: async () => {
        made.add(`release/${release}`);
        await helm(['install', release, fromChart, '--create-namespace'], options.values);
        return undefined;
      },
    },
    {
      title: 'make a namespace for pools, which enforces restricted pods, with the URL of Redis in a Secret',
      remedy: 'the file of --redis-url-file holds one line, redis://… or rediss://…',
      run: async () => {
        await commands.kubectl({ shown: ['create', 'namespace', namespace] });
        made.add(`namespace/${namespace}`);
        await commands.kubectl({ shown: ['label', 'namespace', namespace, RESTRICTED] });
        const secret = (file: string) => ['create', 'secret', 'generic', 'redis', `--from-file=url=${file}`];
        await commands.kubectl({
          shown: [...secret('redis-url'), '--namespace', namespace],
          as: [...secret(options.redisUrlFile), '--namespace', namespace],
        });
        return undefined;
      },
    },
    {
      title: 'apply a pool and wait until it is ready',
      remedy: `kubectl describe ${POOL} --namespace ${namespace} says what is missing; claims that stay Pending: --storage-class`,
      run: async () => {
        await apply(['apply'], 'pool.yaml');
        await waitFor('condition=Ready', POOL);
        workers = await uidsOfWorkers();
        image = await fieldOf('{.status.image}', POOL);
        return `its workers run ${image}`;
      },
    },
    {
      title: 'a job becomes a preview',
      remedy: `kubectl logs job/preview --namespace ${namespace}; kubectl pwp jobs first --namespace ${namespace} --state failed`,
      run: async () => {
        await apply(['apply'], 'picture.yaml');
        await waitFor('condition=Complete', 'job/picture');
        await preview();
        return undefined;
      },
    },
    {
      title: 'upgrade the release',
      remedy: `helm history ${release} --namespace ${operatorNamespace}; CHANGELOG.md says which upgrades roll pools`,
      run: async () => {
        await helm(['upgrade', release, chart, '--set', 'settings.logLevel=debug'], options.values);
        return goesOn('upgrade');
      },
    },
    {
      title: 'roll it back',
      remedy: `helm history ${release} --namespace ${operatorNamespace} tells the revisions`,
      run: async () => {
        await helm(['rollback', release]);
        return goesOn('rollback');
      },
    },
    {
      title: 'uninstall it: the pool and its workers stay, and render',
      remedy: `helm uninstall ${release} --namespace ${operatorNamespace} --debug`,
      run: async () => {
        await helm(['uninstall', release]);
        if (!(await isThere(POOL, '--namespace', namespace))) throw new Error('the pool went with the release');
        await preview();
        return undefined;
      },
    },
  ];
  return { steps, made };
}
