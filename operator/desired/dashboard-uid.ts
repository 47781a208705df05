import { hashOf } from '../pool/hash.ts';
import type { Pool } from '../pool/pool.ts';

/** Stable, and at most 40 characters: Grafana replaces the dashboard of the same uid. */
export const dashboardUid = ({ metadata: { namespace = 'default', name } }: Pool): string =>
  `preview-${hashOf([namespace, name])}`;

/** Of the one that shows any pool. */
export const FLEET_DASHBOARD = 'preview-pools';
