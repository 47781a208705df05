/** What the operator may do in each namespace with pools, verb by verb; its roles are made of it. */
import { POOLS } from '../pool/pool.ts';
import { CHILD_TYPES, type ChildType } from './observe.ts';

export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

/** Server-side apply is a patch, and a create where nothing is there yet; `get` is for strangers of the same name, without our label. */
const childVerbs = ({ lasting }: ChildType) => [
  ...['get', 'list', 'watch', 'create', 'patch'],
  ...(lasting ? [] : ['delete']),
];

export const POOL_RULES: readonly Rule[] = [
  { apiGroups: [POOLS.group], resources: [POOLS.plural], verbs: ['get', 'list', 'watch'] },
  { apiGroups: [POOLS.group], resources: [`${POOLS.plural}/status`], verbs: ['patch'] },
  // Asked for by the admission of owner references that block deletion, where a cluster has it on.
  { apiGroups: [POOLS.group], resources: [`${POOLS.plural}/finalizers`], verbs: ['update'] },
  ...Object.values(CHILD_TYPES).map((type) => ({
    apiGroups: [type.group],
    resources: [type.plural],
    verbs: childVerbs(type),
  })),
  { apiGroups: ['apps'], resources: ['deployments/scale'], verbs: ['patch'] },
  // A lower cost for idle workers before some of all go.
  { apiGroups: [''], resources: ['pods'], verbs: ['list', 'watch', 'patch'] },
  // One by name when a pool refers to it, never all.
  { apiGroups: [''], resources: ['secrets'], verbs: ['get'] },
  { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['create'] },
];
