import { isIPv6 } from 'node:net';
import { Command } from 'commander';
import type { Health } from '../health.ts';
import type { Part } from '../part.ts';
import { readSettings, type Settings } from '../settings.ts';
import { say } from './tell.ts';

const TIMEOUT_MILLISECONDS = 5_000;

export const healthCommand = () =>
  new Command('health')
    .description('asks a worker how it is and says which part is wrong; exit 1 if one is')
    .option(
      '--url <url>',
      "the worker's address; absent: by PREVIEW_LISTEN_HOST and PREVIEW_LISTEN_PORT, as in its pod",
    )
    .option('--json', 'its answer, as it gave it')
    .action(async ({ url = ownAddress(readSettings()), json }: { url?: string; json?: boolean }) => {
      if (!/^https?:$/.test(URL.parse(url)?.protocol ?? ''))
        throw new Error(`--url '${url}' must look like http://127.0.0.1:3000`);
      const health = await askHealth(url);
      if (health.status !== 'ok') process.exitCode = 1;
      if (json) console.log(JSON.stringify(health));
      else for (const line of linesOf(health)) say(line);
    });

/** Where the worker of these settings listens. */
export const ownAddress = ({ listenHost, listenPort }: Pick<Settings, 'listenHost' | 'listenPort'>): string =>
  `http://${isIPv6(listenHost) ? `[${listenHost}]` : listenHost}:${listenPort}`;

export async function askHealth(address: string): Promise<Health> {
  const url = new URL('/api/preview/worker/health', address);
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS) });
    return (await response.json()) as Health;
  } catch (error) {
    const cause = (error as Error).cause as Error | undefined;
    throw new Error(`no worker answers at ${url}: ${cause?.message ?? (error as Error).message}; is it running there?`);
  }
}

function linesOf(health: Health): string[] {
  const { status, redis, consumption, sink, slots, renderer, renderers, selfTest, version } = health;
  const part = (name: string, { ok, reason, remedy }: Part) =>
    `${name.padEnd(12)} ${ok ? 'ok' : [reason, remedy].filter(Boolean).join('; ')}`;
  return [
    `${'status'.padEnd(12)} ${status}`,
    part('redis', redis),
    part('consumption', consumption),
    part('sink', sink),
    part('renderer', renderer),
    part('self-test', selfTest),
    `${'slots'.padEnd(12)} ${slots.busy} of ${slots.total} busy`,
    `${'renderers'.padEnd(12)} ${renderers.map(({ name }) => name).join(' ') || 'none'}`,
    `${'version'.padEnd(12)} ${version}`,
  ];
}
