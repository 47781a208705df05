import { BlockList } from 'node:net';
import { expect } from 'chai';
import { networkPolicy } from '../../../operator/desired/network-policy.ts';
import type { Pool } from '../../../operator/pool/pool.ts';
import { refusalOfAddress } from '../../../worker/storage/public-address.ts';

interface Peer {
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}
interface Rule {
  readonly to?: readonly Peer[];
  readonly ports: readonly { readonly port: number }[];
}

const rulesFor = (worker: object, policy: object = {}): readonly Rule[] => {
  const pool = {
    metadata: { name: 'pool', namespace: 'team-a', uid: 'u' },
    spec: {
      queue: { name: 'previews', redis: { url: 'redis://redis' } },
      worker: { sources: {}, sink: { file: { path: '/previews', claimName: 'claim' } }, ...worker },
      networkPolicy: { enabled: true, allowInstanceMetadata: false, ...policy },
    },
  } as unknown as Pool;
  return (networkPolicy(pool) as unknown as { spec: { egress: Rule[] } }).spec.egress;
};

/** As a network plugin reads the ranges of a policy. */
function lets(rules: readonly Rule[], address: string, port: number): boolean {
  const family = address.includes(':') ? 'ipv6' : 'ipv4';
  const holds = (cidr: string): boolean => {
    const [network = '', bits] = cidr.split('/');
    if (network.includes(':') !== (family === 'ipv6')) return false;
    const range = new BlockList();
    range.addSubnet(network, Number(bits), family);
    return range.check(address, family);
  };
  return rules.some(
    ({ to, ports }) =>
      ports.some((one) => one.port === port) &&
      (to === undefined ||
        to.some(({ ipBlock }) => ipBlock && holds(ipBlock.cidr) && !(ipBlock.except ?? []).some(holds))),
  );
}

const ADDRESSES = [
  ...['1.1.1.1', '9.255.255.255', '11.0.0.0', '172.15.0.1', '172.32.0.1', '100.63.0.1', '100.128.0.1'],
  ...['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '100.64.0.1'],
  ...['169.254.169.254', '169.254.170.2', '100.100.100.200', '168.63.129.16', '192.0.0.192'],
  ...['2606:4700::1', '2a00::1', 'fd12::1', 'fc00::1'],
  ...['fd00:ec2::254', 'fd20:ce::254', 'fd00:42::42', 'fe80::1', '64:ff9b::a00:1'],
];

describe('the egress of a network policy', () => {
  for (const allowPrivateNetworks of [false, true])
    it(`lets workers reach what sources.http may connect to and nothing else${allowPrivateNetworks ? ', with private networks' : ''}`, () => {
      const rules = rulesFor({ sources: { http: { allowPrivateNetworks } } });
      for (const address of ADDRESSES)
        expect(lets(rules, address, 443), address).to.equal(
          refusalOfAddress(address, { privateNetworks: allowPrivateNetworks }) === undefined,
        );
    });

  it('never opens metadata services at a port of the web unless it is told to', () => {
    const keys = { credentialsFrom: { name: 'keys' } };
    const workers = [
      {},
      { sources: { http: { allowPrivateNetworks: true } } },
      { sources: { s3: {} } },
      { sources: { s3: { endpoint: 'http://minio', ...keys } } },
      { sources: { s3: { endpoint: 'https://minio', ...keys } } },
    ];
    const services = ADDRESSES.filter((one) => /metadata|link-local/.test(refusalOfAddress(one, PRIVATE_TOO) ?? ''));
    expect(services).to.have.length(9);
    for (const worker of workers)
      for (const address of services)
        for (const port of [80, 443, 988]) expect(lets(rulesFor(worker), address, port), address).to.equal(false);
    const told = rulesFor({}, { allowInstanceMetadata: true });
    expect(lets(told, '169.254.169.254', 80)).to.equal(true);
    expect(lets(told, 'fd00:ec2::254', 80)).to.equal(true);
    expect(lets(told, '169.254.169.254', 443)).to.equal(false);
  });

  it('opens no port of the web without a reason', () => {
    for (const address of ADDRESSES)
      for (const port of [80, 443]) expect(lets(rulesFor({}), address, port), address).to.equal(false);
  });

  it('has no rule without ports, which would be one for all ports', () => {
    const endpoint = 'https://minio';
    const workers = [{}, { sources: { http: {} } }, { sources: { s3: { endpoint } }, sink: { s3: { endpoint } } }];
    for (const rule of workers.flatMap((worker) => rulesFor(worker))) {
      expect(rule.ports).to.not.be.empty;
      if (rule.to) expect(rule.to).to.not.be.empty;
    }
  });
});

const PRIVATE_TOO = { privateNetworks: true };
