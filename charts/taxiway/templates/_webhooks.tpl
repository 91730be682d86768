{{- /*
What the entries of both webhook configurations have in common. An error in a CEL expression of an
entry that fails closed refuses the pod, so none may read a map that can be absent: `?` and orValue
give a value where there is none.
*/ -}}

{{- define "taxiway.entry" -}}
admissionReviewVersions: [v1]
sideEffects: None
matchPolicy: Equivalent
{{- end }}

{{- /* Given: root, path. */ -}}
{{- define "taxiway.clientConfig" -}}
clientConfig:
  service:
    namespace: {{ .root.Release.Namespace | quote }}
    name: {{ include "taxiway.fullname" .root | quote }}
    path: {{ .path }}
    port: {{ .root.Values.service.port }}
  {{- if eq .root.Values.tls.mode "existingSecret" }}
  caBundle: {{ .root.Values.tls.caBundle | b64enc }}
  {{- end }}
{{- end }}

{{- define "taxiway.podRules" -}}
rules:
  - apiGroups: [""]
    apiVersions: [v1]
    resources: [pods]
    operations: [{{ . }}]
    scope: Namespaced
{{- end }}

{{- /* Given: root, operator: `In` for namespaces of which every pod is governed, else `NotIn`. */ -}}
{{- define "taxiway.namespaces" -}}
namespaceSelector:
  matchExpressions:
    - key: kubernetes.io/metadata.name
      operator: NotIn
      values: {{ include "taxiway.neverLookedAt" .root }}
    {{- with .root.Values.webhooks.namespaces }}
    - key: kubernetes.io/metadata.name
      operator: In
      values: {{ toJson . }}
    {{- end }}
    - key: taxiway/govern
      operator: {{ .operator }}
      values: [all]
{{- end }}

{{- /* The kubelet's own copies of static pods are never touched. */ -}}
{{- define "taxiway.notMirror" -}}
- name: not-a-mirror-pod
  expression: "!object.metadata.?annotations[?'kubernetes.io/config.mirror'].hasValue()"
{{- end }}

{{- /* Given: the object's name. Airflow made this pod: told by the values of its labels, and for
the community chart, whose labels are common ones, by a container as well. */ -}}
{{- define "taxiway.marked" -}}
{{- $label := printf "%s.metadata.?labels[?'%%s'].orValue('')" . -}}
{{- $terms := list
  (printf (print $label " == 'True'") "kubernetes_pod_operator")
  (printf (print $label " == 'True'") "kubernetes_executor")
  (printf (print $label " == 'True'") "spark_kubernetes_operator")
  (printf (print "(" $label " != '' && " $label " != '')") "spark-role" "dag_id")
  (printf (print "(" $label " == 'worker' && " $label " == 'airflow')") "component" "tier")
  (printf (print "(" $label " == 'worker' && " $label " != '' && " $label " != '' && " .
    ".spec.containers.exists(c, c.name == 'airflow-worker'))") "component" "app" "release")
  (printf (print "(" $label " == 'worker' && (" $label " == 'airflow' || " $label
    ".startsWith('airflow-')))")
    "app.kubernetes.io/component" "app.kubernetes.io/name" "helm.sh/chart")
-}}
{{ join "\n|| " $terms }}
{{- end }}

{{- /* On UPDATE a pod counts that was Airflow's before: else its marker is what one takes off. */ -}}
{{- define "taxiway.airflowMadeIt" -}}
- name: airflow-made-it
  expression: >-
    {{- include "taxiway.marked" "object" | nindent 4 }}
{{- end }}

{{- define "taxiway.airflowMadeEither" -}}
- name: airflow-made-it
  expression: >-
    {{- include "taxiway.marked" "object" | nindent 4 }}
    {{- print "|| " (include "taxiway.marked" "oldObject") | nindent 4 }}
{{- end }}

{{- define "taxiway.guardedDiffers" -}}
- name: something-guarded-differs
  expression: >-
    object.spec.?tolerations.orValue([]) != oldObject.spec.?tolerations.orValue([])
    || object.metadata.?annotations[?'iam.amazonaws.com/role'].orValue('')
    != oldObject.metadata.?annotations[?'iam.amazonaws.com/role'].orValue('')
    {{- range .Values.guard.labels }}
    || object.metadata.?labels[?'{{ . }}'].orValue('')
    != oldObject.metadata.?labels[?'{{ . }}'].orValue('')
    {{- end }}
{{- end }}

{{- /* cert-manager writes the CA of this Certificate into each entry. */ -}}
{{- define "taxiway.caInjection" -}}
{{- if eq .Values.tls.mode "cert-manager" -}}
annotations:
  cert-manager.io/inject-ca-from: {{ .Release.Namespace }}/{{ include "taxiway.fullname" . }}
{{- end }}
{{- end }}
