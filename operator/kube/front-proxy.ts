/**
 * Who a request that came through the API server's aggregation layer is from. Only the aggregator holds a certificate of
 * the front proxy's CA, so its word on the user counts, and nobody else's.
 */
import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { KubeClient } from './client.ts';
import type { KubeObject } from './object.ts';

/** Readable for whom the Role `extension-apiserver-authentication-reader` is bound to. */
export const AUTHENTICATION_PATH = '/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication';

export interface FrontProxy {
  /** PEM, of those who may speak for users. */
  readonly ca: string;
  /** Common names of such a certificate; empty means any. */
  readonly allowedNames: readonly string[];
  readonly usernameHeaders: readonly string[];
  readonly groupHeaders: readonly string[];
  readonly extraHeaderPrefixes: readonly string[];
}

export interface User {
  readonly username: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

/** What this cluster's API server was started with. Throws where it has no front proxy. */
export async function readFrontProxy(client: KubeClient): Promise<FrontProxy> {
  const { data = {} } = await client.get<KubeObject & { data?: Record<string, string> }>(AUTHENTICATION_PATH);
  const ca = data['requestheader-client-ca-file'];
  if (!ca)
    throw new Error(
      `${AUTHENTICATION_PATH} holds no requestheader-client-ca-file: start kube-apiserver with --requestheader-client-ca-file`,
    );
  const names = (key: string) => JSON.parse(data[`requestheader-${key}`] ?? '[]') as string[];
  return {
    ca,
    allowedNames: names('allowed-names'),
    usernameHeaders: names('username-headers'),
    groupHeaders: names('group-headers'),
    extraHeaderPrefixes: names('extra-headers-prefix'),
  };
}

/** Undefined for whoever is not the front proxy, or names no user. The socket has to have asked for a certificate of `ca`. */
export function userOf(frontProxy: FrontProxy, request: IncomingMessage): User | undefined {
  const socket = request.socket as TLSSocket;
  if (!socket.authorized) return undefined;
  const { allowedNames, usernameHeaders, groupHeaders, extraHeaderPrefixes } = frontProxy;
  const name = socket.getPeerCertificate().subject?.CN;
  if (allowedNames.length > 0 && !allowedNames.includes(String(name))) return undefined;
  // Node joins a header that comes twice with commas, which a group's name may hold too.
  const values = (header: string) => request.headersDistinct[header.toLowerCase()] ?? [];
  const username = usernameHeaders.flatMap(values)[0];
  if (!username) return undefined;
  const extra: Record<string, string[]> = {};
  for (const prefix of extraHeaderPrefixes.map((text) => text.toLowerCase()))
    for (const header of Object.keys(request.headersDistinct))
      if (header.startsWith(prefix)) extra[unescaped(header.slice(prefix.length))] = values(header);
  return { username, groups: groupHeaders.flatMap(values), extra };
}

/** Keys of `extra` are percent-encoded, since headers can not hold all that they can. */
function unescaped(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}
