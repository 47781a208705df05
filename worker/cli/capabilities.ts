import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import type { WorkerConfig } from '../config.generated.ts';
import { chosenRenderers } from '../limits.ts';
import { startLocalRenderer } from '../renderer/local.ts';
import type { Capabilities } from '../renderer/protocol.ts';
import { DEFAULT_LIMITS } from './render.ts';

export const capabilitiesCommand = () =>
  new Command('capabilities')
    .description('tells which formats this image can render: each renderer has rendered a sample; exit 1 if one failed')
    .option('--json', 'one line')
    .action(async ({ json }: { json?: boolean }) => {
      const { renderers, selfTest } = await localCapabilities();
      if (json) console.log(JSON.stringify({ renderers, selfTest }));
      else
        for (const { name, version, formats } of renderers) console.log(`${name}  ${formats.join(' ')}  (${version})`);
    });

/** What a renderer of this image says of itself after its self-test. Rejects, naming the renderer, when that fails. */
export async function localCapabilities(config?: WorkerConfig): Promise<Capabilities> {
  const scratch = await mkdtemp(join(tmpdir(), 'preview-capabilities-'));
  try {
    const renderers = config === undefined ? {} : chosenRenderers(config);
    const renderer = await startLocalRenderer({ scratch, slots: 1, perJob: DEFAULT_LIMITS, renderers });
    const { capabilities } = renderer.connection;
    await renderer.stop();
    return capabilities;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
