/** Group, kind and names as their owners have them; any content. The real ones are in the ecosystem's tests. */
const anyCrd = ({ group, version, kind, plural }: Record<'group' | 'version' | 'kind' | 'plural', string>) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${plural}.${group}` },
  spec: {
    group,
    scope: 'Namespaced',
    names: { kind, plural, singular: kind.toLowerCase() },
    versions: [
      {
        name: version,
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
});

export const MONITORING_KINDS = { ServiceMonitor: 'servicemonitors', PrometheusRule: 'prometheusrules' } as const;

export const monitoringCrd = (kind: keyof typeof MONITORING_KINDS) =>
  anyCrd({ group: 'monitoring.coreos.com', version: 'v1', kind, plural: MONITORING_KINDS[kind] });

export const kedaCrd = anyCrd({ group: 'keda.sh', version: 'v1alpha1', kind: 'ScaledObject', plural: 'scaledobjects' });
