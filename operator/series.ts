/**
 * Metrics made at each scrape of what is known then, and kept nowhere: dozens of series a pool would otherwise stay in memory
 * between two scrapes, and series of a pool that is gone end with it.
 */
import type { Metric, Registry } from 'prom-client';

export type Labels = Readonly<Record<string, string>>;

/** Undefined is no series. */
export type Value = readonly [value: number | undefined, labels?: Labels];

export interface Family<Subject> {
  readonly name: string;
  readonly type: 'gauge' | 'counter';
  readonly help: string;
  /** Beside those of the subject. */
  readonly labels?: readonly string[];
  readonly values: (subject: Subject) => readonly Value[];
}

/** Registers them for all `subjects`, whose own labels are `labelNames`. */
export function exportFamilies<Subject>(
  registry: Registry,
  families: readonly Family<Subject>[],
  {
    labelNames,
    subjects,
  }: { labelNames: readonly string[]; subjects: () => readonly { of: Subject; labels: Labels }[] },
): void {
  for (const { name, type, help, labels = [], values } of families) {
    const metric = {
      name,
      type,
      help,
      labelNames: [...labelNames, ...labels],
      reset: () => {},
      get: async () => ({
        name,
        help,
        type,
        aggregator: 'first',
        values: subjects().flatMap(({ of, labels: own }) =>
          values(of).flatMap(([value, more]) => (value === undefined ? [] : [{ value, labels: { ...own, ...more } }])),
        ),
      }),
    };
    // All that the registry asks of one.
    registry.registerMetric(metric as unknown as Metric);
  }
}
