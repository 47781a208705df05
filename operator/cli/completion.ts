/** What a shell offers at the cursor: commands, flags, states, and the pools that are there. */
import { Argument, type Command, Command as NewCommand } from 'commander';
import type { KubeObject } from '../kube/object.ts';
import { pathOf } from '../kube/object.ts';
import { POOLS } from '../pool/pool.ts';
import { type ClusterFlags, inCluster } from './cluster.ts';

/** What shells call; no command that people see. */
export const COMPLETE = '__complete';
const DEADLINE_MS = 2_000;
/** As programs made with cobra end their answer, kubectl among them: no files are to be offered. */
const NO_FILES = ':4';
const VALUES: Readonly<Record<string, readonly string[]>> = {
  '--state': ['active', 'waiting', 'delayed', 'failed', 'completed'],
  '-o': ['wide', 'json'],
  '--output': ['wide', 'json'],
};

/** `words` as they stand behind the program's name; the last one is what is being written, possibly empty. */
export async function candidates(
  program: Command,
  words: readonly string[],
  pools: (flags: ClusterFlags) => Promise<readonly string[]>,
): Promise<string[]> {
  const begun = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  const command = program.commands.find((one) => one.name() === before[0]);
  return (await all()).filter((word) => word.startsWith(begun));

  async function all(): Promise<readonly string[]> {
    if (command === undefined) return before.length > 0 ? [] : program.commands.map((one) => one.name());
    const last = before.at(-1) ?? '';
    const option = command.options.find(({ short, long }) => last === short || last === long);
    if (option?.required) return VALUES[last] ?? [];
    if (begun.startsWith('-')) return command.options.flatMap(({ long }) => long ?? []);
    const takesPools = command.registeredArguments.some((argument: Argument) => /^pools?$/.test(argument.name()));
    const given = positionals(command, before.slice(1));
    const isVariadic = command.registeredArguments[0]?.variadic ?? false;
    if (!takesPools || (given.length > 0 && !isVariadic)) return [];
    return (await pools(flagsOf(before))).filter((name) => !given.includes(name));
  }
}

function positionals(command: Command, words: readonly string[]): string[] {
  const takesValue = (word: string | undefined) =>
    word !== undefined &&
    command.options.some(({ short, long, required }) => required && (word === short || word === long));
  return words.filter((word, at) => !word.startsWith('-') && !takesValue(words[at - 1]));
}

function flagsOf(words: readonly string[]): ClusterFlags {
  const valueOfFlag = (...names: readonly string[]) => {
    const at = words.findIndex((word) => names.includes(word));
    const joined = words.find((word) => names.some((name) => word.startsWith(`${name}=`)));
    return at >= 0 ? words[at + 1] : joined?.slice(joined.indexOf('=') + 1);
  };
  const [namespace, context, kubeconfig] = [
    valueOfFlag('-n', '--namespace'),
    valueOfFlag('--context'),
    valueOfFlag('--kubeconfig'),
  ];
  return {
    ...(namespace === undefined ? {} : { namespace }),
    ...(context === undefined ? {} : { context }),
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
  };
}

/** Prints the candidates, one a line. A cluster that does not answer soon has none: nothing else may be printed here. */
export async function complete(program: Command, words: readonly string[]): Promise<void> {
  const found = await candidates(program, words, poolNames).catch(() => []);
  process.stdout.write(`${[...found, NO_FILES].join('\n')}\n`);
}

const poolNames = (flags: ClusterFlags): Promise<string[]> =>
  inCluster(flags, async ({ client, namespace }) => {
    const signal = AbortSignal.timeout(DEADLINE_MS);
    const { items } = await client.list<KubeObject>(pathOf(POOLS, { namespace }), {}, signal);
    return items.map(({ metadata }) => metadata.name);
  });

const BASH = `# Add to ~/.bashrc:  source <(pwp completion bash)
_pwp() {
  local IFS=$'\\n' words=("\${COMP_WORDS[@]:1:COMP_CWORD}")
  COMPREPLY=($(compgen -W "$(pwp __complete "\${words[@]}" 2>/dev/null | sed '$d')" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _pwp pwp
`;
const ZSH = `#compdef pwp
# Add to ~/.zshrc, behind compinit:  source <(pwp completion zsh)
_pwp() {
  local -a found
  found=(\${(f)"$(pwp __complete "\${(@)words[2,CURRENT]}" 2>/dev/null | sed '$d')"})
  compadd -- $found
}
compdef _pwp pwp
`;
const FISH = `# Add to ~/.config/fish/config.fish:  pwp completion fish | source
complete -c pwp -f -a '(pwp __complete (commandline -opc)[2..] (commandline -ct) 2>/dev/null | string match -rv "^:")'
`;
const PWSH = `# Add to $PROFILE:  pwp completion pwsh | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName pwp -ScriptBlock {
  param($word, $ast, $cursor)
  $words = @($ast.CommandElements | Select-Object -Skip 1 | ForEach-Object { $_.Extent.Text })
  if ($word -eq '') { $words += '' }
  pwp __complete @words 2>$null | Where-Object { $_ -notmatch '^:' } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
  }
}
`;
export const SCRIPTS = { bash: BASH, zsh: ZSH, fish: FISH, pwsh: PWSH } as const;

const KUBECTL = `
kubectl itself completes "kubectl pwp" once kubectl_complete-pwp, which is installed beside kubectl-pwp, is in PATH.`;

export const completionCommand = () =>
  new NewCommand('completion')
    .description('prints what makes a shell complete pwp')
    .addArgument(new Argument('<shell>').choices(Object.keys(SCRIPTS)))
    .addHelpText('after', KUBECTL)
    .action((shell: keyof typeof SCRIPTS) => {
      process.stdout.write(SCRIPTS[shell]);
    });
