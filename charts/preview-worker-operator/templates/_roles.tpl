{{/*
What a binding binds: the kind and name of the role, with the root as `root`.
*/}}
{{- define "preview-worker-operator.binding" -}}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: {{ .kind }}
  name: {{ .name }}
subjects:
  - kind: ServiceAccount
    name: {{ include "preview-worker-operator.serviceAccountName" .root }}
    namespace: {{ .root.Release.Namespace | quote }}
{{- end -}}
