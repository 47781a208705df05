/** Who wrote `spec.replicas` of Deployments, by what the API server has on record. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ControlPlane } from '../../cluster/control-plane.ts';

/** For the control plane: each write of a Deployment or of its scale, with what it led to. */
export const AUDIT_RULES: readonly object[] = [
  {
    level: 'RequestResponse',
    verbs: ['create', 'update', 'patch'],
    resources: [{ group: 'apps', resources: ['deployments', 'deployments/scale'] }],
  },
  { level: 'None' },
];

export type Writer = 'operator' | 'autoscaler' | 'outside';

export interface ReplicasChange {
  readonly from: number | undefined;
  readonly to: number;
  readonly by: Writer;
  /** As a whole number; later ones are larger. */
  readonly version: number;
}

interface AuditEvent {
  readonly stage: string;
  readonly requestURI: string;
  readonly user: { readonly username: string };
  readonly userAgent: string;
  readonly objectRef: { readonly name?: string; readonly subresource?: string };
  readonly responseStatus?: { readonly code: number };
  readonly responseObject?: {
    readonly metadata: { readonly name: string; readonly resourceVersion: string };
    readonly spec: { readonly replicas?: number };
  };
}

/** In the order in which the API server carried them out. */
export async function replicasChanges(
  { folder }: Pick<ControlPlane, 'folder'>,
  deployment: string,
): Promise<ReplicasChange[]> {
  const lines = (await readFile(join(folder, 'audit.log'), 'utf8')).split('\n').filter(Boolean);
  const writes = lines
    .map((line) => JSON.parse(line) as AuditEvent)
    .filter(({ stage, requestURI, responseStatus, responseObject }) => {
      const isDone = stage === 'ResponseComplete' && (responseStatus?.code ?? 500) < 300 && !/dryRun/.test(requestURI);
      return isDone && responseObject?.metadata.name === deployment;
    })
    .map((event) => ({
      by: writerOf(event),
      to: event.responseObject?.spec.replicas ?? 0,
      version: Number(event.responseObject?.metadata.resourceVersion),
    }))
    .sort((one, other) => one.version - other.version);
  return writes
    .map((write, index) => ({ ...write, from: writes[index - 1]?.to }))
    .filter(({ from, to }) => from !== to);
}

function writerOf({ user, userAgent }: AuditEvent): Writer {
  if (user.username === 'system:serviceaccount:kube-system:horizontal-pod-autoscaler') return 'autoscaler';
  return userAgent.startsWith('preview-worker-operator') ? 'operator' : 'outside';
}
