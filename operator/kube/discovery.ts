/** How an aggregated API lists what it has, in both forms that the API server and clients ask for. */

export interface ApiGroup {
  readonly name: string;
  readonly version: string;
  readonly resources: readonly ApiResource[];
}

/** Namespaced; none of them can be created as an object, watched or deleted as a collection. */
export interface ApiResource {
  /** A subresource is written `resource/subresource`. */
  readonly name: string;
  readonly kind: string;
  readonly verbs: readonly string[];
}

/** What the API server asks for all groups at once; without it, it asks again as a user who may nothing. */
const AGGREGATED_TYPE = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

/** Of a resource that is there for its subresources only: clients of Kubernetes 1.26 do not bear its absence. */
const NO_KIND = { group: '', version: '', kind: '' };

/** By path: `/apis` for all groups, and two for each. */
export function discoveryOf(groups: readonly ApiGroup[]): Readonly<Record<string, { body: object; type?: string }>> {
  const all = {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items: groups.map((group) => ({
      metadata: { name: group.name },
      versions: [{ version: group.version, freshness: 'Current', resources: resourcesOf(group) }],
    })),
  };
  return Object.fromEntries([
    ['/apis', { body: all, type: AGGREGATED_TYPE }],
    ...groups.flatMap(({ name, version, resources }) => {
      const groupVersion = `${name}/${version}`;
      const versioned = { groupVersion, version };
      const group = { kind: 'APIGroup', apiVersion: 'v1', name, versions: [versioned], preferredVersion: versioned };
      const list = {
        ...{ kind: 'APIResourceList', apiVersion: 'v1', groupVersion },
        resources: resources.map((resource) => ({ ...resource, singularName: '', namespaced: true })),
      };
      return [
        [`/apis/${name}`, { body: group }],
        [`/apis/${groupVersion}`, { body: list }],
      ];
    }),
  ]);
}

function resourcesOf({ name: group, version, resources }: ApiGroup): object[] {
  const parents = new Set(resources.map(({ name }) => name.split('/', 1)[0] ?? ''));
  const kindOf = ({ kind }: ApiResource) => ({ group, version, kind });
  return [...parents].map((resource) => {
    const own = resources.find(({ name }) => name === resource);
    const subresources = resources
      .filter(({ name }) => name.startsWith(`${resource}/`))
      .map((one) => ({
        subresource: one.name.slice(resource.length + 1),
        responseKind: kindOf(one),
        verbs: one.verbs,
      }));
    return {
      ...{ resource, scope: 'Namespaced', singularResource: '' },
      responseKind: own ? kindOf(own) : NO_KIND,
      verbs: own?.verbs ?? [],
      ...(subresources.length > 0 ? { subresources } : {}),
    };
  });
}
