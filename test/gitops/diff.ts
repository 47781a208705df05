/** What a tool that holds a cluster against Git finds: kubectl's own diff, by the API server's dry run or by what was applied last. */
import { execFile } from 'node:child_process';
import type { ControlPlane } from '../cluster/control-plane.ts';

/** Who applies what is in Git. */
const GIT = 'git';

/** As Argo CD and Flux apply by the server: what they own they take back from whoever changed it. */
export const SERVER_SIDE = ['--server-side', `--field-manager=${GIT}`, '--force-conflicts'];

/** Empty when nothing differs. `text` is what lies in Git. */
export function diffWithGit(
  cluster: ControlPlane,
  text: string,
  how: readonly string[] = SERVER_SIDE,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const args = ['--kubeconfig', cluster.kubeconfigPath, 'diff', ...how, '-f', '-'];
    const child = execFile(cluster.kubectlPath, args, { timeout: 60_000 }, (error, stdout, stderr) => {
      // 1 says that there are differences, anything above that none could be looked for.
      if (error !== null && error.code !== 1) reject(new Error(`kubectl diff: ${stderr.trim() || error.message}`));
      else resolve(stdout);
    });
    child.stdin?.end(text);
  });
}
