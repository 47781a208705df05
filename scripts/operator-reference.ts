/** docs/operator.md: flags from the options themselves. */
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

export const operatorReference =
  async (): Promise<string> => `<!-- Generated from operator/settings.ts by \`npm run generate\`. Do not edit. -->

# Running the operator

Installing it, and what it may do: [install.md](install.md). A flag wins over its environment variable.

${flags()}

There is no limit of requests on our side: the API server's own (priority and fairness) holds, and a 429 is waited for as long as
its Retry-After asks, up to 1000 s. What a user changes goes before what is only looked at again.

## Probes

- \`/healthz\` fails when a watch has heard nothing for so long that it will not mend by itself.
- \`/readyz\` succeeds when the caches are filled, on standbys too.

## Metrics

\`/metrics\` has them for Prometheus: [metrics.md](metrics.md).

## What it tells

\`GET /scaling/NAMESPACE/POOL\`, on the port of \`/metrics\`, answers by what numbers a pool is scaled, as JSON: the inputs of the law as
they were last seen and how long ago that was, its terms, the number, and for provider Direct what holds the next step back. To ask
reads nothing anew and changes nothing. It is what \`pwp explain\` shows ([scaling.md](scaling.md#why-this-many-now)).

| status | \`reason\`                    | what it means                                             |
| ------ | --------------------------- | --------------------------------------------------------- |
| 404    | \`NoSuchPool\`                | no such pool in the namespaces that this operator watches |
| 404    | \`NotByTheQueue\`             | modes Fixed and External, provider CPU, or suspended      |
| 503    | \`NotSynced\`, \`NotLookedYet\` | it has just started, or has not reached the queue yet     |
| 503    | \`NotLeading\`                | a standby, of a pool that only the one that leads follows |

These are numbers that \`/metrics\` has and words that the pool's conditions have: of queues and never of jobs, and no secret. Whoever reaches the port may
ask, as with \`/metrics\`: keep others away from it with a NetworkPolicy.

## Logs

JSON lines on stdout. Lines about a pool bear \`pool\` (namespace/name); those of one reconcile bear its \`reconcileID\`.
`;
