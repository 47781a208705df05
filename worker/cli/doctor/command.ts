import { hostname, tmpdir } from 'node:os';
import { Command, Option } from 'commander';
import type { WorkerConfig } from '../../config.generated.ts';
import { readConfig } from '../../config.ts';
import { FAILURES } from '../../failures.ts';
import { openRedis } from '../../redis.ts';
import { RedisCondition } from '../../redis-condition.ts';
import { ENVIRONMENT_HELP, readSettings, type Settings } from '../../settings.ts';
import { failed, findingText, isWell, ok } from './finding.ts';
import { look } from './look.ts';
import { healthOf, noWorkerFindings, rendererFindings, scratchFinding, workerFindings } from './machine.ts';
import { clockFinding, queueFinding, reachedFinding, safetyFinding } from './redis.ts';
import type { DoctorReport, Finding } from './report.generated.ts';
import { sinkFinding, sourceFindings } from './storage.ts';

const ABOUT = `
Exit 0: nothing is wrong. 1: something is. 2: the configuration can not be read, so nothing could be looked at.
In a pod: kubectl exec deploy/preview-sample -c worker -- preview-worker doctor
${ENVIRONMENT_HELP}`;
const REDIS_REMEDY = 'look at Redis and at the way to it, see docs/redis.md';
/** A renderer may take a minute to start on a machine that is busy. */
const SELF_TEST_SECONDS = 60;

interface Options {
  readonly config?: string;
  readonly json?: boolean;
  readonly output?: 'json';
}

export const doctorCommand = () =>
  new Command('doctor')
    .description('looks for what keeps a worker of this configuration from its work, and says what to do about it')
    .option('--config <file>', "the worker's configuration (or PREVIEW_CONFIG)")
    .option('--json', 'one line')
    .addOption(new Option('-o, --output <form>', 'as kubectl pwp doctor has it').choices(['json']))
    .addHelpText('after', ABOUT)
    .action(async ({ config: path, json, output }: Options) => {
      const { target, findings } = await reportOf(path);
      const report: DoctorReport = { version: 1, target, findings };
      if (json || output === 'json') console.log(JSON.stringify(report));
      else for (const finding of findings) console.log(findingText(finding));
      // What hangs shall not keep the process: it was given up.
      process.exit(exitCodeOf(findings));
    });

export function exitCodeOf(findings: readonly Finding[]): number {
  if (findings.some(({ check, status }) => check === 'configuration' && status !== 'ok')) return 2;
  return findings.every(isWell) ? 0 : 1;
}

async function reportOf(path: string | undefined): Promise<Omit<DoctorReport, 'version'>> {
  let settings: Settings;
  let config: WorkerConfig;
  try {
    settings = readSettings();
    config = readConfig(path ?? settings.config);
  } catch (error) {
    const remedy = 'correct it; schemas/worker-config.schema.json says what it takes';
    const told = { message: (error as Error).message, remedy, entry: 'pods-do-not-start' };
    return { target: `a worker on ${hostname()}`, findings: [failed('configuration', told)] };
  }
  const { name, prefix } = config.queue;
  const [ofRedis, ofRest] = await Promise.all([redisFindings(config), otherFindings(config, settings)]);
  const read = ok('configuration', `${path ?? settings.config}, for the queue ${name} with the prefix ${prefix}`);
  return { target: `a worker on ${hostname()}`, findings: [read, ...ofRedis, ...ofRest] };
}

/** Of a Redis that does not answer nothing more is asked. */
async function redisFindings({ redis: settings, queue }: WorkerConfig): Promise<Finding[]> {
  const about = { check: 'redis', entry: 'RedisUnreachable', remedy: REDIS_REMEDY };
  let close = () => {};
  try {
    return await look({
      ...about,
      work: async () => {
        const redis = openRedis({ settings, patience: 'brief', name: 'preview-doctor' });
        close = () => redis.disconnect();
        const found = await reachedFinding(new RedisCondition(redis, queue));
        if (!isWell(found)) return found;
        const each = await Promise.all([
          look({ ...about, work: () => safetyFinding(redis) }),
          look({ ...about, check: 'queue', work: () => queueFinding(redis, queue) }),
          look({ ...about, check: 'clock', work: () => clockFinding(redis) }),
        ]);
        return each.flat();
      },
      // Two looks, one after the other.
      seconds: 20,
    });
  } finally {
    close();
  }
}

async function otherFindings(config: WorkerConfig, settings: Settings): Promise<Finding[]> {
  const health = healthOf(settings);
  const known = health.catch(() => undefined);
  const found = await Promise.all([
    look({
      ...{ check: 'sink', entry: 'SinkNotWritable', remedy: FAILURES.SinkUnavailable.remedy },
      work: () => sinkFinding(config.sink),
    }),
    look({
      ...{ check: 'source', entry: 'job-SourceUnavailable', remedy: 'look at the sources and at the way to them' },
      work: (signal) => sourceFindings(config.sources, settings.scratch ?? tmpdir(), signal),
    }),
    look({
      ...{ check: 'scratch', entry: 'ScratchUnavailable', remedy: FAILURES.ScratchUnavailable.remedy },
      work: () => scratchFinding(settings, config),
    }),
    look({
      ...{ check: 'worker', entry: 'nothing-is-rendered', remedy: 'read its log' },
      work: () => health.then(workerFindings, ({ message }: Error) => noWorkerFindings(message)),
    }),
    look({
      ...{ check: 'self-test', entry: 'SelfTestFailed', remedy: 'preview-worker capabilities --full tells more' },
      seconds: SELF_TEST_SECONDS,
      work: async () => rendererFindings(await known, config, settings),
    }),
  ]);
  return found.flat();
}
