/** Templates of the chart that have their one source elsewhere: the CRD and the rules of roles. */
import { stringify } from 'yaml';
import { OPERATOR } from '../manifests/operator.ts';
import {
  CERTIFICATE_RULES,
  LEASE_RULES,
  METRICS_RULES,
  OWNER_RULES,
  PEOPLE_RULES,
  POOL_RULES,
  type Rule,
} from '../manifests/rules.ts';

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
  const templates = Object.entries(rules).map(
    ([name, list]) => `{{- define "${OPERATOR}.${name}Rules" -}}
${stringify(list, { lineWidth: 0, aliasDuplicateObjects: false }).replaceAll(OPERATOR, FULLNAME).trimEnd()}
{{- end -}}
`,
  );
  return `{{- /* Generated from scripts/manifests/rules.ts by \`npm run generate\`. Do not edit. */ -}}\n${templates.join('\n')}`;
}
