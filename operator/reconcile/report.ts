import type { KubeClient } from '../kube/client.ts';
import type { EventRecorder } from '../kube/events.ts';
import { pathOf } from '../kube/object.ts';
import type { Facts } from '../pool/facts.ts';
import { hashOf } from '../pool/hash.ts';
import { API_VERSION, conditionOf, KIND, POOLS, type Pool } from '../pool/pool.ts';
import type { PoolStatus } from '../pool/spec.generated.ts';
import { statusOf } from '../pool/status.ts';

const STATUS_MANAGER = 'preview-worker-operator-status';

export interface ReportOptions {
  readonly client: KubeClient;
  readonly events: EventRecorder;
  readonly now: () => Date;
  /** Told of the pool as the server has it after a write. */
  readonly onWritten: (pool: Pool) => void;
}

/** Writes the status, once and only if it differs, and an Event when Ready's reason changed. Resolves with the status. */
export async function report({ client, events, now, onWritten }: ReportOptions, facts: Facts): Promise<PoolStatus> {
  const { pool } = facts;
  const status = statusOf(
    facts,
    now()
      .toISOString()
      .replace(/\.\d+Z$/, 'Z'),
  );
  if (hashOf(status) === hashOf(pool.status)) return status;
  const { name, namespace, uid } = pool.metadata;
  const written = await client.apply<Pool>(
    pathOf(POOLS, { namespace, name, subresource: 'status' }),
    { apiVersion: API_VERSION, kind: KIND, metadata: { name, namespace, uid }, status },
    STATUS_MANAGER,
  );
  onWritten(written);
  const before = conditionOf(pool, 'Ready');
  const after = conditionOf({ status }, 'Ready');
  if (!after || (before?.reason === after.reason && before.status === after.status)) return status;
  const bad = status.conditions?.some(
    ({ type, status: holds }) => (type === 'Degraded' || type === 'Stalled') && holds === 'True',
  );
  await events.record(
    { ...pool, apiVersion: API_VERSION, kind: KIND },
    {
      type: bad ? 'Warning' : 'Normal',
      reason: after.reason,
      action: 'Reconcile',
      note: after.message || after.reason,
    },
  );
  return status;
}
