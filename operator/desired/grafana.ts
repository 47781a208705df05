/** A dashboard as Grafana has it, of panels as plain data. */

export interface Panel {
  readonly title: string;
  readonly unit: string;
  /** PromQL and the legend of each of its series. */
  readonly queries: readonly (readonly [expr: string, legend: string])[];
}

export interface Variable {
  readonly name: string;
  readonly label: string;
  /** Of the data source: `label_values(metric, label)`. */
  readonly query: string;
}

export interface Dashboard {
  /** Stable, and at most 40 characters: Grafana replaces the dashboard of the same uid. */
  readonly uid: string;
  readonly title: string;
  readonly variables?: readonly Variable[];
  readonly panels: readonly Panel[];
}

const WIDTH = 8;
const HEIGHT = 8;
const ACROSS = 3;
const DATASOURCE = { type: 'prometheus', uid: `\${datasource}` };

export const grafana = ({ uid, title, variables = [], panels }: Dashboard): Record<string, unknown> => ({
  uid,
  title,
  tags: ['preview-worker'],
  schemaVersion: 39,
  editable: false,
  refresh: '30s',
  time: { from: 'now-3h', to: 'now' },
  templating: {
    list: [
      { name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus' },
      ...variables.map(({ name, label, query }) => ({
        name,
        label,
        type: 'query',
        datasource: DATASOURCE,
        query: { query, refId: name },
        // When the time range changes: pools come and go.
        refresh: 2,
        sort: 1,
        includeAll: true,
        multi: true,
        allValue: '.+',
        current: { text: ['All'], value: ['$__all'] },
      })),
    ],
  },
  panels: panels.map((panel, at) => ({
    id: at + 1,
    type: 'timeseries',
    title: panel.title,
    datasource: DATASOURCE,
    gridPos: { x: (at % ACROSS) * WIDTH, y: Math.floor(at / ACROSS) * HEIGHT, w: WIDTH, h: HEIGHT },
    fieldConfig: { defaults: { unit: panel.unit, min: 0 }, overrides: [] },
    targets: panel.queries.map(([expr, legendFormat], ref) => ({
      refId: String.fromCharCode(65 + ref),
      datasource: DATASOURCE,
      expr,
      legendFormat,
    })),
  })),
});

/** Of a histogram, by `rate` of its buckets. */
export const quantiles = (bucketRate: string): Panel['queries'] =>
  [0.5, 0.95, 0.99].map((share) => [`histogram_quantile(${share}, ${bucketRate})`, `p${share * 100}`]);
