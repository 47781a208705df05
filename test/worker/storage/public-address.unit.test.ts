import { isIP } from 'node:net';
import { expect } from 'chai';
import fc from 'fast-check';
import { isLocalName, refusalOfAddress } from '../../../worker/storage/public-address.ts';

const STRICT = { privateNetworks: false };
const OPEN = { privateNetworks: true };

/** Written down a second time, from the registries: what the product's own table forgets is found here. */
const OWN_IPV4 = ['10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'];
const NEVER_IPV4 = [
  '0.0.0.0/8',
  '100.100.100.200/32',
  '168.63.129.16/32',
  '169.254.0.0/16',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];
const OWN_IPV6 = ['::1/128', 'fc00::/7'];
const NEVER_IPV6 = [
  '::/128',
  '::2/127',
  '::ffff:0:0/96',
  '::ffff:0:0:0/96',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '100::/64',
  '2001::/32',
  '2001:2::/48',
  '2001:10::/28',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
  '4000::/3',
  '5f00::/16',
  '8000::/2',
  'c000::/3',
  'e000::/4',
  'f000::/5',
  'f800::/6',
  'fe00::/9',
  'fd00:ec2::254/128',
  'fd20:ce::254/128',
  'fd00:42::42/128',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
];

const PUBLIC = [
  '1.1.1.1',
  '8.8.8.8',
  '9.9.9.9',
  '9.255.255.255',
  '11.0.0.0',
  '93.184.215.14',
  '100.63.255.255',
  '100.128.0.0',
  '126.255.255.255',
  '128.0.0.1',
  '151.101.1.69',
  '169.253.255.255',
  '169.255.0.0',
  '172.15.255.255',
  '172.32.0.0',
  '192.0.1.1',
  '192.167.255.255',
  '192.169.0.0',
  '198.17.255.255',
  '198.20.0.0',
  '203.0.112.255',
  '223.255.255.255',
  '2001:200::1',
  '2001:4860:4860::8888',
  '2003::1',
  '2400:cb00::1',
  '2606:4700:4700::1111',
  '2620:fe::fe',
  '2a00:1450:4001:82a::200e',
  '2a04:4e42::81',
  '2606:4700:0:0:1:5efe:808:808',
  '3ffe:ffff::1',
];

const bitsOf = (address: string): bigint => {
  if (isIP(address) === 4) return address.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
  const [before = '', after = ''] = address.split('::');
  const groups = (part: string) => part.split(':').filter((group) => group !== '');
  const [head, tail] = [groups(before), groups(after)];
  const all = [...head, ...new Array<string>(8 - head.length - tail.length).fill('0'), ...tail];
  return all.reduce((sum, group) => sum * 65536n + BigInt(`0x${group}`), 0n);
};
const ipv4 = (bits: bigint): string => [24n, 16n, 8n, 0n].map((shift) => (bits >> shift) & 255n).join('.');
const ipv6 = (bits: bigint): string =>
  Array.from({ length: 8 }, (_, at) => ((bits >> BigInt(112 - 16 * at)) & 0xffffn).toString(16)).join(':');

const rangeOf = (network: string) => {
  const [address = '', length] = network.split('/');
  const [width, spell] = isIP(address) === 4 ? [32, ipv4] : [128, ipv6];
  const first = bitsOf(address);
  return { spell, first, last: first + (1n << BigInt(width - Number(length))) - 1n };
};
/** Any address of the network; its ends are drawn often. */
const within = (network: string) => {
  const { spell, first, last } = rangeOf(network);
  return fc.bigInt({ min: first, max: last }).map(spell);
};
const anyIpv4 = fc.bigInt({ min: 0n, max: (1n << 32n) - 1n });

describe('which addresses are public', () => {
  for (const network of [...OWN_IPV4, ...NEVER_IPV4, ...OWN_IPV6, ...NEVER_IPV6]) {
    it(`no address of ${network} is`, () => {
      const { spell, first, last } = rangeOf(network);
      for (const end of [first, last]) expect(refusalOfAddress(spell(end), STRICT), spell(end)).to.be.a('string');
      fc.assert(fc.property(within(network), (address) => refusalOfAddress(address, STRICT) !== undefined));
    });
  }

  it('an IPv4 address is refused exactly when a network above holds it', () => {
    const refused = [...OWN_IPV4, ...NEVER_IPV4].map(rangeOf);
    const inside = (bits: bigint) => refused.some(({ first, last }) => first <= bits && bits <= last);
    const edges = refused.flatMap(({ first, last }) => [first - 1n, first, last, last + 1n]);
    const near = fc.constantFrom(...edges.filter((bits) => bits >= 0n && bits < 1n << 32n));
    fc.assert(
      fc.property(fc.oneof(anyIpv4, near), (bits) => {
        expect(refusalOfAddress(ipv4(bits), STRICT) !== undefined, ipv4(bits)).to.equal(inside(bits));
      }),
      { numRuns: 2000 },
    );
  });

  it('no IPv6 address is that holds an IPv4 address, in any of the ways there are, also where private ones are', () => {
    const forms: readonly ((bits: bigint) => string)[] = [
      (bits) => `::ffff:${ipv4(bits)}`,
      (bits) => `0:0:0:0:0:FFFF:${ipv4(bits)}`,
      (bits) => ipv6((0xffffn << 32n) | bits),
      (bits) => ipv6((0xffffn << 48n) | bits),
      (bits) => `64:ff9b::${ipv4(bits)}`,
      (bits) => `64:ff9b:1::${ipv4(bits)}`,
      (bits) => ipv6((0x2002n << 112n) | (bits << 80n) | 1n),
      (bits) => ipv6((0x20010000n << 96n) | (bits << 64n) | (~bits & 0xffffffffn)),
      (bits) => `2a00:1450:4001:82a:0:5efe:${ipv4(bits)}`,
      (bits) => `2606:4700::200:5efe:${ipv4(bits)}`,
    ];
    fc.assert(
      fc.property(anyIpv4, fc.constantFrom(...forms), (bits, form) => {
        expect(refusalOfAddress(form(bits), OPEN), form(bits)).to.be.a('string');
      }),
      { numRuns: 1000 },
    );
    // 0.0.0.1 is written as the loopback address is.
    const compatible = anyIpv4.filter((bits) => bits !== 1n).map((bits) => `::${ipv4(bits)}`);
    fc.assert(fc.property(compatible, (address) => refusalOfAddress(address, OPEN) !== undefined));
  });

  it('no address outside of 2000::/3 is; inside of it, where registries give networks out, each is', () => {
    const any = fc.bigInt({ min: 0n, max: (1n << 128n) - 1n });
    const outside = any.filter((bits) => bits >> 125n !== 1n);
    fc.assert(fc.property(outside, (bits) => refusalOfAddress(ipv6(bits), STRICT) !== undefined));
    const given = fc.tuple(fc.bigInt({ min: 0x2400n, max: 0x2cffn }), any).map(([first, rest]) => {
      const bits = (first << 112n) | (rest & ((1n << 112n) - 1n));
      return { bits, isatap: ((bits >> 32n) & 0xfdffffffn) === 0x5efen };
    });
    fc.assert(
      fc.property(given, ({ bits, isatap }) => {
        expect(refusalOfAddress(ipv6(bits), STRICT) !== undefined, ipv6(bits)).to.equal(isatap);
      }),
    );
  });

  it(`none of ${PUBLIC.length} public addresses is refused`, () => {
    expect(PUBLIC.filter((address) => refusalOfAddress(address, STRICT) !== undefined)).to.deep.equal([]);
  });

  it('a refusal says what the address is', () => {
    const said = Object.entries({
      '169.254.169.254': 'a link-local address',
      '100.100.100.200': 'a metadata service',
      '10.1.2.3': 'a private address',
      '255.255.255.255': 'the broadcast address',
      '250.0.0.1': 'a reserved address',
      'fd00:ec2::254': 'a metadata service',
      '::': 'the unspecified address',
      '::1': 'the loopback address',
      '::127.0.0.1': 'an IPv4 address inside IPv6',
      '::ffff:10.0.0.1': 'an IPv4 address inside IPv6',
      '::ffff:0:10.0.0.1': 'an IPv4 address inside IPv6',
      '64:ff9b::10.0.0.1': 'an IPv4 address inside IPv6 (NAT64)',
      '2002:a00:1::': 'an IPv4 address inside IPv6 (6to4)',
      '2001::f5ff:fffe': 'an IPv4 address inside IPv6 (Teredo)',
      '2a00::5efe:10.0.0.1': 'an IPv4 address inside IPv6 (ISATAP)',
      'fe80::1': 'a link-local address',
      'fec0::1': 'a site-local address',
      'ff02::1': 'a multicast address',
      '4000::1': 'no address in public use',
    });
    for (const [address, name] of said) expect(refusalOfAddress(address, STRICT), address).to.equal(name);
  });

  it('what is no plain address is refused: zones, other spellings, names, nothing', () => {
    const spellings = ['fe80::1%eth0', '2606:4700::1%1', '::1%lo', '127.1', '0x7f.0.0.1', '0177.0.0.1', '2130706433'];
    for (const address of [...spellings, '8.8.8.8 ', '8.8.8.8.', '[::1]', 'localhost', 'example.com', '']) {
      expect(refusalOfAddress(address, OPEN), address).to.equal('no plain address');
    }
  });

  it('private networks may be switched on; metadata, link-local and all the rest stay refused', () => {
    const own = [...OWN_IPV4, ...OWN_IPV6].map((network) => network.split('/')[0] ?? '');
    for (const address of [...own, '10.255.255.255', 'fd12:3456::1', '127.0.0.2']) {
      expect(refusalOfAddress(address, OPEN), address).to.equal(undefined);
    }
    const metadata = ['169.254.169.254', '169.254.170.2', '100.100.100.200', '192.0.0.192', '168.63.129.16'];
    for (const address of [...metadata, 'fd00:ec2::254', 'fd00:ec2::23', 'fd20:ce::254', 'fd00:42::42']) {
      expect(refusalOfAddress(address, OPEN), address).to.be.a('string');
    }
    for (const network of [...NEVER_IPV4, ...NEVER_IPV6]) {
      fc.assert(fc.property(within(network), (address) => refusalOfAddress(address, OPEN) !== undefined));
    }
  });

  it('the names that never leave a machine are known, and only those', () => {
    expect(['localhost', 'a.localhost', 'a.b.localhost'].filter((host) => !isLocalName(host))).to.deep.equal([]);
    const others = ['localhost.example', 'mylocalhost', 'local', 'example.com', 'localhost-cdn.example'];
    expect(others.filter(isLocalName)).to.deep.equal([]);
  });
});
