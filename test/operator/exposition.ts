/** What a process says at /metrics, in Prometheus' text format. */
export interface Exposed {
  readonly type: string;
  /** Of all its series. */
  readonly labels: ReadonlySet<string>;
}

/** By name; the three of a histogram are one. */
export function exposed(text: string): Map<string, Exposed> {
  const families = new Map<string, { type: string; labels: Set<string> }>();
  for (const line of text.split('\n')) {
    const [, name, type] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
    if (name !== undefined && type !== undefined) families.set(name, { type, labels: new Set() });
    const [, series = '', labels = ''] = /^([a-z_]\w*)(?:\{(.*)\})? /.exec(line) ?? [];
    const family = families.get(series) ?? families.get(series.replace(/_(bucket|sum|count)$/, ''));
    for (const [, label = ''] of labels.matchAll(/(\w+)="(?:[^"\\]|\\.)*"/g))
      if (label !== 'le') family?.labels.add(label);
  }
  return families;
}
