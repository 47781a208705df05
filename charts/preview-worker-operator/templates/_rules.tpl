{{- /* Generated from scripts/manifests/rules.ts by `npm run generate`. Do not edit. */ -}}
{{- define "preview-worker-operator.poolRules" -}}
- apiGroups:
    - previews.mobius.dev
  resources:
    - previewworkerpools
  verbs:
    - get
    - list
    - watch
- apiGroups:
    - previews.mobius.dev
  resources:
    - previewworkerpools/status
  verbs:
    - patch
- apiGroups:
    - previews.mobius.dev
  resources:
    - previewworkerpools/finalizers
  verbs:
    - update
- apiGroups:
    - ""
  resources:
    - serviceaccounts
  verbs:
    - get
    - list
    - watch
    - create
    - patch
    - delete
- apiGroups:
    - ""
  resources:
    - configmaps
  verbs:
    - get
    - list
    - watch
    - create
    - patch
    - delete
- apiGroups:
    - ""
  resources:
    - services
  verbs:
    - get
    - list
    - watch
    - create
    - patch
- apiGroups:
    - apps
  resources:
    - deployments
  verbs:
    - get
    - list
    - watch
    - create
    - patch
- apiGroups:
    - autoscaling
  resources:
    - horizontalpodautoscalers
  verbs:
    - get
    - list
    - watch
    - create
    - patch
    - delete
- apiGroups:
    - keda.sh
  resources:
    - scaledobjects
  verbs:
    - get
    - list
    - watch
    - create
    - patch
    - delete
- apiGroups:
    - policy
  resources:
    - poddisruptionbudgets
  verbs:
    - get
    - list
    - watch
    - create
    - patch
- apiGroups:
    - networking.k8s.io
  resources:
    - networkpolicies
  verbs:
    - get
    - list
    - watch
    - create
    - patch
    - delete
- apiGroups:
    - monitoring.coreos.com
  resources:
    - servicemonitors
  verbs:
    - get
    - list
    - watch
    - create
    - patch
    - delete
- apiGroups:
    - monitoring.coreos.com
  resources:
    - prometheusrules
  verbs:
    - get
    - list
    - watch
    - create
    - patch
    - delete
- apiGroups:
    - apps
  resources:
    - deployments/scale
  verbs:
    - patch
- apiGroups:
    - ""
  resources:
    - pods
  verbs:
    - list
    - watch
    - patch
- apiGroups:
    - ""
  resources:
    - secrets
  verbs:
    - get
- apiGroups:
    - events.k8s.io
  resources:
    - events
  verbs:
    - create
{{- end -}}

{{- define "preview-worker-operator.ownerRules" -}}
- apiGroups:
    - apiregistration.k8s.io
  resources:
    - apiservices
  resourceNames:
    - v1beta1.external.metrics.k8s.io
    - v1beta1.metrics.k8s.io
  verbs:
    - get
{{- end -}}

{{- define "preview-worker-operator.leaseRules" -}}
- apiGroups:
    - coordination.k8s.io
  resources:
    - leases
  verbs:
    - create
- apiGroups:
    - coordination.k8s.io
  resources:
    - leases
  resourceNames:
    - {{ include "preview-worker-operator.fullname" . }}
  verbs:
    - get
    - update
{{- end -}}

{{- define "preview-worker-operator.certificateRules" -}}
- apiGroups:
    - ""
  resources:
    - secrets
  resourceNames:
    - {{ include "preview-worker-operator.fullname" . }}-metrics
  verbs:
    - get
    - update
{{- end -}}

{{- define "preview-worker-operator.metricsRules" -}}
- apiGroups:
    - ""
  resources:
    - configmaps
  resourceNames:
    - extension-apiserver-authentication
  verbs:
    - get
- apiGroups:
    - authorization.k8s.io
  resources:
    - subjectaccessreviews
  verbs:
    - create
- apiGroups:
    - apiregistration.k8s.io
  resources:
    - apiservices
  resourceNames:
{{- if include "preview-worker-operator.ownsMetricsApi" . }}
    - v1beta1.external.metrics.k8s.io
{{- end }}
{{- if include "preview-worker-operator.ownsQueueApi" . }}
    - v1alpha1.queues.previews.mobius.dev
{{- end }}
  verbs:
    - get
    - patch
{{- end -}}

{{- define "preview-worker-operator.viewRules" -}}
- apiGroups:
    - previews.mobius.dev
  resources:
    - previewworkerpools
    - previewworkerpools/status
  verbs:
    - get
    - list
    - watch
- apiGroups:
    - queues.previews.mobius.dev
  resources:
    - loads
  verbs:
    - list
- apiGroups:
    - queues.previews.mobius.dev
  resources:
    - previewworkerpools/jobs
  verbs:
    - get
{{- end -}}

{{- define "preview-worker-operator.editRules" -}}
- apiGroups:
    - previews.mobius.dev
  resources:
    - previewworkerpools
  verbs:
    - create
    - update
    - patch
    - delete
    - deletecollection
- apiGroups:
    - queues.previews.mobius.dev
  resources:
    - previewworkerpools/jobs
  verbs:
    - create
{{- end -}}

{{- define "preview-worker-operator.adminRules" -}}
- apiGroups:
    - previews.mobius.dev
  resources:
    - previewworkerpools
  verbs:
    - create
    - update
    - patch
    - delete
    - deletecollection
- apiGroups:
    - queues.previews.mobius.dev
  resources:
    - previewworkerpools/jobs
  verbs:
    - create
{{- end -}}
