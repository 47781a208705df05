/** The renderer of a test's pod: the real one, with decoders that misbehave on command beside the real decoders. */
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { createLog } from '../../worker/log.ts';
import { runRenderer } from '../../worker/renderer/main.ts';
import type { JobLimits } from '../../worker/renderer/protocol.ts';

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/${name}-renderer.ts`, import.meta.url));

const told = JSON.parse(argv[2] ?? '{}') as { socketPath: string; scratch: string; slots: number; perJob: JobLimits };
process.exitCode = await runRenderer({
  ...told,
  log: createLog('renderer', 'info'),
  renderers: { extra: [fixture('poison'), fixture('slow'), fixture('leaky')] },
});
