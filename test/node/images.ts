/** Both images of this checkout and the one that holds a pod's network, each an archive that containerd imports. */
import { copyFile, mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { CHART } from '../chart/helm.ts';
import { BASE, makeBases, RUNTIME } from '../images/bases.ts';
import { Buildah } from '../images/buildah.ts';

/** It sleeps, as any image does for which a namespace has to be kept. */
export const SANDBOX = 'localhost/preview-sandbox:1';

/** Where a developer keeps the archives from one run to the next; they are then as old as its first. */
const KEPT = process.env['PREVIEW_NODE_IMAGES'];

export async function archiveImages(folder: string): Promise<void> {
  const kept = KEPT === undefined ? [] : await readdir(KEPT).catch(() => []);
  if (KEPT !== undefined && kept.length > 0) {
    for (const name of kept) await symlink(resolve(KEPT, name), join(folder, name));
    return;
  }
  const { appVersion } = parse(await readFile(join(CHART, 'Chart.yaml'), 'utf8')) as { appVersion: string };
  const buildah = await Buildah.open();
  try {
    await makeBases(buildah);
    for (const [part, name] of Object.entries({
      operator: 'mobius-preview-worker-operator',
      worker: 'mobius-preview-worker',
    })) {
      // As the values of the chart name them.
      const image = `docker.io/library/${name}:${appVersion}`;
      await buildah.build(`Dockerfile.${part}`, image, { BASE, RUNTIME, VERSION: appVersion });
      await buildah.archive(image, join(folder, `${part}.tar`));
    }
    await buildah.imageFrom(RUNTIME, SANDBOX, async () => {}, ['/bin/sleep', 'infinity']);
    await buildah.archive(SANDBOX, join(folder, 'sandbox.tar'));
  } finally {
    await buildah.close();
  }
  if (KEPT === undefined) return;
  await mkdir(KEPT, { recursive: true });
  for (const name of await readdir(folder)) await copyFile(join(folder, name), join(KEPT, name));
}
