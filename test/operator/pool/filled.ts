/** A pool as the API server would give it: the CRD's defaults filled in, without a server. */
import { readFileSync } from 'node:fs';
import type { Pool } from '../../../operator/pool/pool.ts';
import { type Schema, specSchemaOf, withDefaults } from '../../../scripts/manifests/defaults.ts';
import { MINIMAL } from './rules.ts';

export type { Schema };

export const SPEC_SCHEMA = specSchemaOf(readFileSync('crds/previewworkerpools.yaml', 'utf8'));

/** `spec` replaces whole top-level fields of the smallest pool. */
export function filledPool(spec: Readonly<Record<string, unknown>> = {}, name = 'pool'): Pool {
  const image = 'mobius-preview-worker:test';
  return {
    metadata: { name, namespace: 'ns', uid: 'u', generation: 1 },
    spec: withDefaults({ image, ...MINIMAL, ...spec }, SPEC_SCHEMA),
  } as Pool;
}
