/** From a container's specification to a running sandbox: environment, volumes, user, command. */

import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { V1Container } from '@kubernetes/client-node';
import type { KubeClient } from '../../../operator/kube/client.ts';
import { resolveEnvironment } from './environment.ts';
import { expand } from './expand.ts';
import type { PodFacts } from './fields.ts';
import type { Image } from './images.ts';
import type { Pod } from './pod.ts';
import { References } from './references.ts';
import type { Sandbox, StartSandbox, User } from './sandbox.ts';
import type { TerminationFiles } from './termination.ts';
import type { PodVolumes } from './volumes.ts';

export interface StartOptions {
  readonly client: KubeClient;
  readonly facts: PodFacts;
  readonly container: V1Container;
  readonly image: Image;
  readonly volumes: PodVolumes;
  readonly allocatable: Readonly<Record<string, string>>;
  readonly server: string;
  readonly startSandbox: StartSandbox;
  /** Of this run alone. */
  readonly folder: string;
  readonly logFile: string;
}

/** Rejects, in the kubelet's words where it has some, with what keeps the container from being started. */
export async function startContainer(options: StartOptions): Promise<{ sandbox: Sandbox; files: TerminationFiles }> {
  const { client, facts, container, image, volumes, allocatable, server, startSandbox, folder, logFile } = options;
  if (facts.pod.spec.initContainers?.length) throw new Error('the local node runs no init containers');
  const references = new References(client);
  const user = userOf(facts.pod, container);
  await volumes.refresh(references);
  const env = await resolveEnvironment({ facts, container, references, allocatable, server });

  await mkdir(folder, { recursive: true });
  const message = join(folder, 'termination-log');
  await writeFile(message, '');
  await chmod(message, 0o666);
  const { command = image.command, args = [], workingDir, terminationMessagePath = '/dev/termination-log' } = container;
  const sandbox = await startSandbox({
    command: [...command, ...args].map((word) => expand(word, env)),
    env,
    workingDir,
    appFolder: image.appFolder,
    mounts: [...volumes.mountsOf(container), { source: message, target: terminationMessagePath, readOnly: false }],
    user,
    readOnlyRoot: container.securityContext?.readOnlyRootFilesystem ?? false,
    hostname: facts.pod.spec.hostname ?? facts.pod.metadata.name,
    logFile,
    folder,
  });
  return { sandbox, files: { message, log: logFile } };
}

function userOf({ spec }: Pod, { name, securityContext }: V1Container): User {
  const { fsGroup, supplementalGroups = [], ...ofPod } = spec.securityContext ?? {};
  const { runAsUser: uid = 0, runAsGroup: gid = 0, runAsNonRoot } = { ...ofPod, ...securityContext };
  if (runAsNonRoot && uid === 0) throw new Error(`container ${name} has runAsNonRoot and its image will run as root`);
  return { uid, gid, groups: [...new Set([...supplementalGroups, ...(fsGroup === undefined ? [] : [fsGroup])])] };
}
