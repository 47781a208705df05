{{/*
Every object is named by this, or by this and a suffix of at most eleven characters: a Service has 63.
*/}}
{{- define "preview-worker-operator.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- $full := contains $name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $name) -}}
{{- $full | trunc 52 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "preview-worker-operator.serviceAccountName" -}}
{{- $made := include "preview-worker-operator.fullname" . -}}
{{- default (.Values.serviceAccount.create | ternary $made "default") .Values.serviceAccount.name -}}
{{- end -}}

{{/*
The name label is never overridden: `pwp explain` finds the operator's pods by it and by the component.
*/}}
{{- define "preview-worker-operator.selectorLabels" -}}
app.kubernetes.io/name: preview-worker-operator
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/component: operator
{{- end -}}

{{/*
Of all objects.
*/}}
{{- define "preview-worker-operator.labels" -}}
{{- $own := dict
  "helm.sh/chart" (printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-")
  "app.kubernetes.io/version" (.Chart.AppVersion | toString)
  "app.kubernetes.io/managed-by" .Release.Service
  "app.kubernetes.io/part-of" "preview-worker" -}}
{{- $selected := include "preview-worker-operator.selectorLabels" . | fromYaml -}}
{{- merge $own $selected .Values.commonLabels | toYaml -}}
{{- end -}}

{{/*
Of the queue UI: no Service, budget or `pwp explain` takes its pods for the operator's.
*/}}
{{- define "preview-worker-operator.queueUiSelectorLabels" -}}
{{- $component := dict "app.kubernetes.io/component" "queue-ui" -}}
{{- merge $component (include "preview-worker-operator.selectorLabels" . | fromYaml) | toYaml -}}
{{- end -}}

{{- define "preview-worker-operator.queueUiLabels" -}}
{{- $component := dict "app.kubernetes.io/component" "queue-ui" -}}
{{- merge $component (include "preview-worker-operator.labels" . | fromYaml) | toYaml -}}
{{- end -}}

{{/*
Of pods: nothing that changes with the chart alone, or each new chart would roll the operator.
*/}}
{{- define "preview-worker-operator.podLabels" -}}
{{- $selected := include "preview-worker-operator.selectorLabels" . | fromYaml -}}
{{- merge (dict "app.kubernetes.io/part-of" "preview-worker") $selected .Values.podLabels .Values.commonLabels | toYaml -}}
{{- end -}}

{{/*
Of `image`, one of the values' images, with the root as `root`.
*/}}
{{- define "preview-worker-operator.image" -}}
{{- $tag := default .root.Chart.AppVersion .image.tag -}}
{{- .image.repository }}:{{ $tag }}{{ with .image.digest }}@{{ . }}{{ end -}}
{{- end -}}

{{/*
Not empty when the release owns that API. Each is of the whole cluster: an operator of some namespaces has no right to them.
*/}}
{{- define "preview-worker-operator.ownsMetricsApi" -}}
{{- if and .Values.externalMetrics.enabled (not .Values.watchNamespaces) -}}yes{{- end -}}
{{- end -}}

{{- define "preview-worker-operator.ownsQueueApi" -}}
{{- if and .Values.queueApi.enabled (not .Values.watchNamespaces) -}}yes{{- end -}}
{{- end -}}

{{- define "preview-worker-operator.servesApis" -}}
{{- include "preview-worker-operator.ownsMetricsApi" . }}{{ include "preview-worker-operator.ownsQueueApi" . -}}
{{- end -}}
