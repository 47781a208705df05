import { names, selectorLabels } from '../pool/names.ts';
import { type Builder, child } from './child.ts';
import { egressOf, tcp } from './egress.ts';

/**
 * What workers may reach, and who may reach them. An absent or empty `from`, `to` or `ports` means all of them, so each
 * rule either names its peers or opens single ports on purpose.
 */
export const networkPolicy: Builder = (pool) => {
  const policy = pool.spec.networkPolicy;
  if (!policy?.enabled) return undefined;
  const { ingressFrom = [], extraEgress = [] } = policy;
  return child(pool, 'networking.k8s.io/v1', 'NetworkPolicy', names.networkPolicy(pool), {
    spec: {
      podSelector: { matchLabels: selectorLabels(pool) },
      policyTypes: ['Ingress', 'Egress'],
      // No rule at all lets nobody in; a rule with an empty `from` would let everybody in.
      ...(ingressFrom.length > 0 ? { ingress: [{ from: ingressFrom, ports: tcp(3000) }] } : {}),
      egress: [...egressOf(pool), ...extraEgress],
    },
  });
};
