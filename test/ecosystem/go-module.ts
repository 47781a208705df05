import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';

/** Whose CRDs ServiceMonitor and PrometheusRule are. */
export const MONITORING_MODULE = 'github.com/prometheus-operator/prometheus-operator@v0.94.0';

/** The folder of a Go module's published source, as in `example.com/module@v1.2.3`; needs Go and its module proxy. */
export async function goModule(module: string): Promise<string> {
  const { stdout } = await promisify(execFile)('go', ['mod', 'download', '-json', module], {
    cwd: tmpdir(),
    env: { ...process.env, GOWORK: 'off', GOFLAGS: '' },
    timeout: 300_000,
  });
  return (JSON.parse(stdout) as { Dir: string }).Dir;
}
