/** The program of a local renderer: see local.ts. It ends when its parent does, seen at its standard input. */
import { argv, stdin } from 'node:process';
import { destination } from 'pino';
import { createLog } from '../log.ts';
import type { LocalRendererArguments } from './local.ts';
import { runRenderer } from './main.ts';

const { logLevel, ...options } = JSON.parse(argv[2] ?? '{}') as LocalRendererArguments;
const orphaned = new AbortController();
stdin.on('error', () => orphaned.abort()).on('close', () => orphaned.abort());
stdin.resume();

const log = createLog('renderer', logLevel, destination({ dest: 2, sync: true }));
process.exitCode = await runRenderer({ ...options, log, signal: orphaned.signal });
stdin.destroy();
