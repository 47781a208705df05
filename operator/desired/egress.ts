/**
 * What the workers of a pool must reach. A policy knows ports and ranges and no host names: what the pool names by itself is
 * open at its port, wherever it lies; ports of the web are held to ranges, because metadata services answer there too.
 */
import type { Pool } from '../pool/pool.ts';

interface Rule {
  readonly to?: readonly object[];
  readonly ports: readonly { readonly protocol: string; readonly port: number }[];
}

const WEB: readonly number[] = [80, 443];
/** Where a Secret or the Sentinels know the port: Redis' own, and the one that clouds give it for TLS. */
const REDIS_PORTS = [6379, 6380];

/** Link-local ranges, and what clouds have outside of them. The worker's own guard knows the same (storage/public-address.ts). */
const METADATA = {
  ipv4: ['169.254.0.0/16', '168.63.129.16/32', '192.0.0.192/32'],
  ipv6: ['fd00:ec2::/32', 'fd20:ce::/32', 'fd00:42::/32'],
};
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'];
/** All IPv6 addresses in public use. */
const GLOBAL = '2000::/3';

const block = (cidr: string, except: readonly string[] = []) => ({
  ipBlock: { cidr, ...(except.length > 0 ? { except } : {}) },
});
const THE_PUBLIC = [block('0.0.0.0/0', [...METADATA.ipv4, ...PRIVATE]), block(GLOBAL)];
const ANYBODY = [
  // Ranges do not hold for pods in every network plugin.
  { namespaceSelector: {} },
  // 100.100.100.200 lies in a range that is private elsewhere.
  block('0.0.0.0/0', [...METADATA.ipv4, '100.100.100.200/32']),
  block(GLOBAL),
  block('fc00::/7', METADATA.ipv6),
];
const METADATA_RULE: Rule = {
  to: ['169.254.0.0/16', 'fd00:ec2::/32', 'fd20:ce::/32'].map((cidr) => block(cidr)),
  ports: tcp(80, 988),
};
const NAMES: Rule = {
  ports: [
    { protocol: 'UDP', port: 53 },
    { protocol: 'TCP', port: 53 },
  ],
};

export function tcp(...ports: readonly number[]) {
  return ports.map((port) => ({ protocol: 'TCP', port }));
}

export function egressOf(pool: Pool): Rule[] {
  const { queue, worker, networkPolicy } = pool.spec;
  const { http } = worker.sources;
  const stores = [worker.sources.s3, worker.sink.s3].filter((store) => store !== undefined);
  const named = [
    ...redisPorts(queue.redis),
    ...stores.flatMap(({ endpoint }) => (endpoint ? [portOf(endpoint, endpoint.startsWith('https') ? 443 : 80)] : [])),
  ];
  const anybody = [...named.filter((port) => WEB.includes(port)), ...(http?.allowPrivateNetworks ? WEB : [])];
  // The identity of a ServiceAccount is turned into keys at AWS, whatever the endpoint of the objects is.
  const asksAWS = stores.some(({ endpoint, credentialsFrom }) => !endpoint || !credentialsFrom);
  const thePublic = [...(http ? WEB : []), ...(asksAWS ? [443] : [])];
  return [
    NAMES,
    ...opened(named.filter((port) => !WEB.includes(port))),
    ...opened(
      thePublic.filter((port) => !anybody.includes(port)),
      THE_PUBLIC,
    ),
    ...opened(anybody, ANYBODY),
    ...(networkPolicy?.allowInstanceMetadata ? [METADATA_RULE] : []),
  ];
}

function redisPorts({ url, sentinel, cluster }: Pool['spec']['queue']['redis']): readonly number[] {
  if (url !== undefined) return [portOf(url, 6379)];
  const nodes = cluster?.nodes ?? sentinel?.nodes ?? [];
  return [...nodes.map(({ port }) => port), ...(cluster ? [] : REDIS_PORTS)];
}

/** No rule for no ports: one with an empty list would open all of them. */
function opened(ports: readonly number[], to?: readonly object[]): Rule[] {
  const sorted = [...new Set(ports)].sort((a, b) => a - b);
  return sorted.length === 0 ? [] : [{ ...(to ? { to } : {}), ports: tcp(...sorted) }];
}

function portOf(url: string, usual: number): number {
  const [, , authority = ''] = url.split('/');
  const port = /:(\d+)$/.exec(authority)?.[1];
  return port === undefined ? usual : Number(port);
}
