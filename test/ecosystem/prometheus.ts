/** A real Prometheus on loopback, which looks at the targets it is told. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { provide } from '../../scripts/tools/provide.ts';
import { freePorts } from '../cluster/ports.ts';
import { ManagedProcess } from '../cluster/process.ts';

export interface Target {
  /** HOST:PORT; what it has below /metrics, or the label `__metrics_path__`, is read. */
  readonly address: string;
  /** What a ServiceMonitor would give its series. */
  readonly labels: Readonly<Record<string, string>>;
}

export interface TestPrometheus {
  readonly url: string;
  /** Takes the place of what it was told before. `rules`: the `spec` of a PrometheusRule. */
  watch(targets: readonly Target[], rules?: object): Promise<void>;
  stop(): Promise<void>;
}

export async function startPrometheus({ everySeconds = 1 } = {}): Promise<TestPrometheus> {
  const program = await provide('prometheus');
  const folder = await mkdtemp(join(tmpdir(), 'preview-prometheus-'));
  const [port = 0] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const tell = async (targets: readonly Target[], rules: object = { groups: [] }) => {
    await writeFile(join(folder, 'rules.yaml'), JSON.stringify(rules));
    const config = {
      global: { scrape_interval: `${everySeconds}s`, evaluation_interval: `${everySeconds}s` },
      rule_files: ['rules.yaml'],
      scrape_configs: [
        {
          job_name: 'previews',
          honor_labels: true,
          static_configs: targets.map(({ address, labels }) => ({ targets: [address], labels })),
        },
      ],
    };
    await writeFile(join(folder, 'prometheus.yaml'), JSON.stringify(config));
  };
  await tell([]);
  const prometheus = new ManagedProcess({
    name: 'prometheus',
    command: [
      program,
      `--config.file=${join(folder, 'prometheus.yaml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--web.enable-lifecycle',
    ],
    logFile: join(folder, 'prometheus.log'),
  });
  const stop = async () => {
    await prometheus.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await prometheus.ready(async () => (await fetch(`${url}/-/ready`)).status === 200, 60);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url,
    watch: async (targets, rules) => {
      await tell(targets, rules);
      const { status } = await fetch(`${url}/-/reload`, { method: 'POST' });
      if (status !== 200) throw new Error(`Prometheus does not take its configuration (${status}): ${folder}`);
    },
    stop,
  };
}
