/** Rights as words, `verb group/resource`, of roles and of requests: to compare what is granted with what is used. */
import type { Rule } from '../../operator/reconcile/rights.ts';
import type { RecordedRequest } from '../faults/proxy.ts';

interface Document {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly rules?: readonly Rule[];
  readonly roleRef?: { readonly kind: string; readonly name: string };
  readonly subjects?: readonly { readonly kind: string; readonly name: string }[];
}

/** All that the bindings among `documents` give to a ServiceAccount. */
export function granted(documents: readonly Document[], account: string): Set<string> {
  const bound = documents
    .filter(({ subjects }) => subjects?.some(({ kind, name }) => kind === 'ServiceAccount' && name === account))
    .flatMap(({ roleRef }) =>
      documents.filter(({ kind, metadata }) => kind === roleRef?.kind && metadata.name === roleRef.name),
    );
  return new Set(
    bound.flatMap(({ rules = [] }) =>
      rules.flatMap(({ apiGroups, resources, verbs }) =>
        apiGroups.flatMap((group) =>
          resources.flatMap((resource) => verbs.map((verb) => right(verb, group, resource))),
        ),
      ),
    ),
  );
}

/** What the API server asked its authorizer for `request`; nothing for discovery, which everybody may read. */
export function used({ method, path, watch, code }: RecordedRequest): string[] {
  const parts = (path.split('?')[0] ?? '').split('/').filter(Boolean);
  const [group = '', rest] = parts[0] === 'api' ? ['', parts.slice(2)] : [parts[1] ?? '', parts.slice(3)];
  const [plural, name, subresource] = rest[0] === 'namespaces' && rest.length > 2 ? rest.slice(2) : rest;
  if (plural === undefined) return [];
  const resource = subresource ? `${plural}/${subresource}` : plural;
  if (method === 'GET') return [right(name ? 'get' : watch ? 'watch' : 'list', group, resource)];
  const verb = { POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' }[method] ?? method;
  // A server-side apply of what is not there is asked for both.
  return [...(method === 'PATCH' && code === 201 ? ['create'] : []), verb].map((one) => right(one, group, resource));
}

const right = (verb: string, group: string, resource: string): string => `${verb} ${group}/${resource}`;
