/** What is scraped, and what fires then. */
export interface AlertCase {
  /** The alert that it is about: it fires, or is near to it. */
  readonly of: string;
  readonly title: string;
  /** What is otherwise than with all well, by name and labels; undefined: not exported. Values as promtool writes them. */
  readonly changes: Readonly<Record<string, string | undefined>>;
  readonly fires: readonly string[];
}

/** Alerts that no case shows firing, or none shows silent. */
export const halfShown = (alerts: readonly string[], cases: readonly AlertCase[]): string[] =>
  alerts.filter((alert) => {
    const about = cases.filter(({ of }) => of === alert);
    return !about.some(({ fires }) => fires.includes(alert)) || about.every(({ fires }) => fires.includes(alert));
  });
