import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import type { WorkerConfig } from '../config.generated.ts';
import { chosenRenderers } from '../limits.ts';
import { startLocalRenderer } from '../renderer/local.ts';
import type { Capabilities, SelfTestLevel } from '../renderer/protocol.ts';
import { temporaryFolder } from '../settings.ts';
import { DEFAULT_LIMITS } from './render.ts';

export const capabilitiesCommand = () =>
  new Command('capabilities')
    .description('tells which formats this image can render: each renderer has rendered a sample; exit 1 if one failed')
    .option('--full', 'render a sample of each format, in each output format, damaged, and under tight limits')
    .option('--json', 'one line')
    .action(async ({ full, json }: { full?: boolean; json?: boolean }) => {
      const { renderers, selfTest } = await localCapabilities(undefined, full ? 'full' : 'quick');
      if (json) console.log(JSON.stringify({ renderers, selfTest }));
      else {
        for (const { name, version, formats } of renderers) console.log(`${name}  ${formats.join(' ')}  (${version})`);
        if (full) console.log(`the full self-test passed in ${selfTest.milliseconds} ms`);
      }
    });

/** What a renderer of this image says of itself after its self-test. Rejects, naming the renderer, when that fails. */
export async function localCapabilities(config?: WorkerConfig, level: SelfTestLevel = 'quick'): Promise<Capabilities> {
  const scratch = await mkdtemp(join(temporaryFolder(), 'preview-capabilities-'));
  try {
    const renderers = config === undefined ? {} : chosenRenderers(config);
    const renderer = await startLocalRenderer({ scratch, slots: 1, perJob: DEFAULT_LIMITS, renderers });
    try {
      const { capabilities } = renderer.connection;
      if (level === 'quick') return capabilities;
      const selfTest = await renderer.connection.selfTest(new AbortController().signal);
      if (!selfTest.passed) throw new Error(`the full self-test failed: ${selfTest.reason}`);
      return { ...capabilities, selfTest };
    } finally {
      await renderer.stop();
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
