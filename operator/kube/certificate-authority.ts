/**
 * Certificates of a server that signs them itself, and what is due of them. The keys of the authority and of the server lie
 * in one Secret, so that all processes serve the same. Made anew long before they end, one at a time: clients know a new
 * authority before a server shows a certificate of it.
 */
import { X509Certificate } from 'node:crypto';

const DAY = 86_400_000;
const AUTHORITY_DAYS = 730;
const SERVER_DAYS = 90;
/** Of a lifetime: then the next one is made. */
const RENEW_AT = 2 / 3;
/** Clocks differ. */
const BACKDATED_MS = 300_000;
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** All PEM, as the keys of a Secret of type `kubernetes.io/tls` and of cert-manager are called. */
export interface Certificates {
  /** Authorities that are trusted, the newest first. */
  readonly 'ca.crt': string;
  /** Of the newest. */
  readonly 'ca.key': string;
  readonly 'tls.crt': string;
  readonly 'tls.key': string;
}

export type Due = 'authority' | 'certificate';

/** What has to be made now; `undefined` for nothing. Whatever can not be read is made anew. */
export function due(
  certificates: Partial<Certificates>,
  { now, names }: { now: number; names: readonly string[] },
): Due | undefined {
  const [authority] = authorities(certificates['ca.crt']);
  if (authority === undefined || !certificates['ca.key'] || hasAged(authority, now)) return 'authority';
  const server = parsed(certificates['tls.crt'] ?? '');
  if (server === undefined || !certificates['tls.key'] || hasAged(server, now)) return 'certificate';
  if (!names.every((name) => server.checkHost(name) !== undefined)) return 'certificate';
  const isTrusted = authorities(certificates['ca.crt']).some((each) => server.verify(each.publicKey));
  return isTrusted ? undefined : 'certificate';
}

/** The same with what is due made anew. An authority that has not ended yet stays trusted. */
export async function renewed(
  certificates: Partial<Certificates>,
  what: Due,
  { now, names }: { now: number; names: readonly string[] },
): Promise<Partial<Certificates>> {
  // Rarely needed, and 20 MB of memory.
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  const lifetime = (days: number) => ({
    notBefore: new Date(now - BACKDATED_MS),
    notAfter: new Date(now + days * DAY),
  });
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const key = x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
  if (what === 'authority') {
    const authority = await x509.X509CertificateGenerator.createSelfSigned({
      name: `CN=${names[0]}-ca@${Math.floor(now / 1000)}`,
      ...lifetime(AUTHORITY_DAYS),
      keys,
      signingAlgorithm: ALGORITHM,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.digitalSignature, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    const old = authorities(certificates['ca.crt']).filter(({ validToDate }) => validToDate.getTime() > now);
    const bundle = [authority.toString('pem'), ...old.map(String)].map((pem) => `${pem.trim()}\n`).join('');
    return { ...certificates, 'ca.crt': bundle, 'ca.key': `${key}\n` };
  }
  const [authority] = authorities(certificates['ca.crt']);
  if (authority === undefined || certificates['ca.key'] === undefined)
    throw new Error('a certificate can not be signed without an authority');
  const signingKey = await crypto.subtle.importKey(
    'pkcs8',
    x509.PemConverter.decodeFirst(certificates['ca.key']),
    ALGORITHM,
    false,
    ['sign'],
  );
  const issuer = new x509.X509Certificate(authority.toString());
  const certificate = await x509.X509CertificateGenerator.create({
    subject: `CN=${names[0]}`,
    issuer: issuer.subject,
    ...lifetime(SERVER_DAYS),
    publicKey: keys.publicKey,
    signingKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(names.map((value) => ({ type: 'dns' as const, value }))),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  });
  return { ...certificates, 'tls.crt': `${certificate.toString('pem')}\n`, 'tls.key': `${key}\n` };
}

function hasAged({ validFromDate, validToDate }: X509Certificate, now: number): boolean {
  const [begin, end] = [validFromDate.getTime(), validToDate.getTime()];
  return now >= begin + (end - begin) * RENEW_AT;
}

function authorities(bundle = ''): X509Certificate[] {
  return (bundle.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).flatMap(
    (pem) => parsed(pem) ?? [],
  );
}

function parsed(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}
