/** The renderer of a test's pod: the real one, with decoders that misbehave on command beside the real decoders. SIGUSR2 hangs it. */
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { createLog } from '../../worker/log.ts';
import { runRenderer } from '../../worker/renderer/main.ts';
import type { JobLimits } from '../../worker/renderer/protocol.ts';

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/${name}-renderer.ts`, import.meta.url));

interface Told {
  readonly socketPath: string;
  readonly scratch: string;
  readonly slots: number;
  readonly perJob: JobLimits;
  readonly fixtures: readonly string[];
  readonly hungSeconds?: number;
}

// A fault from inside: the loop never turns again.
process.on('SIGUSR2', () => {
  for (;;);
});

const { fixtures, ...told } = JSON.parse(argv[2] ?? '{}') as Told;
process.exitCode = await runRenderer({
  ...told,
  log: createLog('renderer', 'info'),
  renderers: { extra: fixtures.map(fixture) },
});
