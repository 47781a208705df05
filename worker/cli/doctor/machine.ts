/** Looks at this machine: the worker that runs here, its scratch folder, its renderer, its versions. */
import { mkdir, mkdtemp, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildId } from '../../build.ts';
import type { WorkerConfig } from '../../config.generated.ts';
import { FAILURES } from '../../failures.ts';
import type { Health } from '../../health.ts';
import { loosestLimits } from '../../limits.ts';
import type { Settings } from '../../settings.ts';
import { localCapabilities } from '../capabilities.ts';
import { askHealth, ownAddress } from '../health.ts';
import { failed, ofPart, ok, warning } from './finding.ts';
import type { Finding } from './report.generated.ts';

/** As a pool's scratch volume is computed: a source, and its previews several times over. */
const OUTPUTS = 4;

/** Rejects where none answers. */
export const healthOf = (settings: Settings): Promise<Health> => askHealth(ownAddress(settings));

/** Of the worker that runs here: what only it can tell. */
export function workerFindings({ status, consumption, slots, version }: Health): Finding[] {
  const words = `${status}, ${slots.busy} of ${slots.total} slots are busy, build ${version}`;
  return [
    consumption.ok ? ok('worker', words) : ofPart('worker', consumption, 'nothing-is-rendered'),
    version === buildId()
      ? ok('versions', `build ${version}, Node.js ${process.version}`)
      : warning('versions', {
          message: `the worker that runs is build ${version}, this program ${buildId()}`,
          ...{
            remedy: 'start the worker again, or call the program that it was started from',
            entry: 'get-pwp-says-false',
          },
        }),
  ];
}

export const noWorkerFindings = (message: string): Finding[] => [
  warning('worker', {
    message,
    ...{ remedy: 'start it; where it runs elsewhere, call doctor there', entry: 'nothing-is-rendered' },
  }),
  ok('versions', `build ${buildId()}, Node.js ${process.version}`),
];

/** The worker that runs has proven its own; else one is started for it, which is not to be done beside a pod's worker. */
export async function rendererFindings(
  health: Health | undefined,
  config: WorkerConfig,
  { socket }: Settings,
): Promise<Finding[]> {
  if (health !== undefined)
    return [
      ofPart('renderer', health.renderer, 'pods-do-not-start'),
      ofPart('self-test', health.selfTest, 'SelfTestFailed'),
    ];
  if (socket !== undefined) return [];
  const { renderers, selfTest } = await localCapabilities(config);
  return [ok('self-test', `${renderers.map(({ name }) => name).join(' ')} in ${selfTest.milliseconds} ms`)];
}

export async function scratchFinding({ scratch = tmpdir() }: Settings, config: WorkerConfig): Promise<Finding> {
  try {
    await mkdir(scratch, { recursive: true });
    const folder = await mkdtemp(join(scratch, 'preview-doctor-'));
    await writeFile(join(folder, 'probe'), 'probe').finally(() => rm(folder, { recursive: true, force: true }));
    const { bavail, bsize } = await statfs(scratch);
    return roomFinding(scratch, bavail * bsize, config);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return failed('scratch', {
      message: `${scratch} can not be written: ${code ?? message}`,
      ...{ remedy: FAILURES.ScratchUnavailable.remedy, entry: 'ScratchUnavailable' },
    });
  }
}

export function roomFinding(folder: string, bytes: number, config: WorkerConfig): Finding {
  const { sourceBytes, outputBytes } = loosestLimits(config);
  const needed = config.slots * (sourceBytes + OUTPUTS * outputBytes);
  const mebibytes = (size: number) => `${Math.round(size / 2 ** 20)} MiB`;
  return bytes >= needed
    ? ok('scratch', `${folder} has ${mebibytes(bytes)} left`)
    : warning('scratch', {
        message: `${folder} has ${mebibytes(bytes)} left, where ${config.slots} slots may write ${mebibytes(needed)}`,
        remedy: 'give it room, or lower slots, perJob.sourceBytes or perJob.outputBytes',
        entry: 'ScratchUnavailable',
      });
}
