/** What the pods of a pool, and the events around it, show. Pure. */
import type { KubeObject } from '../../kube/object.ts';
import { childName } from '../../pool/names.ts';
import { KIND, type Pool } from '../../pool/pool.ts';
import { workerPodOf, worstOf } from '../../pool/worker-pod.ts';
import { counted } from '../explain/figures.ts';
import { age } from '../table.ts';
import { failed, ok, see, warning } from './finding.ts';
import type { Finding } from './report.generated.ts';

/** What happened before is over. */
const RECENT_SECONDS = 3_600;
const MESSAGE_LENGTH = 300;
const ENTRY = 'pods-do-not-start';
/** What the names of ReplicaSets and pods add to that of their Deployment, in the letters that Kubernetes takes for it. */
const MADE = /^(-[bcdfghjklmnpqrstvwxz2456789]{5,10}){1,2}$/;

interface PodStatus {
  readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
  readonly containerStatuses?: readonly {
    readonly name: string;
    readonly restartCount?: number;
    readonly state?: { readonly waiting?: { readonly reason?: string; readonly message?: string } };
    readonly lastState?: {
      readonly terminated?: { readonly exitCode: number; readonly reason?: string; readonly finishedAt?: string };
    };
  }[];
}

const statusOf = (pod: KubeObject): PodStatus => (pod as { status?: PodStatus }).status ?? {};

export function podFindings(all: readonly KubeObject[], now: number): Finding[] {
  const pods = all.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const workers = pods.map(workerPodOf);
  const ready = workers.filter(({ isReady }) => isReady).length;
  const look = (name = '') => `kubectl -n ${pods[0]?.metadata.namespace} describe pod ${name}`.trim();
  const found: Finding[] = [];
  const failure = worstOf(workers.flatMap((pod) => pod.failure ?? []));
  if (failure) {
    const of = workers.filter((pod) => pod.failure?.reason === failure.reason);
    found.push(
      see(
        failed('pods', `${counted(of.length, 'pod')}: ${failure.message}`, look(of[0]?.metadata.name)),
        failure.reason,
      ),
    );
  }
  const unplaced = pods.filter((pod) =>
    statusOf(pod).conditions?.some(({ type, status }) => type === 'PodScheduled' && status === 'False'),
  );
  if (unplaced[0]) {
    const { message = '' } = statusOf(unplaced[0]).conditions?.find(({ type }) => type === 'PodScheduled') ?? {};
    found.push(
      see(
        failed('pods', `no node takes ${counted(unplaced.length, 'pod')}: ${message}`, look(unplaced[0].metadata.name)),
        ENTRY,
      ),
    );
  }
  const stuck = pods.find((pod) => failure === undefined && waitingOf(pod) !== undefined);
  if (stuck)
    found.push(see(warning('pods', `${stuck.metadata.name}: ${waitingOf(stuck)}`, look(stuck.metadata.name)), ENTRY));
  found.push(...pods.flatMap((pod) => restartFinding(pod, now) ?? []).slice(0, 1));
  return found.length > 0 ? found : [ok('pods', `${ready} of ${counted(pods.length, 'pod')} are ready`)];
}

/** Its own words, where a container that is made has some. */
function waitingOf(pod: KubeObject): string | undefined {
  const waiting = statusOf(pod)
    .containerStatuses?.map(({ state }) => state?.waiting)
    .find((one) => one?.message);
  return waiting && `${waiting.reason}: ${waiting.message}`.slice(0, MESSAGE_LENGTH);
}

function restartFinding(pod: KubeObject, now: number): Finding | undefined {
  for (const { name, restartCount = 0, lastState } of statusOf(pod).containerStatuses ?? []) {
    const end = lastState?.terminated;
    const seconds = (now - Date.parse(end?.finishedAt ?? '')) / 1000;
    if (end === undefined || !(seconds < RECENT_SECONDS)) continue;
    const why = end.reason ? `${end.exitCode} (${end.reason})` : String(end.exitCode);
    const { namespace, name: podName } = pod.metadata;
    return see(
      warning(
        'pods',
        `container ${name} of ${podName} was restarted ${counted(restartCount, 'time')}, last ${age(seconds)} ago with ${why}`,
        end.reason === 'OOMKilled'
          ? 'raise spec.template.resources, or lower worker.slots'
          : `kubectl -n ${namespace} logs ${podName} -c ${name} --previous`,
      ),
      ENTRY,
    );
  }
  return undefined;
}

export interface EventObject extends KubeObject {
  readonly type?: string;
  readonly reason?: string;
  readonly note?: string;
  readonly regarding?: { readonly kind?: string; readonly name?: string };
  readonly eventTime?: string;
  readonly deprecatedLastTimestamp?: string;
  readonly deprecatedCount?: number;
  readonly series?: { readonly count?: number; readonly lastObservedTime?: string };
}

/** `events`: warnings of the pool's namespace. */
export function eventFinding(pool: Pool, events: readonly EventObject[], now: number): Finding {
  const { namespace, name } = pool.metadata;
  const child = childName(name);
  const isOurs = ({ regarding: { kind, name: about = '' } = {} }: EventObject) =>
    kind === KIND
      ? about === name
      : about === child || (about.startsWith(`${child}-`) && MADE.test(about.slice(child.length)));
  const recent = events
    .filter((event) => isOurs(event) && now - timeOf(event) < RECENT_SECONDS * 1000)
    .toSorted((one, other) => timeOf(other) - timeOf(one));
  const [last] = recent;
  if (last === undefined) return ok('events', 'no warning within the last hour');
  const { regarding = {}, reason = '', note = '' } = last;
  const more = recent.length > 1 ? `, and ${recent.length - 1} more` : '';
  return see(
    warning(
      'events',
      `${age((now - timeOf(last)) / 1000)} ago of ${regarding.kind} ${regarding.name}: ${reason}: ${note.slice(0, MESSAGE_LENGTH)}${more}`,
      `kubectl -n ${namespace} get events --field-selector type=Warning`,
    ),
    ENTRY,
  );
}

/** Whoever wrote it, in one of the three forms that there are. */
const timeOf = ({ series, deprecatedLastTimestamp, eventTime, metadata }: EventObject): number =>
  Date.parse(series?.lastObservedTime ?? deprecatedLastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? '');
