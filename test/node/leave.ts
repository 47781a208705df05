/** `node test/node/leave.ts FOLDER`: waits for the end of its input, which is the end of `enter.ts`, and removes what that made. */
import { rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { removeCgroups } from './cgroups.ts';

const [folder = ''] = process.argv.slice(2);
// For the whole of the foreground: it ends by its input alone.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
for await (const _ of process.stdin);
await removeCgroups(basename(folder));
await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
