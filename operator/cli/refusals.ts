/** What an API server refuses, in words that say what to do. */
import { KubeError } from '../kube/errors.ts';

/** For `catch`: `what` did not happen, and the server says why; for a right that is missing, which. */
export const saidByTheServer =
  (what: string, right: string, namespace: string) =>
  (error: unknown): never => {
    if (!(error instanceof KubeError)) throw error;
    const said = error.message.replace(/^[A-Z]+ \S+: /, '').replace(/ \(\d+\)$/, '');
    if (error.isForbidden)
      throw new Error(
        `${what}: this takes the right to ${right} in the namespace ${namespace}, which the cluster’s roles edit and admin have. The API server says: ${said}`,
      );
    throw new Error(`${what}: ${said}`);
  };
