{{- /* Names and labels. State that outlives a pod has fixed names, which the service knows. */ -}}

{{- define "taxiway.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- /* A Service's name begins with a letter and has no dots; a release's may be otherwise. */ -}}
{{- define "taxiway.fullname" -}}
{{- $name := include "taxiway.wantedName" . | replace "." "-" }}
{{- if not (regexMatch "^[a-z]" $name) }}
{{- fail (printf "resources would be named %s, but a Service's name begins with a letter: set fullnameOverride, or name the release otherwise" $name) }}
{{- end }}
{{- $name }}
{{- end }}

{{- define "taxiway.wantedName" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" }}
{{- else if contains (include "taxiway.name" .) .Release.Name }}
{{- .Release.Name | trunc 52 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name (include "taxiway.name" .) | trunc 52 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- /* Mutating configurations run in order of their names: this comes before the clouds' identity
webhooks (azure-wi-…, pod-identity-webhook), which read the service account that we set. */ -}}
{{- define "taxiway.configuration" -}}
airflow-{{ include "taxiway.fullname" . }}
{{- end }}

{{- define "taxiway.selectorLabels" -}}
app.kubernetes.io/name: {{ include "taxiway.name" . | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{- define "taxiway.labels" -}}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version | replace "+" "_" }}
{{ include "taxiway.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "taxiway.metadata" -}}
name: {{ include "taxiway.fullname" . | quote }}
namespace: {{ .Release.Namespace | quote }}
labels:
  {{- include "taxiway.labels" . | nindent 2 }}
{{- end }}

{{- define "taxiway.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "taxiway.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- define "taxiway.secretName" -}}
{{- default (printf "%s-tls" (include "taxiway.fullname" .)) .Values.tls.secretName }}
{{- end }}

{{- define "taxiway.image" -}}
{{- $image := .Values.image }}
{{- if $image.digest }}
{{- printf "%s@%s" $image.repository $image.digest }}
{{- else }}
{{- printf "%s:%s" $image.repository (default .Chart.AppVersion $image.tag) }}
{{- end }}
{{- end }}

{{- /* The name that the API server asks for in its TLS handshake. */ -}}
{{- define "taxiway.host" -}}
{{ include "taxiway.fullname" . }}.{{ .Release.Namespace }}.svc
{{- end }}

{{- define "taxiway.peers" -}}
{{ include "taxiway.fullname" . }}-peers
{{- end }}

{{- /* The lowest port that a container listens on, if only root may by Linux' own default. */ -}}
{{- define "taxiway.lowPort" -}}
{{- $lowest := min .Values.ports.admission .Values.ports.ops }}
{{- if lt $lowest 1024 }}{{ $lowest }}{{ end }}
{{- end }}

{{- /* The release's own namespace, and those without which a cluster could not start. */ -}}
{{- define "taxiway.neverLookedAt" -}}
{{- concat (list .Release.Namespace "kube-system" "kube-node-lease") .Values.webhooks.excludedNamespaces | uniq | toJson }}
{{- end }}

{{- define "taxiway.podSecurityContext" -}}
runAsNonRoot: true
{{- with .Values.runAsUser }}
runAsUser: {{ . }}
runAsGroup: {{ . }}
fsGroup: {{ . }}
{{- end }}
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "taxiway.containerSecurityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}
