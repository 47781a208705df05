/** What `npm test` and its parts run. */
export interface Suite {
  readonly title: string;
  readonly specs: readonly string[];
  /** A hung suite is killed and counts as a failure: thrice what it takes, for slow machines and what runs beside it. */
  readonly deadlineMinutes: number;
  /** Only when it is asked for: it takes long, or what a plain machine has not. */
  readonly onRequest?: boolean;
  /** Waits for the tools that `npm run tools` provides: no test's deadline counts the build of a control plane. */
  readonly needsTools?: boolean;
  /** Beside those without it. Each takes turns with its own kind: a suite mostly waits, but some deadlines are of the clock. */
  readonly aside?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  /** A program of this checkout that runs it, such as one that prepares a place for it. */
  readonly within?: string;
}

export const SUITES: Readonly<Record<string, Suite>> = {
  check: {
    title: 'format, lint, types, import direction, documents, generated files',
    specs: ['test/check.test.ts'],
    deadlineMinutes: 5,
  },
  unit: {
    title: 'pure functions, tables, properties',
    specs: ['test/**/*.unit.test.ts'],
    deadlineMinutes: 10,
  },
  cluster: {
    title: 'against the real control plane',
    specs: ['test/**/*.cluster.test.ts'],
    needsTools: true,
    deadlineMinutes: 45,
  },
  payloads: {
    title: 'payload fixtures against the schema of jobs',
    specs: ['test/payloads.test.ts'],
    deadlineMinutes: 2,
    aside: true,
  },
  worker: {
    title: 'the worker with real Redis, real files and real kills',
    specs: ['test/**/*.worker.test.ts'],
    needsTools: true,
    deadlineMinutes: 45,
    aside: true,
  },
  e2e: {
    title: 'from a pool to previews on the local node',
    specs: ['test/**/*.e2e.test.ts'],
    needsTools: true,
    deadlineMinutes: 30,
  },
  acceptance: {
    title: 'the gates',
    specs: ['test/acceptance/gate-*.test.ts'],
    needsTools: true,
    deadlineMinutes: 40,
    aside: true,
  },
  rows: {
    title: 'the rows that every change is accepted by',
    specs: ['test/acceptance/rows.test.ts'],
    needsTools: true,
    // The first time it builds Prometheus.
    deadlineMinutes: 30,
    onRequest: true,
  },
  faults: {
    title: 'faults at their full counts',
    // In the order of the fault table: rows 1 to 3 and 9, 4, 5 to 8, 12 and 18, 10, 11, 13, 14, 25; 15, 16, 17, 17, 18 and 19, 20, 21, 21 and 22, 23, 24; then
    // what has no number.
    specs: [
      ...[...['faults', 'mutations', 'watch-faults', 'leadership', 'repair', 'fleet', 'deletion', 'pod-security']].map(
        (name) => `test/operator/${name}.cluster.test.ts`,
      ),
      'test/worker/recovery.worker.test.ts',
      'test/acceptance/gate-3.test.ts',
      ...[
        'lost-redis',
        'fail-over',
        'redis-faults',
        'full-volumes',
        'leaks',
        'hostile',
        'renderers/svg',
        'storage/http-guard',
        'consumption',
        'renderer/slots',
      ].map((name) => `test/worker/${name}.worker.test.ts`),
      ...['metric-faults', 'writers', 'activation'].map((name) => `test/operator/scaling/${name}.cluster.test.ts`),
      'test/gitops/drift.cluster.test.ts',
      'test/e2e/fifty-scale-ins.test.ts',
      'test/e2e/waiting-time.e2e.test.ts',
    ],
    needsTools: true,
    // An hour of them is the drift's.
    deadlineMinutes: 220,
    onRequest: true,
    env: { FAULTS_FULL: '1' },
  },
  ecosystem: {
    title: 'with the tools of others',
    specs: ['test/ecosystem/*.test.ts'],
    needsTools: true,
    // The first time it builds promtool, the Prometheus Operator and KEDA; alerts that fire by their own time take a quarter of an hour.
    deadlineMinutes: 75,
    onRequest: true,
  },
  images: {
    title: 'the images, built from their Dockerfiles',
    specs: ['test/images/*.images.test.ts'],
    needsTools: true,
    // The first time it makes a Debian for the bases.
    deadlineMinutes: 40,
    onRequest: true,
  },
  node: {
    title: 'the images and the chart on a real kubelet and containerd',
    specs: ['test/node/*.node.test.ts'],
    needsTools: true,
    // The first time it builds the node's programs.
    deadlineMinutes: 75,
    onRequest: true,
    within: 'test/node/enter.ts',
  },
};
