import { names } from '../pool/names.ts';
import { type Builder, child } from './child.ts';

/** Workers never call the Kubernetes API: the account exists to be referred to, and mounts no token. */
export const serviceAccount: Builder = (pool) =>
  pool.spec.template.serviceAccountName === undefined
    ? child(pool, 'v1', 'ServiceAccount', names.serviceAccount(pool), { automountServiceAccountToken: false })
    : undefined;
