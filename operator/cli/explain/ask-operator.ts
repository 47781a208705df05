/** Asks the operator by what numbers it scales a pool: through the API server's proxy to its pods, or at its own address. */
import type { KubeClient } from '../../kube/client.ts';
import { KubeError } from '../../kube/errors.ts';
import { pathOf } from '../../kube/object.ts';
import { MANAGED_BY } from '../../pool/names.ts';
import type { ScalingAnswer } from '../../scaling/told.ts';
import { isLeader, type OperatorPod, operatorLease, operatorPods, PODS } from '../operator-pods.ts';

const PORT = 8080;
/** The one that leads and some of those that follow. */
const MOST_PODS = 5;
const DEADLINE_MS = 15_000;

/** What the one that leads may know where this one does not. */
const ASK_THE_NEXT = ['NotLeading', 'NotLookedYet', 'NotSynced'];
/** The operator's own, beside those of the API server on the way. */
const OUR_REASONS = ['NoSuchPool', 'NotByTheQueue', ...ASK_THE_NEXT];

/** Rejects with what is wrong and what to do about it. */
export async function askThroughTheCluster(
  client: KubeClient,
  { namespace, pool }: { namespace: string; pool: string },
): Promise<ScalingAnswer> {
  const pods = await podsOf(client, namespace);
  if (pods.length === 0)
    throw new Error(
      `no operator runs in the namespace ${namespace}: name its own with --operator-namespace, or its address with --operator`,
    );
  let failure: Error | undefined;
  for (const pod of pods.slice(0, MOST_PODS)) {
    const path = `${pathOf(PODS, { namespace })}/http:${pod.metadata.name}:${portOf(pod)}/proxy/scaling/${pool}`;
    try {
      return answerOf(await client.get<unknown>(path, { signal: AbortSignal.timeout(DEADLINE_MS) }), pod.metadata.name);
    } catch (error) {
      if (!(error instanceof KubeError)) throw error;
      if (error.isForbidden) throw forbidden('get pods/proxy', namespace, error);
      const told = toldBy(error.status, error.reason, error.message, pod.metadata.name);
      if (!ASK_THE_NEXT.includes(error.reason) && !error.isTransient && error.reason !== 'NotFound') throw told;
      failure ??= told;
    }
  }
  throw failure ?? new Error(`no operator in the namespace ${namespace} answers`);
}

/** `operator`: the address of /metrics, as `http://127.0.0.1:8080`. */
export async function askAt(operator: string, pool: string): Promise<ScalingAnswer> {
  const base = operator.endsWith('/') ? operator : `${operator}/`;
  if (!URL.canParse(base) || !/^https?:$/.test(new URL(base).protocol))
    throw new Error(`--operator ${operator} is no address: write it as http://127.0.0.1:8080`);
  const url = new URL(`scaling/${pool}`, base);
  const response = await fetch(url, { signal: AbortSignal.timeout(DEADLINE_MS) }).catch((error: Error) => {
    const { code = error.name } = (error.cause ?? {}) as { code?: string };
    throw new Error(`no operator answers at ${url} (${code}): --operator has to be the address of its /metrics`);
  });
  const text = await response.text();
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    body = undefined;
  }
  if (response.ok) return answerOf(body, operator);
  const { reason = '', message = '' } = (body ?? {}) as { reason?: string; message?: string };
  throw toldBy(response.status, reason, message, operator);
}

/** Running ones, the holder of the Lease first. */
async function podsOf(client: KubeClient, namespace: string): Promise<OperatorPod[]> {
  const items = await operatorPods(client, namespace).catch((error: unknown) => {
    throw error instanceof KubeError && error.isForbidden ? forbidden('list pods', namespace, error) : error;
  });
  const lease = await operatorLease(client, namespace, items)
    // Who may not read Leases asks one after the other.
    .catch((error: unknown) => {
      if (!(error instanceof KubeError && error.isForbidden)) throw error;
      return undefined;
    });
  return items
    .filter(({ metadata, status }) => status?.phase === 'Running' && metadata.deletionTimestamp === undefined)
    .toSorted((one, other) => Number(isLeader(other, lease)) - Number(isLeader(one, lease)));
}

const portOf = ({ spec }: OperatorPod): number =>
  spec.containers.flatMap(({ ports = [] }) => ports).find(({ name }) => name === 'http')?.containerPort ?? PORT;

const forbidden = (right: string, namespace: string, { message }: KubeError) =>
  new Error(
    `you may not ask the operator: this takes the right to ${right} in the namespace ${namespace}. Have it granted, or ` +
      `forward its port (kubectl port-forward -n ${namespace} deploy/${MANAGED_BY} ${PORT}) and add ` +
      `--operator http://127.0.0.1:${PORT}. The API server says: ${message}`,
  );

/** What an answer other than 200 means. */
function toldBy(status: number, reason: string, message: string, who: string): Error {
  if (OUR_REASONS.includes(reason)) return new Error(`the operator (${who}) says: ${message}`);
  if (status === 404 && reason !== 'NotFound')
    return new Error(`the operator (${who}) can not tell: it is older than this command, or no operator at all`);
  return new Error(`the operator (${who}) can not be asked: ${message.slice(0, 500) || `it answers ${status}`}`);
}

/** Of another version it may hold more, but not less. */
function answerOf(body: unknown, who: string): ScalingAnswer {
  const answer = (typeof body === 'object' && body !== null ? body : {}) as Partial<ScalingAnswer>;
  const { verdict, observation, decision, wanted } = answer;
  const isAnswer =
    typeof answer.provider === 'string' &&
    typeof verdict?.message === 'string' &&
    typeof observation === 'object' &&
    typeof decision === 'object' &&
    (wanted === null || typeof wanted === 'number');
  if (!isAnswer)
    throw new Error(`the operator (${who}) answers what this command can not read: they are of versions too far apart`);
  return answer as ScalingAnswer;
}
