/** The volumes of one pod as folders of this machine. */

import { chmod, chown, mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { V1Container, V1Volume } from '@kubernetes/client-node';
import type { KubeClient } from '../../../operator/kube/client.ts';
import type { KubeObject } from '../../../operator/kube/object.ts';
import type { PodFacts } from './fields.ts';
import { writePayload } from './payload.ts';
import { References } from './references.ts';
import type { Mount } from './sandbox.ts';
import { payloadOf } from './sources.ts';
import { TokenSource } from './token.ts';

interface Claim extends KubeObject {
  readonly spec: { readonly volumeName?: string };
}

interface PersistentVolume extends KubeObject {
  readonly spec: {
    readonly hostPath?: { readonly path: string; readonly type?: string };
    readonly local?: { readonly path: string };
  };
}

export class PodVolumes {
  readonly #client: KubeClient;
  readonly #facts: PodFacts;
  readonly #folder: string;
  readonly #token: TokenSource;
  readonly #folders = new Map<string, string>();
  #refreshing: Promise<void> = Promise.resolve();

  constructor({ client, facts, folder }: { client: KubeClient; facts: PodFacts; folder: string }) {
    this.#client = client;
    this.#facts = facts;
    this.#folder = folder;
    this.#token = new TokenSource(client, facts.pod);
  }

  /** Brings every volume to what it should show now. Rejects when one can not be had. */
  refresh(references = new References(this.#client)): Promise<void> {
    // One at a time: the containers of a pod start side by side.
    const refreshed = this.#refreshing.then(() => this.#refresh(references));
    this.#refreshing = refreshed.catch(() => {});
    return refreshed;
  }

  async #refresh(references: References): Promise<void> {
    for (const volume of this.#facts.pod.spec.volumes ?? []) {
      try {
        this.#folders.set(volume.name, await this.#provide(volume, references));
      } catch (error) {
        throw new Error(`MountVolume.SetUp failed for volume "${volume.name}": ${(error as Error).message}`, {
          cause: error,
        });
      }
    }
  }

  /** Outer mounts before those inside them. */
  mountsOf({ volumeMounts = [] }: V1Container): Mount[] {
    return volumeMounts
      .map(({ name, mountPath, subPath = '', readOnly = false }) => {
        const folder = this.#folders.get(name);
        if (folder === undefined) throw new Error(`volume ${name} is not mounted`);
        return {
          source: join(folder, subPath),
          target: mountPath.replace(/\/+$/, ''),
          readOnly: readOnly || this.#isPayload(name),
        };
      })
      .sort((a, b) => a.target.split('/').length - b.target.split('/').length);
  }

  /** What the API server holds is nobody's to change here. */
  #isPayload(name: string): boolean {
    const volume = this.#facts.pod.spec.volumes?.find((candidate) => candidate.name === name);
    return !volume?.emptyDir && !volume?.persistentVolumeClaim && !volume?.hostPath;
  }

  async #provide(volume: V1Volume, references: References): Promise<string> {
    const group = process.getuid?.() === 0 ? this.#facts.pod.spec.securityContext?.fsGroup : undefined;
    const own = join(this.#folder, volume.name);
    if (volume.emptyDir) {
      // Once: what the containers changed is theirs.
      if (!this.#folders.has(volume.name)) await shared(own, 0o777, group);
      return own;
    }
    if (volume.persistentVolumeClaim) {
      // Bound once; a claim does not move. A host's folder keeps its owner and mode: fsGroup does not reach it.
      return this.#folders.get(volume.name) ?? this.#claimed(volume.persistentVolumeClaim.claimName, references);
    }
    if (volume.hostPath) return hostFolder(volume.hostPath);
    const payload = await payloadOf(volume, {
      facts: this.#facts,
      references,
      token: (audience, seconds) => this.#token.get(audience, seconds),
    });
    if (!payload) throw new Error('the local node knows no volume of this kind');
    await shared(own, 0o755, group);
    await writePayload(own, payload, group);
    return own;
  }

  async #claimed(claimName: string, references: References): Promise<string> {
    const { namespace } = this.#facts.pod.metadata;
    const claim = await references.get<Claim>(`/api/v1/namespaces/${namespace}/persistentvolumeclaims/${claimName}`);
    if (!claim) throw new Error(`persistentvolumeclaim "${claimName}" not found`);
    if (!claim.spec.volumeName) throw new Error(`persistentvolumeclaim "${claimName}" is not bound`);
    const volume = await references.get<PersistentVolume>(`/api/v1/persistentvolumes/${claim.spec.volumeName}`);
    const host = volume?.spec.hostPath ?? volume?.spec.local;
    if (!host) throw new Error(`persistentvolume "${claim.spec.volumeName}" is neither hostPath nor local`);
    return hostFolder(host);
  }
}

async function shared(folder: string, mode: number, group: number | undefined): Promise<void> {
  await mkdir(folder, { recursive: true });
  if (group !== undefined) await chown(folder, 0, group);
  await chmod(folder, group === undefined ? mode : mode | 0o2070);
}

async function hostFolder({ path, type = '' }: { readonly path: string; readonly type?: string }): Promise<string> {
  if (type === 'DirectoryOrCreate') await mkdir(path, { recursive: true });
  await stat(path);
  return path;
}
