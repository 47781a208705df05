import { X509Certificate } from 'node:crypto';
import { expect } from 'chai';
import { type Certificates, due, renewed } from '../../../operator/kube/certificate-authority.ts';

const DAY = 86_400_000;
const names = ['metrics.previews.svc'];
const begin = Date.UTC(2026, 0, 1);

async function fresh(now: number): Promise<Certificates> {
  let certificates: Partial<Certificates> = {};
  for (let what = due(certificates, { now, names }); what; what = due(certificates, { now, names }))
    certificates = await renewed(certificates, what, { now, names });
  return certificates as Certificates;
}

const bundle = (certificates: Partial<Certificates>) =>
  (certificates['ca.crt'] ?? '')
    .match(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----/g)
    ?.map((pem) => new X509Certificate(pem)) ?? [];

describe('the certificates of a server that signs them itself', () => {
  it('are an authority first, then a certificate of it for the names that the server has', async () => {
    expect(due({}, { now: begin, names })).to.equal('authority');
    const made = await fresh(begin);
    const server = new X509Certificate(made['tls.crt']);
    expect([server.checkHost('metrics.previews.svc'), server.checkHost('other.previews.svc')]).to.deep.equal([
      names[0],
      undefined,
    ]);
    const [authority] = bundle(made);
    expect(authority && server.checkIssued(authority) && server.verify(authority.publicKey)).to.equal(true);
    expect([authority?.ca, server.ca]).to.deep.equal([true, false]);
  });

  it('over four years no client meets one that ended, or one of an authority that it did not know before', async () => {
    let held = await fresh(begin);
    let trusted = bundle(held);
    const made = { authority: 0, certificate: 0 };
    for (let now = begin; now < begin + 4 * 365 * DAY; now += 7 * DAY) {
      const what = due(held, { now, names });
      if (what) {
        made[what] += 1;
        held = (await renewed(held, what, { now, names })) as Certificates;
      }
      const server = new X509Certificate(held['tls.crt']);
      expect(server.validToDate.getTime(), 'ends').to.be.greaterThan(now + 7 * DAY);
      // What clients learned before this step.
      const signer = trusted.find((authority) => server.verify(authority.publicKey));
      expect(signer?.validToDate.getTime(), 'authority').to.be.greaterThan(now + 7 * DAY);
      trusted = bundle(held);
      expect(trusted.length, 'authorities').to.be.within(1, 2);
    }
    expect(made.authority, 'authorities').to.be.within(2, 4);
    expect(made.certificate, 'certificates').to.be.within(20, 30);
  });

  it('are made anew when they can not be read, are of another authority or for other names', async () => {
    const [one, other] = [await fresh(begin), await fresh(begin)];
    const now = begin;
    expect(due({ ...one, 'ca.crt': 'nonsense' }, { now, names })).to.equal('authority');
    expect(due({ ...one, 'ca.key': '' }, { now, names })).to.equal('authority');
    expect(due({ ...one, 'tls.crt': 'nonsense' }, { now, names })).to.equal('certificate');
    expect(due({ ...one, 'tls.crt': other['tls.crt'] }, { now, names })).to.equal('certificate');
    expect(due(one, { now, names: ['elsewhere.previews.svc'] })).to.equal('certificate');
    expect(due(one, { now, names })).to.equal(undefined);
  });
});
