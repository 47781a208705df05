/**
 * What workers may reach, and who may reach them. An absent or empty `from` or `to` means everybody, so each rule here
 * either names its peers or opens single ports on purpose.
 */
import { names, selectorLabels } from '../pool/names.ts';
import type { Pool } from '../pool/pool.ts';
import { type Builder, child } from './child.ts';

const tcp = (...ports: readonly number[]) => ports.map((port) => ({ protocol: 'TCP', port }));

/** Where a Secret holds the URL: Redis' own port, and the one that clouds give it for TLS. */
const REDIS_PORTS = [6379, 6380];

export const networkPolicy: Builder = (pool) => {
  const policy = pool.spec.networkPolicy;
  if (!policy?.enabled) return undefined;
  const { ingressFrom = [], extraEgress = [], allowInstanceMetadata } = policy;
  return child(pool, 'networking.k8s.io/v1', 'NetworkPolicy', names.networkPolicy(pool), {
    spec: {
      podSelector: { matchLabels: selectorLabels(pool) },
      policyTypes: ['Ingress', 'Egress'],
      // No rule at all lets nobody in; a rule with an empty `from` would let everybody in.
      ...(ingressFrom.length > 0 ? { ingress: [{ from: ingressFrom, ports: tcp(3000) }] } : {}),
      egress: [
        {
          ports: [
            { protocol: 'UDP', port: 53 },
            { protocol: 'TCP', port: 53 },
          ],
        },
        { ports: tcp(...redisPorts(pool)) },
        ...(allowInstanceMetadata ? [METADATA_RULE] : []),
        ...extraEgress,
      ],
    },
  });
};

const METADATA_RULE = {
  to: ['169.254.0.0/16', 'fd00:ec2::/32', 'fd20:ce::/32'].map((cidr) => ({ ipBlock: { cidr } })),
  ports: tcp(80, 988),
};

function redisPorts({ spec: { queue } }: Pool): number[] {
  return queue.redis.url === undefined ? REDIS_PORTS : [portOf(queue.redis.url, 6379)];
}

function portOf(url: string, usual: number): number {
  const port = /:(\d+)\/?$/.exec(url)?.[1];
  return port === undefined ? usual : Number(port);
}
