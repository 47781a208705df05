import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { Command } from 'commander';
import { validateJob } from '../job.ts';
import { say } from './tell.ts';

export const validateCommand = () =>
  new Command('validate')
    .description('checks payloads against the schema of jobs; exit 1 if one is refused')
    .argument('[file...]', 'files with one payload as JSON, or one a line; - or none for standard input', ['-'])
    .option('--json', 'one line for each payload: {file, line?, ok} or {file, line?, ok, error: {reason, message}}')
    .action(async (files: readonly string[], { json = false }: { json?: boolean }) => {
      for (const file of files) {
        for (const { line, error } of await verdictsOn(file)) {
          const ok = error === undefined;
          if (!ok) process.exitCode = 1;
          const place = line === undefined ? file : `${file}:${line}`;
          if (json) console.log(JSON.stringify({ file, line, ok, error }));
          else say(ok ? `ok      ${place}` : `REFUSED ${place}: ${error.reason}: ${error.message}`);
        }
      }
    });

interface Verdict {
  /** From 1, of a file with a payload a line. */
  readonly line?: number;
  readonly error: { readonly reason: string; readonly message: string } | undefined;
}

async function verdictsOn(file: string): Promise<Verdict[]> {
  try {
    const content = await readText(file);
    const lines = linesOf(content);
    if (lines === undefined) return [{ error: problemOf(content) }];
    return lines.map(({ line, text }) => ({ line, error: problemOf(text) }));
  } catch (error) {
    return [{ error: { reason: 'InvalidPayload', message: (error as Error).message } }];
  }
}

function problemOf(content: string): Verdict['error'] {
  try {
    validateJob(parsed(content));
    return undefined;
  } catch (error) {
    const { reason = 'InvalidPayload', message } = error as { reason?: string; message: string };
    return { reason, message };
  }
}

/**
 * The lines of a content with a payload each, blank ones left out; undefined for a content that is one payload. One that is
 * broken within a payload has hardly a line that is an object by itself, a list of payloads has most.
 */
function linesOf(content: string): { line: number; text: string }[] | undefined {
  const lines = content
    .split('\n')
    .map((text, at) => ({ line: at + 1, text }))
    .filter((one) => one.text.trim() !== '');
  const objects = lines.filter((one) => isObject(one.text)).length;
  return lines.length > 1 && objects * 2 >= lines.length && !isObject(content) ? lines : undefined;
}

function isObject(content: string): boolean {
  try {
    const value = JSON.parse(content) as unknown;
    return typeof value === 'object' && value !== null;
  } catch {
    return false;
  }
}

const UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder; name the files in it',
};

/** The JSON document in a file, or of standard input for `-`. */
export async function readPayload(file: string): Promise<unknown> {
  return parsed(await readText(file));
}

/** Without the mark that editors and shells of Windows put before it. */
async function readText(file: string): Promise<string> {
  const content =
    file === '-'
      ? await text(process.stdin)
      : await readFile(file, 'utf8').catch(({ code }: NodeJS.ErrnoException) => {
          throw new Error(UNREADABLE[code ?? ''] ?? `it can not be read: ${code}`);
        });
  return content.replace(/^\uFEFF/, '');
}

function parsed(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch (error) {
    throw new Error(`it is not JSON: ${(error as Error).message}`);
  }
}
