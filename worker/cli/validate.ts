import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { Command } from 'commander';
import { validateJob } from '../job.ts';

export const validateCommand = () =>
  new Command('validate')
    .description('checks payloads against the schema of jobs; exit 1 if one is refused')
    .argument('<file...>', 'files with one payload each, as JSON; - for standard input')
    .option('--json', 'one line for each file: {file, ok} or {file, ok, error: {reason, message}}')
    .action(async (files: readonly string[], { json = false }: { json?: boolean }) => {
      for (const file of files) {
        const error = await problemOf(file);
        if (error !== undefined) process.exitCode = 1;
        if (json)
          console.log(JSON.stringify({ file, ok: error === undefined, ...(error === undefined ? {} : { error }) }));
        else
          console.log(error === undefined ? `ok      ${file}` : `REFUSED ${file}: ${error.reason}: ${error.message}`);
      }
    });

async function problemOf(file: string): Promise<{ reason: string; message: string } | undefined> {
  try {
    validateJob(await readPayload(file));
    return undefined;
  } catch (error) {
    const { reason = 'InvalidPayload', message } = error as { reason?: string; message: string };
    return { reason, message };
  }
}

const UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder; name the files in it',
};

/** The JSON document in a file, or of standard input for `-`. */
export async function readPayload(file: string): Promise<unknown> {
  const content =
    file === '-'
      ? await text(process.stdin)
      : await readFile(file, 'utf8').catch(({ code }: NodeJS.ErrnoException) => {
          throw new Error(UNREADABLE[code ?? ''] ?? `it can not be read: ${code}`);
        });
  try {
    return JSON.parse(content);
  } catch (error) {
    throw new Error(`it is not JSON: ${(error as Error).message}`);
  }
}
