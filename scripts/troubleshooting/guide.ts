/** docs/troubleshooting.md: symptoms of people, with causes and cures out of the tables that the product itself speaks from. */
import { rulesOf } from '../../operator/desired/alerts.ts';
import { isAlert } from '../../operator/desired/rule.ts';
import { REASONS, type Reason, type ReasonText } from '../../operator/pool/conditions.ts';
import type { Pool } from '../../operator/pool/pool.ts';
import { meaningOf } from '../../operator/pool/situations.ts';
import { FAILURES, type FailureReason } from '../../worker/failures.ts';
import { specSchemaOf, withDefaults } from '../manifests/defaults.ts';
import { operatorRules } from '../manifests/operator-alerts.ts';
import { ALERT_SYMPTOMS } from './alerts.ts';
import { CONDITION_SIGHTS } from './conditions.ts';
import { FAILURE_SIGHTS } from './failures.ts';
import type { Sight } from './sight.ts';
import { SYMPTOMS, type SymptomId } from './symptoms.ts';

/** How many come first. */
const COMMONEST = 5;

interface Entry extends Sight {
  readonly anchor: string;
  readonly name: string;
  readonly cause?: string;
  /** What the message itself says, or nothing. */
  readonly cure: string | undefined;
}

const ENTRIES: readonly Entry[] = [
  ...entriesOf<Reason>(CONDITION_SIGHTS, (reason) => ({
    anchor: reason.toLowerCase(),
    cause: meaningOf(reason),
    cure: (REASONS[reason] as ReasonText).remedy,
  })),
  ...entriesOf<FailureReason>(FAILURE_SIGHTS, (reason) => ({
    // Some have the name of a condition's reason.
    anchor: `job-${reason.toLowerCase()}`,
    cure: FAILURES[reason].remedy,
  })),
];

function entriesOf<Name extends string>(
  sights: Readonly<Record<Name, Sight>>,
  told: (name: Name) => Pick<Entry, 'anchor' | 'cause' | 'cure'>,
): Entry[] {
  return (Object.entries(sights) as [Name, Sight][]).map(([name, sight]) => ({ name, ...sight, ...told(name) }));
}

function entryText({ anchor, name, sees, look, cause, cure }: Entry): string {
  const parts = [
    `${sees}.`,
    ...(look === undefined ? [] : [`Look: \`${look}\`.`]),
    ...(cause === undefined ? [] : [`Cause: ${cause}.`]),
    ...(cure === undefined ? [] : [`Cure: ${cure}.`]),
  ];
  return `- <a id="${anchor}"></a>\`${name}\`: ${parts.join(' ')}`;
}

const alertText = (name: string): string => {
  const anchor = name.toLowerCase();
  return `<a id="${anchor}"></a>[${name}](alerts.md#${anchor})`;
};

/** Every alert that a pool can have, and those on the operator. */
export function alertNames(crd: string): string[] {
  const spec = withDefaults({ monitoring: { alerts: {} } }, specSchemaOf(crd)) as Pool['spec'];
  const pool = { metadata: { namespace: 'preview-worker', name: 'sample' }, spec } as Pool;
  const rules = spec.monitoring?.alerts ? rulesOf(pool, spec.monitoring.alerts) : [];
  return [...rules, ...operatorRules()].filter(isAlert).map(({ alert }) => alert);
}

/** Throws for an alert that no symptom has, and for one that is no more. */
function alertsBySymptom(names: readonly string[]): Map<SymptomId, string[]> {
  const known = Object.keys(ALERT_SYMPTOMS);
  const odd = [...names.filter((name) => !known.includes(name)), ...known.filter((name) => !names.includes(name))];
  if (odd.length > 0)
    throw new Error(`scripts/troubleshooting/alerts.ts must name each alert and no other: see ${odd.join(', ')}`);
  return Map.groupBy(names, (name) => ALERT_SYMPTOMS[name] as SymptomId);
}

const LISTS: readonly { readonly title: string; readonly isOf: (entry: Entry) => boolean }[] = [
  { title: 'What the pool says:', isOf: ({ anchor }) => !anchor.startsWith('job-') },
  { title: 'What failed jobs say:', isOf: ({ anchor }) => anchor.startsWith('job-') },
];

/** Which test takes each first look. */
const LOOKED_BY = 'test/e2e/deployment-scripts.e2e.test.ts';

/** `names`: of all alerts. */
export function troubleshootingGuide(names: readonly string[]): string {
  const alerts = alertsBySymptom(names);
  const sections = SYMPTOMS.map(({ id, title, about, look, reading }) => {
    const told = alerts.get(id) ?? [];
    const lists = LISTS.flatMap(({ title: said, isOf }) => {
      const entries = ENTRIES.filter((entry) => entry.symptom === id && isOf(entry));
      return entries.length === 0 ? [] : [said, entries.map(entryText).join('\n')];
    });
    return [
      `## <a id="${id}"></a>${title}`,
      about,
      `<!-- run by: ${LOOKED_BY} -->\n\`\`\`sh\n${look}\n\`\`\``,
      reading,
      ...(told.length === 0 ? [] : [`Alerts: ${told.map(alertText).join(', ')}.`]),
      ...lists,
    ].join('\n\n');
  });
  const first = SYMPTOMS.slice(0, COMMONEST).map(
    ({ id, title, look }, at) => `${at + 1}. [${title}](#${id}): \`${look}\``,
  );
  return `<!-- Generated from scripts/troubleshooting by \`npm run generate\`, causes and cures from operator/pool and worker/failures.ts. Do not edit. -->

# Troubleshooting

\`kubectl pwp doctor POOL\` makes most looks of this page and tells what it found ([pwp.md](pwp.md#what-is-wrong)); so does
\`preview-worker doctor\` where a worker runs ([worker.md](worker.md#what-is-wrong)). The commonest symptoms, and the first look at each:

${first.join('\n')}

Then: ${SYMPTOMS.slice(COMMONEST)
    .map(({ id, title }) => `[${title.toLowerCase()}](#${id})`)
    .join(', ')}.

Each symptom has a look, how to read it, and then each thing that a pool or a job may say, with its cause and its cure. NAMESPACE,
POOL and SELECTOR are the pool's own. Which condition wins over which: [conditions.md](conditions.md); what is tried again:
[failures.md](failures.md). \`kubectl pwp\` is installed as [pwp.md](pwp.md) says.

${sections.join('\n\n')}
`;
}
