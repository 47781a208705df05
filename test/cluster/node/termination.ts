/** What a container said at its end: its termination message, or the end of its log when it asked for that. */

import { open, stat } from 'node:fs/promises';
import type { V1Container } from '@kubernetes/client-node';
import type { Exit } from './sandbox.ts';

const MESSAGE_BYTES = 4096;
const LOG_BYTES = 2048;
const LOG_LINES = 80;

export interface TerminationFiles {
  readonly message: string;
  readonly log: string;
}

export async function endMessage(
  { terminationMessagePolicy }: V1Container,
  { code }: Exit,
  { message, log }: TerminationFiles,
): Promise<string> {
  const said = await endOf(message, MESSAGE_BYTES);
  if (said !== '' || code === 0 || terminationMessagePolicy !== 'FallbackToLogsOnError') return said;
  return (await endOf(log, LOG_BYTES)).split('\n').slice(-LOG_LINES).join('\n');
}

async function endOf(path: string, bytes: number): Promise<string> {
  try {
    const { size } = await stat(path);
    const file = await open(path);
    try {
      const buffer = Buffer.alloc(Math.min(size, bytes));
      await file.read(buffer, 0, buffer.length, size - buffer.length);
      return buffer.toString('utf8');
    } finally {
      await file.close();
    }
  } catch {
    return '';
  }
}
