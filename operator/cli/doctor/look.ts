/** One look, which ends in time and never with an error: what could not be looked at is told as that. */
import { KubeError } from '../../kube/errors.ts';
import { skipped } from './finding.ts';
import type { Finding } from './report.generated.ts';

export interface Look {
  readonly check: string;
  /** What it takes in the cluster, as in "list pods". */
  readonly right: string;
  readonly work: (signal: AbortSignal) => Promise<Finding | readonly Finding[]>;
}

export async function look({ check, right, work }: Look, seconds: number): Promise<Finding[]> {
  const controller = new AbortController();
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    reject(new Error(`no answer within ${seconds} s`));
    controller.abort();
  }, seconds * 1000);
  try {
    return [await Promise.race([work(controller.signal), late])].flat();
  } catch (error) {
    return [unseen(check, right, error)];
  } finally {
    clearTimeout(timer);
  }
}

function unseen(check: string, right: string, error: unknown): Finding {
  if (error instanceof KubeError && error.isForbidden)
    return skipped(check, `you may not look: this takes the right to ${right}`, 'have it granted, or ask who has it');
  if (error instanceof KubeError && error.status === 401)
    return skipped(
      check,
      'the API server does not take these credentials',
      'sign in again, or name another kubeconfig',
    );
  const message = error instanceof Error ? error.message : String(error);
  return skipped(check, message.slice(0, 500), 'look again; if that stays, look at the API server and at the network');
}
