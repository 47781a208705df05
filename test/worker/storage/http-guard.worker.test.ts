/** Where a stranger's URL may not lead. Each refusal is held against servers that listen there and must count nothing. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { LookupAddress } from 'node:dns';
import { expect } from 'chai';
import { openSources } from '../../../worker/storage/registry.ts';
import { figure } from '../../faults/figures.ts';
import { Origin, PUBLIC_ADDRESS, type Settings } from './origin.ts';

const anything: Settings = { allowPrivateNetworks: true };
const answers =
  (...addresses: readonly string[]) =>
  async (): Promise<LookupAddress[]> =>
    addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

/** Hosts that lead to a decoy when nothing keeps them from it: a test proves that too. */
const REACHING = [
  '127.0.0.1',
  '127.0.0.2',
  '127.1',
  '127.0.1',
  '127.0.0.1.',
  '2130706433',
  '017700000001',
  '0177.0.0.1',
  '0x7f000001',
  '0x7f.1',
  '0X7F.0.0x0.1',
  '127.0x0.0.01',
  '%31%32%37.0.0.1',
  '127%2e0%2e0%2e1',
  '①②⑦.⓪.⓪.①',
  '１２７.0.0.1',
  '127。0。0。1',
  '0',
  '0.0.0.0',
  '0x0',
  '[::1]',
  '[0:0:0:0:0:0:0:1]',
  '[0000::0001]',
  '[::0.0.0.1]',
  '[::]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[0:0:0:0:0:ffff:127.0.0.1]',
  '[::FFFF:7F00:0002]',
];

/** Hosts that no test machine need have; refused before there is a socket. */
const REFUSED = [
  '10.0.0.1',
  '10.255.255.255',
  '0xa.0.0.1',
  '012.0.0.1',
  '167772161',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.0.1',
  '192.168.257',
  '3232235777',
  '100.64.0.1',
  '100.127.255.255',
  '100.100.100.200',
  '169.254.169.254',
  '169.254.43518',
  '0xa9fea9fe',
  '2852039166',
  '0251.0376.0251.0376',
  '169.254.170.2',
  '168.63.129.16',
  '192.0.0.192',
  '0.1.2.3',
  '192.0.2.1',
  '198.51.100.7',
  '203.0.113.9',
  '198.18.0.1',
  '198.19.255.255',
  '192.88.99.1',
  '224.0.0.1',
  '239.255.255.250',
  '240.0.0.1',
  '255.255.255.255',
  '0xffffffff',
  '[fe80::1]',
  '[febf::1]',
  '[fec0::1]',
  '[fc00::1]',
  '[fd00:ec2::254]',
  '[fd20:ce::254]',
  '[fdff:ffff::1]',
  '[ff02::1]',
  '[::127.0.0.1]',
  '[::a9fe:a9fe]',
  '[::ffff:169.254.169.254]',
  '[::ffff:a00:1]',
  '[::ffff:8.8.8.8]',
  '[::ffff:0:127.0.0.1]',
  '[64:ff9b::127.0.0.1]',
  '[64:ff9b::a9fe:a9fe]',
  '[64:ff9b:1::10.0.0.1]',
  '[2002:7f00:1::]',
  '[2002:a9fe:a9fe::1]',
  '[2001:0:7f00:1::]',
  '[2001::f5ff:fffe]',
  '[2001:db8::1]',
  '[3fff::1]',
  '[100::1]',
  '[5f00::1]',
  '[2a00:1450:4001:82a:0:5efe:127.0.0.1]',
  '[2606:4700::200:5efe:10.0.0.1]',
];

/** Names that are refused without a question to anybody. */
const NAMES = [
  'localhost',
  'LOCALHOST',
  'a.localhost',
  'ⓛⓞⓒⓐⓛⓗⓞⓢⓣ',
  'loc%61lhost',
  'localhost.',
  'example.com.',
  'a..',
];

/** No URL at all: a job with one of these is an InvalidPayload before it is a fetch. */
const UNPARSABLE = [
  '[fe80::1%25eth0]',
  '[fe80::1%eth0]',
  '[::1%25lo]',
  '1.1.1.1.1',
  '256.256.256.256',
  '127.0.0.1%00',
  '0x7f.0.0.0x100',
];

/** What a hostile or broken resolver says of a name. */
const RESOLVED: readonly (readonly string[])[] = [
  ['127.0.0.1'],
  ['127.0.0.2'],
  ['::1'],
  ['0.0.0.0'],
  ['::ffff:127.0.0.1'],
  ['10.0.0.7'],
  ['169.254.169.254'],
  ['fd00:ec2::254'],
  ['64:ff9b::7f00:1'],
  ['fe80::1%lo'],
  [PUBLIC_ADDRESS, '127.0.0.1'],
  ['127.0.0.1', PUBLIC_ADDRESS],
  [PUBLIC_ADDRESS, '::1'],
  [PUBLIC_ADDRESS, '10.0.0.7'],
];

/** As a header can carry it. */
const ascii = (host: string) => host.replace(/[^ -~]+/g, encodeURIComponent);

const IN_URLS = [...REACHING, ...REFUSED, ...NAMES];
const COUNT = IN_URLS.length * 2 + RESOLVED.length;

describe(`http: ${COUNT} ways in that there are not`, () => {
  let origin: Origin;
  /** That this process opened, to whatever place. */
  let sockets = 0;
  /** Of all vectors together: what a server that should have had no visitor counted. */
  let reached = 0;
  const count = () => {
    sockets += 1;
  };
  before(async () => {
    origin = await Origin.open();
    subscribe('net.client.socket', count);
  });
  beforeEach(() => {
    origin.reset();
    sockets = 0;
  });
  after(async () => {
    unsubscribe('net.client.socket', count);
    await origin.close();
    figure(
      24,
      `${IN_URLS.length} hosts directly and by a redirect, ${RESOLVED.length} answers of resolvers: ${COUNT} ways, connections ${reached}`,
    );
  });

  const refused = async (uri: string, host: string, lookup = answers('127.0.0.1')) => {
    let lookups = 0;
    const counted = () => {
      lookups += 1;
      return lookup();
    };
    const { outcome, message, content } = await origin.read(uri, { world: { lookup: counted } });
    reached += origin.reached;
    expect(outcome, `${host}: ${message}`).to.equal('SourceForbidden');
    expect(origin.reached, `${host} reached a server`).to.equal(0);
    expect(content.length, host).to.equal(0);
    return lookups;
  };

  for (const host of IN_URLS) {
    it(`${host} is refused before anything is looked up or connected to, also as a redirect`, async () => {
      expect(await refused(`http://${host}:${origin.port}/`, host)).to.equal(0);
      expect([sockets, origin.requests.length]).to.deep.equal([0, 0]);

      origin.answer = (_request, response) =>
        response.writeHead(302, { location: `http://${ascii(host)}:${origin.port}/` }).end();
      expect(await refused(origin.url('/'), host)).to.equal(0);
      expect([sockets, origin.requests.length]).to.deep.equal([1, 1]);
    });
  }

  it('those that lead to loopback would have reached the servers that counted nothing', async () => {
    const world = { refusalOfAddress: () => undefined, lookup: answers('127.0.0.1') };
    for (const host of [...REACHING, 'localhost', 'a.localhost', 'ⓛⓞⓒⓐⓛⓗⓞⓢⓣ']) {
      origin.reset();
      await origin.read(`http://${host}:${origin.port}/`, { settings: anything, world });
      expect(origin.reached, host).to.be.greaterThan(0);
    }
  });

  for (const addresses of RESOLVED) {
    it(`a name is refused that resolves to ${addresses.join(' and ')}`, async () => {
      expect(await refused(`http://files.example:${origin.port}/`, 'files.example', answers(...addresses))).to.equal(1);
      expect(origin.requests.length).to.equal(0);
    });
  }

  it('does not tell which address a name has inside', async () => {
    const world = { lookup: answers('10.11.12.13') };
    const { message } = await origin.read('http://files.example/', { world });
    expect(message)
      .to.match(/files\.example .*private/)
      .and.not.contain('10.11');
  });

  it('looks a name up once for a connection: a resolver that changes its mind is not heard', async () => {
    const said = [[PUBLIC_ADDRESS], ['127.0.0.1']];
    const lookup = () => answers(...(said.shift() ?? ['127.0.0.1']))();
    origin.answer = (_request, response) => response.end('public');
    const { outcome, content } = await origin.read(`http://rebind.example:${origin.port}/`, { world: { lookup } });
    expect([outcome, content.toString(), origin.reached, said.length]).to.deep.equal(['read', 'public', 0, 1]);
  });

  it('checks again at the next try and at each redirect: a resolver that changes its mind is refused', async () => {
    for (const status of [503, 302]) {
      origin.reset();
      const said = [[PUBLIC_ADDRESS], ['127.0.0.1']];
      const lookup = () => answers(...(said.shift() ?? ['127.0.0.1']))();
      origin.answer = (_request, response) => response.writeHead(status, { location: '/again' }).end();
      const { outcome } = await origin.read(`http://rebind.example:${origin.port}/`, { world: { lookup } });
      expect([outcome, origin.requests.length, origin.reached, said.length]).to.deep.equal([
        'SourceForbidden',
        1,
        0,
        0,
      ]);
    }
  });

  it(`${UNPARSABLE.length} spellings are no URL`, () => {
    expect(UNPARSABLE.filter((host) => URL.canParse(`http://${host}/`))).to.deep.equal([]);
  });

  it('refuses credentials in a URL, also in a redirect, and does not repeat them', async () => {
    const holding = [
      `http://user:hunter2@${PUBLIC_ADDRESS}:${origin.port}/`,
      `http://hunter2@${PUBLIC_ADDRESS}:${origin.port}/`,
    ];
    for (const uri of holding) {
      origin.reset();
      const straight = await origin.read(uri);
      expect([straight.outcome, origin.requests.length]).to.deep.equal(['SourceForbidden', 0]);
      origin.answer = (_request, response) => response.writeHead(307, { location: uri }).end();
      const redirected = await origin.read(origin.url('/'));
      expect([redirected.outcome, origin.requests.length]).to.deep.equal(['SourceForbidden', 1]);
      expect(straight.message + redirected.message).to.not.contain('hunter2');
    }
  });

  it('follows no redirect from https to http, nor to what is neither', async () => {
    const targets = [origin.url('/'), 'file:///etc/passwd', 'ftp://example.com/', 'data:,x', 'gopher://127.0.0.1/'];
    for (const location of targets) {
      origin.reset();
      origin.answer = (_request, response) => response.writeHead(301, { location }).end();
      const { outcome } = await origin.read(origin.secureUrl('/'));
      expect([outcome, origin.requests.length], location).to.deep.equal(['SourceForbidden', 1]);
    }
  });

  it('reads only from the hosts that are allowed, also after a redirect, whatever their case', async () => {
    const settings = { allowedHosts: ['files.example', '*.Cdn.example', PUBLIC_ADDRESS] };
    const port = origin.port;
    origin.answer = (request, response) =>
      request.url === '/away'
        ? response.writeHead(302, { location: `http://other.example:${port}/` }).end()
        : response.end();
    const told = async (uri: string) => (await origin.read(uri, { settings })).outcome;
    for (const host of ['files.example', 'FILES.example', 'a.cdn.example', 'a.b.CDN.example', PUBLIC_ADDRESS]) {
      expect(await told(`http://${host}:${port}/`), host).to.equal('read');
    }
    origin.reset();
    const others = [
      'cdn.example',
      'xcdn.example',
      'files.example.evil.example',
      'evilfiles.example',
      '127.0.0.1',
      '[::1]',
    ];
    for (const host of others) {
      expect(await told(`http://${host}:${port}/`), host).to.equal('SourceForbidden');
    }
    expect([origin.requests.length, origin.reached]).to.deep.equal([0, 0]);
    expect(await told(`http://files.example:${port}/away`)).to.equal('SourceForbidden');
    expect(origin.requests.length).to.equal(1);
  });

  it('an allowed host is not for that reason a public one, nor a number one of *.0.1', async () => {
    const uri = `http://files.example:${origin.port}/`;
    const world = { lookup: answers('127.0.0.1') };
    const named = await origin.read(uri, { settings: { allowedHosts: ['files.example'] }, world });
    const numbered = await origin.read(`http://127.0.0.1:${origin.port}/`, {
      settings: { allowedHosts: ['*.0.1'], allowPrivateNetworks: true },
    });
    expect([named.outcome, numbered.outcome, origin.reached]).to.deep.equal(['SourceForbidden', 'SourceForbidden', 0]);
  });

  it('reads from private networks where the pool says so; metadata services stay refused', async () => {
    const decoy = await origin.read(`http://127.0.0.1:${origin.port}/`, { settings: anything });
    expect([decoy.outcome, origin.reached > 0]).to.deep.equal(['SourceUnavailable', true]);
    for (const host of ['169.254.169.254', '[fd00:ec2::254]', '[::ffff:127.0.0.1]', '0.0.0.0']) {
      origin.reset();
      const { outcome } = await origin.read(`http://${host}:${origin.port}/`, { settings: anything });
      expect([outcome, origin.reached], host).to.deep.equal(['SourceForbidden', 0]);
    }
  });

  it('asks no proxy that the environment names', async () => {
    const proxy = `http://127.0.0.1:${origin.port}`;
    const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy', 'NODE_USE_ENV_PROXY'];
    const before = names.map((name) => process.env[name]);
    try {
      for (const name of names) process.env[name] = name.startsWith('NODE') ? '1' : proxy;
      origin.answer = (_request, response) => response.end('direct');
      for (const uri of [origin.url('/'), origin.secureUrl('/')]) {
        const { outcome, content } = await origin.read(uri);
        expect([outcome, content.toString(), origin.reached]).to.deep.equal(['read', 'direct', 0]);
      }
    } finally {
      for (const [at, name] of names.entries()) {
        if (before[at] === undefined) delete process.env[name];
        else process.env[name] = before[at];
      }
    }
  });

  it('is off unless the pool switches it on', async () => {
    const sources = await openSources({ file: { roots: [{ path: '/tmp' }] } });
    const request = { uri: new URL(origin.url('/')), maxBytes: 1, signal: AbortSignal.timeout(1000) };
    const problem = await sources
      .fetch({ ...request, target: undefined as never })
      .catch((error: Error) => error.message);
    expect(problem).to.equal('this pool reads no http: URIs, only file:');
    expect(origin.requests.length).to.equal(0);
  });
});
