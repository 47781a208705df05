/**
 * What workers may reach, and who may reach them. An absent or empty `from` or `to` means everybody, so each rule here
 * either names its peers or opens single ports on purpose.
 */
import { names, selectorLabels } from '../pool/names.ts';
import type { Pool } from '../pool/pool.ts';
import { type Builder, child } from './child.ts';

const tcp = (...ports: readonly number[]) => ports.map((port) => ({ protocol: 'TCP', port }));

/** Where a Secret or the Sentinels know the port: Redis' own, and the one that clouds give it for TLS. */
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
  const { url, sentinel, cluster } = queue.redis;
  if (url !== undefined) return [portOf(url, 6379)];
  if (cluster !== undefined) return distinct(cluster.nodes.map(({ port }) => port));
  // The Sentinels tell the port of the servers.
  return distinct([...(sentinel?.nodes ?? []).map(({ port }) => port), ...REDIS_PORTS]);
}

const distinct = (ports: readonly number[]): number[] => [...new Set(ports)];

function portOf(url: string, usual: number): number {
  const port = /:(\d+)\/?$/.exec(url)?.[1];
  return port === undefined ? usual : Number(port);
}
