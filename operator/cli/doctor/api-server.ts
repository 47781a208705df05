/** The API server itself, the kind of pools in it, and the APIs that the operator serves below it. */
import type { KubeClient } from '../../kube/client.ts';
import { KubeError, unlessNotFound } from '../../kube/errors.ts';
import { API_VERSION, KIND } from '../../pool/pool.ts';
import { QUEUE_API_SERVICE } from '../../queue-api/api.ts';
import { API_SERVICE } from '../../scaling/metrics-api.ts';
import { failed, ok, see, warning } from './finding.ts';
import { POOL_FIELDS } from './pool-fields.generated.ts';
import type { Finding } from './report.generated.ts';
import { type FieldSchema, fieldsOf } from './schema-fields.ts';
import { kindsServed } from './served.ts';

const INSTALL = 'docs/install.md says how it is installed';

export async function apiServerFinding(client: KubeClient, signal: AbortSignal): Promise<Finding> {
  const { gitVersion } = await client.get<{ gitVersion?: string }>('/version', { signal });
  return ok('api-server', `it answers, Kubernetes ${gitVersion ?? 'of an unknown version'}`);
}

export async function crdFinding(client: KubeClient, signal: AbortSignal): Promise<Finding> {
  const kinds = await kindsServed(client, API_VERSION, signal);
  if (!kinds?.includes(KIND))
    return see(
      failed(
        'crd',
        `the API server knows no ${KIND} of ${API_VERSION}`,
        `apply crds/ of the operator’s version: ${INSTALL}`,
      ),
      'the-operator-does-not-answer',
    );
  const document = await client.get<OpenApi>(`/openapi/v3/apis/${API_VERSION}`, { signal }).catch(unlessNotFound);
  const schema = Object.entries(document?.components?.schemas ?? {}).find(([name]) => name.endsWith(`.${KIND}`))?.[1];
  const spec = schema?.properties?.['spec'];
  return spec === undefined ? ok('crd', `${API_VERSION} is served`) : fieldsFinding(fieldsOf(spec), POOL_FIELDS);
}

interface OpenApi {
  readonly components?: { readonly schemas?: Readonly<Record<string, FieldSchema>> };
}

/** Helm and others leave a CRD behind that is there: what it does not know the API server drops from pools, in silence. */
export function fieldsFinding(served: readonly string[], known: readonly string[]): Finding {
  const missing = known.filter((field) => !served.includes(field));
  const [first] = missing;
  if (first === undefined) return ok('crd', `${API_VERSION} is served, with all ${known.length} fields`);
  const others = missing.length > 1 ? ` and ${missing.length - 1} more` : '';
  return see(
    warning(
      'crd',
      `the CRD is older than this program: spec.${first}${others} would be dropped from pools`,
      'kubectl apply --server-side -f crds/ of the operator’s version',
    ),
    'get-pwp-says-false',
  );
}

const SERVICES = [
  { name: QUEUE_API_SERVICE, gives: 'kubectl pwp top, jobs and retry' },
  { name: API_SERVICE, gives: 'scaling by provider ExternalMetrics' },
];

/** Of both; one that nobody installed is as it should be. */
export const apiServicesFindings = (client: KubeClient, signal: AbortSignal): Promise<Finding[]> =>
  Promise.all(
    SERVICES.map(async ({ name, gives }) => {
      const [version = '', ...group] = name.split('.');
      try {
        const kinds = await kindsServed(client, `${group.join('.')}/${version}`, signal);
        return ok('apis', kinds === undefined ? `${name} is not installed: no ${gives}` : `${name} is Available`);
      } catch (error) {
        if (!(error instanceof KubeError) || error.status === 0 || !error.isTransient) throw error;
        return see(
          failed(
            'apis',
            `${name} is not Available (${error.status}): no ${gives}, and no namespace of the cluster can be deleted`,
            `bring back who serves it, or delete it: kubectl describe apiservice ${name}`,
          ),
          'the-operator-does-not-answer',
        );
      }
    }),
  );
