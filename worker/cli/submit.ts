import { Command, Option } from 'commander';
import type { PreviewClient, PreviewJob, SubmitLane } from '../client.ts';
import { tracingSettings } from '../settings.ts';
import { openTracing } from '../tracing/open.ts';
import { addOutput, OUTPUT_HELP } from './outputs.ts';
import { openClient, type QueueOptions, withQueueOptions } from './queue-options.ts';
import { seconds } from './seconds.ts';
import { sourceUri } from './source-uri.ts';
import { progressOf, tellDelay, tellFailure, tellResult } from './tell.ts';
import { readPayload } from './validate.ts';

interface Options extends QueueOptions {
  readonly source?: string;
  readonly output?: readonly object[];
  readonly preset?: readonly string[];
  readonly lane: SubmitLane;
  readonly tenant?: string;
  readonly dryRun?: boolean;
  readonly force?: boolean;
  readonly wait?: boolean;
  readonly timeoutSeconds: number;
  readonly json?: boolean;
}

/** With --wait, so many jobs are on their way at once: a pool's workers are then kept busy. */
const WAITED_FOR_AT_ONCE = 100;

export const submitCommand = () =>
  withQueueOptions(new Command('submit'))
    .description('submits jobs: from files with payloads, or one for --source')
    .argument('[file...]', 'files with one payload each, as JSON; - for standard input')
    .option(
      '--source <uri>',
      'a URI as the workers see it (file:, and http:, https: or s3: where the pool reads them), or a path',
    )
    .option(
      '--preset <name>',
      'an output by preset of the pool; may be given again; a job whose preset no worker knows waits for one that does',
      (name: string, names: string[] = []) => [...names, name],
    )
    .option('--output <fields>', `an output: ${OUTPUT_HELP}`, addOutput)
    .addOption(
      new Option('--lane <lane>', 'how soon').choices(['urgent', 'interactive', 'backfill']).default('interactive'),
    )
    .option('--tenant <name>', 'who the jobs are for: in the interactive lane tenants are served in turns')
    .option('--dry-run', 'plan only: nothing is read, rendered or written')
    .option('--force', 'render again, although the previews exist or the file is in quarantine')
    .option('--wait', 'wait for the results; exit 1 if a job fails')
    .option('--timeout-seconds <n>', 'how long to wait', seconds, 300)
    .option(
      '--json',
      'one line for each job, as they end: {id, requestKey, result} or {id, error: {reason, message, remedy}}',
    )
    .action(async (files: readonly string[], options: Options) => {
      if (options.source === undefined && (options.preset ?? options.output) !== undefined) {
        throw new Error(
          '--preset and --output say what to make of --source: give one, or put outputs into the payload',
        );
      }
      const payloads = await Promise.all(files.map((file) => payloadIn(file, options)));
      if (options.source !== undefined) payloads.push(payloadOf(options.source, options));
      if (payloads.length === 0) throw new Error('nothing to submit: name a file with a payload, or --source');
      const tracing = await openTracing(tracingSettings(), { service: 'preview-submit', onProblem: tellProblem });
      const client = openClient(options, tracing && { telemetry: tracing.telemetry });
      const bar = options.wait ? progressOf(payloads.length, { json: options.json ?? false }) : undefined;
      const submitAll = async () => {
        for (let job = payloads.shift(); job !== undefined; job = payloads.shift()) {
          await submit(client, job as PreviewJob, options);
          bar?.increment();
        }
      };
      try {
        await Promise.all(Array.from({ length: options.wait ? WAITED_FOR_AT_ONCE : 1 }, submitAll));
      } finally {
        bar?.stop();
        await client.close();
        if (tracing && !(await tracing.stop())) tellProblem('the last spans were not sent in time');
      }
      // Spans that no collector takes are tried again for seconds: everything else is done.
      if (tracing) process.exit();
    });

const tellProblem = (problem: string) => console.error(problem);

async function submit(client: PreviewClient, payload: PreviewJob, options: Options): Promise<void> {
  const { wait = false, timeoutSeconds, json = false, lane } = options;
  let id: string | undefined;
  try {
    const submitted = await client.submit(payload, { lane });
    id = submitted.id;
    if (!json) console.log(`submitted ${id}`);
    const result =
      submitted.result ??
      (wait
        ? await client.result(id, { timeoutSeconds, onDelay: (why) => json || tellDelay(submitted.id, why) })
        : undefined);
    if (json) console.log(JSON.stringify({ ...submitted, ...(result === undefined ? {} : { result }) }));
    else if (result !== undefined) tellResult(id, result);
  } catch (error) {
    tellFailure(error, { json, id });
  }
}

async function payloadIn(file: string, options: Options): Promise<unknown> {
  const payload = await readPayload(file).catch((error: Error) => {
    throw new Error(`${file}: ${error.message}`);
  });
  return typeof payload === 'object' && payload !== null ? { ...payload, ...marksOf(options) } : payload;
}

const marksOf = ({ dryRun, force, tenant }: Options) => ({
  ...(dryRun ? { dryRun } : {}),
  ...(force ? { force } : {}),
  ...(tenant === undefined ? {} : { tenant }),
});

function payloadOf(source: string, options: Options): unknown {
  const { output = [], preset = [] } = options;
  const outputs = [...preset.map((name) => ({ preset: name })), ...output];
  if (outputs.length === 0) throw new Error('name what to make of the source: --preset NAME or --output FIELDS');
  return { version: 1, source: { uri: sourceUri(source) }, outputs, ...marksOf(options) };
}
