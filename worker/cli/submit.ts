import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Command, InvalidArgumentError } from 'commander';
import { PreviewClient, type PreviewJob, type PreviewResult, type Submitted } from '../client.ts';
import { PreviewFailure } from '../failures.ts';
import { redisUrlOfEnvironment } from '../settings.ts';
import { addOutput, OUTPUT_HELP } from './outputs.ts';
import { readPayload } from './validate.ts';

interface Options {
  readonly redis?: string;
  readonly redisUrlFile?: string;
  readonly queue: string;
  readonly prefix: string;
  readonly source?: string;
  readonly output?: readonly object[];
  readonly preset?: readonly string[];
  readonly dryRun?: boolean;
  readonly force?: boolean;
  readonly wait?: boolean;
  readonly timeoutSeconds: number;
  readonly json?: boolean;
}

export const submitCommand = () =>
  new Command('submit')
    .description('submits jobs: from files with payloads, or one for --source')
    .argument('[file...]', 'files with one payload each, as JSON; - for standard input')
    .option('--redis <url>', 'redis://host:port of the queue, without credentials')
    .option('--redis-url-file <file>', 'a file that holds the whole URL (or PREVIEW_REDIS_URL)')
    .option('--queue <name>', "the pool's queue", 'previews')
    .option('--prefix <prefix>', "the pool's key prefix", 'bull')
    .option('--source <uri>', 'a file: URI as the workers see it, or a path')
    .option('--preset <name>', 'an output by preset; may be given again', (name: string, names: string[] = []) => [
      ...names,
      name,
    ])
    .option('--output <fields>', `an output: ${OUTPUT_HELP}`, addOutput)
    .option('--dry-run', 'plan only: nothing is read, rendered or written')
    .option('--force', 'render again, although the previews exist or the file is in quarantine')
    .option('--wait', 'wait for the results; exit 1 if a job fails')
    .option('--timeout-seconds <n>', 'how long to wait', seconds, 300)
    .option('--json', 'one line for each job')
    .action(async (files: readonly string[], options: Options) => {
      if (options.source === undefined && (options.preset ?? options.output) !== undefined) {
        throw new Error(
          '--preset and --output say what to make of --source: give one, or put outputs into the payload',
        );
      }
      const payloads = await Promise.all(files.map((file) => payloadIn(file, options)));
      if (options.source !== undefined) payloads.push(payloadOf(options.source, options));
      if (payloads.length === 0) throw new Error('nothing to submit: name a file with a payload, or --source');
      const client = new PreviewClient({ redis: redisOf(options), queue: options.queue, prefix: options.prefix });
      try {
        for (const payload of payloads) await submit(client, payload as PreviewJob, options);
      } finally {
        await client.close();
      }
    });

async function submit(client: PreviewClient, payload: PreviewJob, options: Options): Promise<void> {
  const { wait = false, timeoutSeconds, json = false } = options;
  try {
    const submitted = await client.submit(payload);
    if (!json) console.log(`submitted ${submitted.id}`);
    const result = submitted.result ?? (wait ? await client.result(submitted.id, { timeoutSeconds }) : undefined);
    if (json) console.log(JSON.stringify({ ...submitted, ...(result === undefined ? {} : { result }) }));
    else if (result !== undefined) tell(submitted, result);
  } catch (error) {
    if (!(error instanceof PreviewFailure)) throw error;
    process.exitCode = 1;
    const { reason, message, remedy } = error;
    if (json) console.log(JSON.stringify({ error: { reason, message, remedy } }));
    else console.error(`${reason}: ${message}${message.includes(remedy) ? '' : `; ${remedy}`}`);
  }
}

function tell({ id }: Submitted, result: PreviewResult): void {
  if ('dryRun' in result) {
    console.log(
      `planned   ${id}: ${result.plan.outputs.map(({ name }) => name).join(', ')} → ${result.plan.destination}`,
    );
    return;
  }
  for (const { name, uri, width, height, bytes } of result.outputs) {
    console.log(`  ${name}  ${width}×${height}  ${bytes} bytes  ${uri}`);
  }
}

async function payloadIn(file: string, options: Options): Promise<unknown> {
  const payload = await readPayload(file).catch((error: Error) => {
    throw new Error(`${file}: ${error.message}`);
  });
  return typeof payload === 'object' && payload !== null ? { ...payload, ...marksOf(options) } : payload;
}

const marksOf = ({ dryRun, force }: Options) => ({ ...(dryRun ? { dryRun } : {}), ...(force ? { force } : {}) });

function payloadOf(source: string, options: Options): unknown {
  const { output = [], preset = [] } = options;
  const uri = /^[a-z0-9]+:/i.test(source) ? source : pathToFileURL(resolve(source)).href;
  const outputs = [...preset.map((name) => ({ preset: name })), ...output];
  if (outputs.length === 0) throw new Error('name what to make of the source: --preset NAME or --output FIELDS');
  return { version: 1, source: { uri }, outputs, ...marksOf(options) };
}

function redisOf({ redis, redisUrlFile }: Options): { url?: string; urlFile?: string } {
  if (redisUrlFile !== undefined) return { urlFile: redisUrlFile };
  if (redis !== undefined) return { url: withoutCredentials(redis) };
  const url = redisUrlOfEnvironment();
  if (url === undefined) throw new Error('which Redis? give --redis, --redis-url-file or PREVIEW_REDIS_URL');
  return { url };
}

/** Not a parser of the option: Commander would repeat what was given. */
function withoutCredentials(url: string): string {
  const { username, password } = URL.canParse(url) ? new URL(url) : { username: '', password: url };
  if (username === '' && password === '') return url;
  throw new Error(
    '--redis must look like redis://host:6379; credentials, which every process may read there, go into --redis-url-file',
  );
}

function seconds(text: string): number {
  if (!/^\d+(\.\d+)?$/.test(text)) throw new InvalidArgumentError('it must be a number of seconds');
  return Number(text);
}
