/**
 * Which addresses a stranger's URL may lead to. The rule is the other way round for IPv6: only 2000::/3 is in public use,
 * so that what is invented outside of it later is refused. Pure: nothing is looked up.
 */
import { BlockList, isIP } from 'node:net';

export interface Reach {
  /** The pool's own networks count as public: loopback, private, shared and unique local addresses. */
  readonly privateNetworks: boolean;
}

interface Range {
  /** Completes "it is …". */
  readonly name: string;
  /** May be switched on. What can be more than a file server of one's own never is. */
  readonly own: boolean;
  /** With `family`, of the range's members. */
  readonly members: BlockList;
  readonly family: 4 | 6;
}

/** From the special-purpose registries of IANA; of the clouds, from their manuals. The first that holds an address names it. */
const RANGES: readonly Range[] = [
  range('never', 'a metadata service', ['100.100.100.200/32', '168.63.129.16/32', '192.0.0.192/32']),
  range('never', 'a metadata service', ['fd00:ec2::/32', 'fd20:ce::/32', 'fd00:42::/32']),
  range('never', 'an address of this network', ['0.0.0.0/8']),
  range('own', 'a private address', ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16']),
  range('own', 'a shared address (carrier-grade NAT)', ['100.64.0.0/10']),
  range('own', 'a loopback address', ['127.0.0.0/8']),
  range('never', 'a link-local address', ['169.254.0.0/16']),
  range('never', 'an address of protocol assignments', ['192.0.0.0/24', '192.88.99.0/24']),
  range('never', 'an address for documentation', ['192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24']),
  range('never', 'an address for benchmarks', ['198.18.0.0/15']),
  range('never', 'a multicast address', ['224.0.0.0/4']),
  range('never', 'the broadcast address', ['255.255.255.255/32']),
  range('never', 'a reserved address', ['240.0.0.0/4']),

  range('own', 'the loopback address', ['::1/128']),
  range('own', 'a unique local address', ['fc00::/7']),
  range('never', 'the unspecified address', ['::/128']),
  // Whatever IPv4 address is inside: there is a plain way to write it, and which of the two is connected to is up to others.
  range('never', 'an IPv4 address inside IPv6', ['::/96', '::ffff:0:0/96', '::ffff:0:0:0/96']),
  range('never', 'an IPv4 address inside IPv6 (NAT64)', ['64:ff9b::/96', '64:ff9b:1::/48']),
  range('never', 'an IPv4 address inside IPv6 (6to4)', ['2002::/16']),
  range('never', 'an IPv4 address inside IPv6 (Teredo)', ['2001::/32']),
  range('never', 'an address of protocol assignments', ['2001::/23']),
  range('never', 'an address for documentation', ['2001:db8::/32', '3fff::/20']),
  range('never', 'a link-local address', ['fe80::/10']),
  range('never', 'a site-local address', ['fec0::/10']),
  range('never', 'a multicast address', ['ff00::/8']),
  range('never', 'no address in public use', ['::/3', '4000::/2', '8000::/1']),
];

/** Why an address is not connected to, to complete "it is …"; undefined for one that is public. */
export function refusalOfAddress(address: string, { privateNetworks }: Reach): string | undefined {
  const family = isIP(address);
  // isIP takes an IPv6 address with a zone; BlockList finds such a one, and every misspelt one, in no list at all.
  if (family === 0 || address.includes('%')) return 'no plain address';
  const found = RANGES.find((one) => one.family === family && one.members.check(address, `ipv${family as 4 | 6}`));
  if (found !== undefined) return found.own && privateNetworks ? undefined : found.name;
  return family === 6 && isIsatap(address) ? 'an IPv4 address inside IPv6 (ISATAP)' : undefined;
}

/** The names that never leave a machine (RFC 6761), whatever a resolver says of them. */
export function isLocalName(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost');
}

/** Lists of one family only: a BlockList holds IPv4 addresses against IPv6 rules too, as mapped ones. */
function range(reach: 'own' | 'never', name: string, networks: readonly string[]): Range {
  const members = new BlockList();
  const family = networks[0]?.includes(':') ? 6 : 4;
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    members.addSubnet(address, Number(bits), `ipv${family}`);
  }
  return { name, own: reach === 'own', members, family };
}

/** RFC 5214: below any prefix, the interface 0:5efe or 200:5efe and then the IPv4 address. */
function isIsatap(address: string): boolean {
  const { hostname } = new URL(`http://[${address}]`);
  const [before = [], after = []] = hostname
    .slice(1, -1)
    .split('::')
    .map((part) => part.split(':').filter((group) => group !== ''));
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  const groups = [...before, ...zeros, ...after];
  return (groups[4] === '0' || groups[4] === '200') && groups[5] === '5efe';
}
