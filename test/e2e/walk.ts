/** `npm run walk-through` on a cluster that is there, with volumes on this machine for its claims. */
import { execFile } from 'node:child_process';
import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ControlPlane } from '../cluster/control-plane.ts';
import { TIED_TO_PARENT } from '../cluster/process.ts';
import type { Ended } from '../scripts/deployment/deployment.ts';

export interface Walk {
  walk(...more: readonly string[]): Promise<Ended>;
  /** Names of previews in the volumes. */
  previews(): Promise<string[]>;
  /** What the path made and did not take away. */
  left(): Promise<string[]>;
}

export interface WalkOptions {
  readonly cluster: Pick<ControlPlane, 'kubectl' | 'kubeconfigPath'>;
  /** A new one; pods' volumes lie in it. */
  readonly folder: string;
  readonly redisUrl: string;
  /** Of the chart. */
  readonly values?: object;
}

export async function walkOn({ cluster, folder, redisUrl, values = {} }: WalkOptions): Promise<Walk> {
  await mkdir(folder);
  const folders = ['one', 'other'].map((name) => join(folder, name));
  for (const path of folders) {
    await mkdir(path);
    // Pods are user 1000, and a host's folder keeps its mode.
    await chmod(path, 0o777);
  }
  const [urlFile, valuesFile] = [join(folder, 'redis-url'), join(folder, 'values.json')];
  await writeFile(urlFile, redisUrl, { mode: 0o600 });
  await writeFile(valuesFile, JSON.stringify(values));
  const args = [
    ...['--kubeconfig', cluster.kubeconfigPath, '--redis-url-file', urlFile, '--values', valuesFile],
    ...['--storage-class', 'folders'],
  ];
  const names = folders.map((_, index) => `folder-${index}`);
  return {
    walk: async (...more) => {
      // New ones: a volume whose claim went is no other's.
      await cluster.kubectl(['delete', 'pv', '--ignore-not-found', ...names]);
      const volumes = folders.map((path, index) => JSON.stringify(volume(names[index] ?? '', path)));
      await cluster.kubectl(['apply', '-f', '-'], { input: volumes.join('\n') });
      const options = { timeout: 400_000, maxBuffer: 16 << 20 };
      return new Promise((resolve) => {
        const [program = '', ...words] = [...TIED_TO_PARENT, process.execPath, 'scripts/walk-through.ts'];
        execFile(program, [...words, ...args, ...more], options, (error, stdout, stderr) =>
          resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr }),
        );
      });
    },
    previews: async () => {
      const found = await Promise.all(folders.map((path) => readdir(path, { recursive: true })));
      return found.flat().filter((name) => name.endsWith('.webp'));
    },
    left: async () => {
      const objects = await cluster.kubectl(['get', 'namespaces,crds,clusterroles,clusterrolebindings', '-o', 'name']);
      return objects.split('\n').filter((name) => /preview|walk-through/.test(name));
    },
  };
}

const volume = (name: string, path: string) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name },
  spec: {
    ...{ accessModes: ['ReadWriteOnce'], storageClassName: 'folders', capacity: { storage: '1Gi' } },
    ...{ persistentVolumeReclaimPolicy: 'Retain', hostPath: { path } },
  },
});
