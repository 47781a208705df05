/** What the path made goes again, wherever it ended. */
import type { Commands } from './commands.ts';
import { DEFINITION, type Path, type PathOptions, recordsOf, type Step } from './path.ts';

export interface EndingOptions
  extends Pick<PathOptions, 'release' | 'operatorNamespace' | 'namespace' | 'timeoutSeconds'> {
  /** Not those of the path, which Ctrl-C cuts off. */
  readonly commands: Commands;
  readonly made: Path['made'];
}

export function endingOf(options: EndingOptions): Step[] {
  const { commands, made, release, operatorNamespace, namespace, timeoutSeconds } = options;
  // Pods end in their own time, however short the steps were to be.
  const seconds = Math.max(timeoutSeconds, 120);
  const timeout = `--timeout=${seconds}s`;
  const remedy = `take away by hand what is there of: the release ${release} in ${operatorNamespace}, ${[...made].join(', ')}`;
  const takeAway = (what: string) =>
    commands.kubectl({ shown: ['delete', what, '--ignore-not-found', timeout], seconds: seconds + 10 });
  return [
    {
      title: 'take away what is left',
      remedy,
      run: async () => {
        const uninstall = ['uninstall', release, '--namespace', operatorNamespace, '--wait'];
        const records = ['get', 'secrets', '--namespace', operatorNamespace, recordsOf(release)];
        if (made.has(`release/${release}`) && (await commands.look([...records, '--output=name'])).trim() !== '')
          await commands.helm({ shown: uninstall, as: [...uninstall, timeout], seconds: seconds + 10 });
        for (const namespaceMade of [namespace, operatorNamespace])
          if (made.has(`namespace/${namespaceMade}`)) await takeAway(`namespace/${namespaceMade}`);
        // With the definition all pools would go.
        if (!made.has(DEFINITION)) return undefined;
        const pools = await commands.look(['get', 'pwp', '--all-namespaces', '--output=name']).catch(() => '');
        if (pools.trim() === '') await takeAway(DEFINITION);
        return undefined;
      },
    },
  ];
}
