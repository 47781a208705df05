/** docs/operator.md: flags from the options themselves, metrics from their registry. */
import { Metrics } from '../operator/metrics.ts';
import { operatorCommand } from '../operator/settings.ts';
import { markdownTable } from './markdown-table.ts';

/** A `|` ends a cell. */
const cell = (text: string): string => text.replaceAll('|', '\\|');
const code = (text: string): string => (text === '' ? '' : `\`${cell(text)}\``);

function flags(): string {
  const rows = operatorCommand().options.map(
    ({ flags: flag, envVar = '', defaultValue = '', description, argChoices }) => [
      code(flag),
      code(envVar),
      code(String(defaultValue)),
      cell([description, argChoices && `one of ${argChoices.join(', ')}`].filter(Boolean).join('; ')),
    ],
  );
  return markdownTable([['flag', 'environment', 'default', 'what it does'], ...rows]);
}

async function metrics(): Promise<string> {
  const { registry } = new Metrics({ queueDepth: () => 0, pools: () => [], loadOf: () => undefined });
  const rows = (await registry.getMetricsAsJSON())
    .filter(({ name }) => !/^(process|nodejs)_/.test(name))
    .map(({ name, help, type }) => [code(name), String(type), cell(help)]);
  return markdownTable([['metric', 'type', 'what it tells'], ...rows]);
}

export const operatorReference =
  async (): Promise<string> => `<!-- Generated from operator/settings.ts and metrics.ts by \`npm run generate\`. Do not edit. -->

# Running the operator

Installing it, and what it may do: [install.md](install.md). A flag wins over its environment variable.

${flags()}

There is no limit of requests on our side: the API server's own (priority and fairness) holds, and a 429 is waited for as long as
its Retry-After asks, up to 1000 s. What a user changes goes before what is only looked at again.

## Probes

- \`/healthz\` fails when a watch has heard nothing for so long that it will not mend by itself.
- \`/readyz\` succeeds when the caches are filled, on standbys too.

## Metrics

\`/metrics\` has them for Prometheus, beside those of the process and of Node.js (\`nodejs_eventloop_lag_seconds\`: a stall longer than the
renew deadline loses the Lease). Names are those of controller-runtime and client-go where they have one.

${await metrics()}

## Logs

JSON lines on stdout. Lines about a pool bear \`pool\` (namespace/name); those of one reconcile bear its \`reconcileID\`.
`;
