/** The keys of a throw-away control plane: a CA for serving, one for the aggregator's front proxy, and the key that signs ServiceAccount tokens. */
import 'reflect-metadata';
import type { webcrypto } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY = 24 * 3600_000;

interface Authority {
  readonly certificate: x509.X509Certificate;
  readonly keys: webcrypto.CryptoKeyPair;
}

export interface Certificates {
  readonly ca: string;
  readonly caFile: string;
  readonly servingCertFile: string;
  readonly servingKeyFile: string;
  readonly frontProxyCaFile: string;
  readonly frontProxyCertFile: string;
  readonly frontProxyKeyFile: string;
  readonly serviceAccountKeyFile: string;
  readonly serviceAccountPublicKeyFile: string;
  /** A user's, by the authority that the API server trusts for clients. PEM. */
  clientOf(user: string, group?: string): Promise<CertifiedKey>;
  /** A server's of this address, by the authority that serves. PEM. */
  servingOf(address: string): Promise<CertifiedKey>;
}

export interface CertifiedKey {
  readonly certificate: string;
  readonly key: string;
}

export async function writeCertificates(folder: string): Promise<Certificates> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const write = async (file: string, text: string) => {
    const path = join(folder, file);
    await writeFile(path, `${text}\n`, { mode: 0o600 });
    return path;
  };
  const [cluster, frontProxy] = await Promise.all([authority('test-cluster'), authority('test-front-proxy')]);
  const [serving, proxy, signer] = await Promise.all([
    issue(cluster, 'kube-apiserver', [
      new x509.SubjectAlternativeNameExtension([
        { type: 'ip', value: '127.0.0.1' },
        { type: 'ip', value: '10.0.0.1' },
        ...['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc'].map((value) => ({
          type: 'dns' as const,
          value,
        })),
      ]),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
    ]),
    issue(frontProxy, 'front-proxy-client', [new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth])]),
    newKeys(),
  ]);
  const ca = cluster.certificate.toString('pem');
  return {
    ca,
    caFile: await write('ca.crt', ca),
    servingCertFile: await write('apiserver.crt', serving.certificate),
    servingKeyFile: await write('apiserver.key', serving.key),
    frontProxyCaFile: await write('front-proxy-ca.crt', frontProxy.certificate.toString('pem')),
    frontProxyCertFile: await write('front-proxy.crt', proxy.certificate),
    frontProxyKeyFile: await write('front-proxy.key', proxy.key),
    serviceAccountKeyFile: await write('service-account.key', await privatePem(signer)),
    serviceAccountPublicKeyFile: await write('service-account.pub', await publicPem(signer)),
    clientOf: (user, group) =>
      issue(cluster, group === undefined ? user : `${user}, O=${group}`, [
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]),
      ]),
    servingOf: (value) =>
      issue(cluster, value, [
        new x509.SubjectAlternativeNameExtension([{ type: 'ip', value }]),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      ]),
  };
}

export interface RedisCertificates {
  readonly ca: string;
  readonly clientCert: string;
  readonly clientKey: string;
  readonly caFile: string;
  readonly serverCertFile: string;
  readonly serverKeyFile: string;
  readonly clientCertFile: string;
  readonly clientKeyFile: string;
}

/** For servers on loopback that want to see a certificate of their clients. */
export async function writeRedisCertificates(folder: string): Promise<RedisCertificates> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const write = async (file: string, text: string) => {
    const path = join(folder, file);
    await writeFile(path, `${text}\n`, { mode: 0o600 });
    return path;
  };
  const redis = await authority('test-redis');
  const { serverAuth, clientAuth } = x509.ExtendedKeyUsage;
  const [server, client] = await Promise.all([
    // Servers of a cluster and Sentinels are one another's clients.
    issue(redis, 'redis', [
      new x509.SubjectAlternativeNameExtension([
        { type: 'ip', value: '127.0.0.1' },
        { type: 'dns', value: 'localhost' },
      ]),
      new x509.ExtendedKeyUsageExtension([serverAuth, clientAuth]),
    ]),
    issue(redis, 'preview-worker', [new x509.ExtendedKeyUsageExtension([clientAuth])]),
  ]);
  const ca = redis.certificate.toString('pem');
  return {
    ca,
    clientCert: client.certificate,
    clientKey: client.key,
    caFile: await write('ca.crt', ca),
    serverCertFile: await write('redis.crt', server.certificate),
    serverKeyFile: await write('redis.key', server.key),
    clientCertFile: await write('client.crt', client.certificate),
    clientKeyFile: await write('client.key', client.key),
  };
}

export interface ServiceCertificates {
  /** PEM. */
  readonly ca: string;
  /** The folder of `ca.crt`, `tls.crt` and `tls.key`, which is how a Secret of TLS is mounted. */
  readonly folder: string;
}

/** For programs on loopback that serve one another, and the cluster, under these names, and show the same certificate as clients. */
export async function writeServiceCertificates(
  folder: string,
  services: readonly string[],
): Promise<ServiceCertificates> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const signer = await authority('test-services');
  const { serverAuth, clientAuth } = x509.ExtendedKeyUsage;
  const { certificate, key } = await issue(signer, services[0] ?? 'localhost', [
    new x509.SubjectAlternativeNameExtension([
      { type: 'ip', value: '127.0.0.1' },
      ...services.map((value) => ({ type: 'dns' as const, value })),
    ]),
    new x509.ExtendedKeyUsageExtension([serverAuth, clientAuth]),
  ]);
  const ca = signer.certificate.toString('pem');
  for (const [file, text] of Object.entries({ 'ca.crt': ca, 'tls.crt': certificate, 'tls.key': key }))
    await writeFile(join(folder, file), `${text}\n`, { mode: 0o600 });
  return { ca, folder };
}

const newKeys = () => crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);

async function privatePem(keys: webcrypto.CryptoKeyPair): Promise<string> {
  return x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
}

async function publicPem(keys: webcrypto.CryptoKeyPair): Promise<string> {
  return x509.PemConverter.encode(await crypto.subtle.exportKey('spki', keys.publicKey), 'PUBLIC KEY');
}

async function authority(name: string): Promise<Authority> {
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    ...validity(),
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.digitalSignature, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate, keys };
}

async function issue(by: Authority, name: string, extensions: x509.Extension[]): Promise<CertifiedKey> {
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.create({
    subject: `CN=${name}`,
    issuer: by.certificate.subject,
    ...validity(),
    publicKey: keys.publicKey,
    signingKey: by.keys.privateKey,
    signingAlgorithm: ALGORITHM,
    extensions: [new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true), ...extensions],
  });
  return { certificate: certificate.toString('pem'), key: await privatePem(keys) };
}

const validity = () => ({ notBefore: new Date(Date.now() - DAY), notAfter: new Date(Date.now() + 30 * DAY) });
