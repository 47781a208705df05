/** Templates of the chart that have their one source elsewhere: the CRD and the rules of roles. */
import { stringify } from 'yaml';
import { QUEUE_API_SERVICE } from '../../operator/queue-api/api.ts';
import { POOL_RULES, type Rule } from '../../operator/reconcile/rights.ts';
import { API_SERVICE } from '../../operator/scaling/metrics-api.ts';
import { OPERATOR } from '../manifests/operator.ts';
import { CERTIFICATE_RULES, LEASE_RULES, METRICS_RULES, OWNER_RULES, PEOPLE_RULES } from '../manifests/rules.ts';

const FULLNAME = `{{ include "${OPERATOR}.fullname" . }}`;

/** The CRD with the release's labels, if the values want it. */
export function crdTemplate(crd: string): string {
  const name = /^metadata:\n(?: {2}name: \S+\n)/m;
  // Braces of our own would be read as an action.
  const literal = crd.replaceAll('{{', '{{ "{{" }}');
  if (!name.test(literal)) throw new Error('the CRD’s metadata does not begin with its name alone');
  const labelled = literal.replace(
    name,
    (text) => `${text}  labels:
    {{- include "${OPERATOR}.labels" . | nindent 4 }}
  {{- if .Values.crds.keep }}
  annotations:
    helm.sh/resource-policy: keep
  {{- end }}
`,
  );
  return `{{- /* A copy of crds/previewworkerpools.yaml, made by \`npm run generate\`. Do not edit. */ -}}
{{- if .Values.crds.enabled }}
${labelled}{{- end }}
`;
}

/** Where another has one of the two APIs, its APIService is not ours to patch. */
function ownedOnly(rules: string): string {
  const owners = { [API_SERVICE]: 'ownsMetricsApi', [QUEUE_API_SERVICE]: 'ownsQueueApi' };
  return Object.entries(owners).reduce((text, [name, owner]) => {
    const line = new RegExp(`^ *- ${name}$`, 'm');
    if (!line.test(text)) throw new Error(`the rules of the aggregated APIs do not name ${name}`);
    return text.replace(line, (found) => `{{- if include "${OPERATOR}.${owner}" . }}\n${found}\n{{- end }}`);
  }, rules);
}

/** Each list of rules as a named template; what it names by the operator's name is named by the release's. */
export function rulesTemplate(): string {
  const rules: Readonly<Record<string, readonly Rule[]>> = {
    pool: POOL_RULES,
    owner: OWNER_RULES,
    lease: LEASE_RULES,
    certificate: CERTIFICATE_RULES,
    metrics: METRICS_RULES,
    ...PEOPLE_RULES,
  };
  const templates = Object.entries(rules).map(([name, list]) => {
    const text = stringify(list, { lineWidth: 0, aliasDuplicateObjects: false })
      .replaceAll(OPERATOR, FULLNAME)
      .trimEnd();
    return `{{- define "${OPERATOR}.${name}Rules" -}}
${list === METRICS_RULES ? ownedOnly(text) : text}
{{- end -}}
`;
  });
  return `{{- /* Generated from scripts/manifests/rules.ts by \`npm run generate\`. Do not edit. */ -}}\n${templates.join('\n')}`;
}
