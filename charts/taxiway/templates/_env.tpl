{{- /* The settings of `taxiway serve`, each by its variable. */ -}}
{{- define "taxiway.env" -}}
- name: POD_NAME
  valueFrom: {fieldRef: {fieldPath: metadata.name}}
- name: TAXIWAY_NAMESPACE
  valueFrom: {fieldRef: {fieldPath: metadata.namespace}}
- {name: TAXIWAY_POLICIES, value: configmaps}
- {name: TAXIWAY_PORT, value: {{ .Values.ports.admission | quote }}}
- {name: TAXIWAY_OPS_PORT, value: {{ .Values.ports.ops | quote }}}
- {name: TAXIWAY_DRAIN_SECONDS, value: {{ .Values.drainSeconds | quote }}}
- {name: TAXIWAY_SHADOW_SHARE, value: {{ .Values.shadowShare | quote }}}
- {name: TAXIWAY_GUARD_LABELS, value: {{ join "," .Values.guard.labels | quote }}}
- {name: TAXIWAY_GOVERN_USERS, value: {{ join "\n" .Values.govern.users | quote }}}
- {name: TAXIWAY_GOVERN_GROUPS, value: {{ join "\n" .Values.govern.groups | quote }}}
{{- with .Values.govern.contact }}
- {name: TAXIWAY_GOVERN_CONTACT, value: {{ quote . }}}
{{- end }}
{{- if .Values.logIgnored }}
- {name: TAXIWAY_LOG_IGNORED, value: "true"}
{{- end }}
{{- if eq .Values.tls.mode "managed" }}
- {name: TAXIWAY_TLS, value: managed}
- {name: TAXIWAY_TLS_SECRET, value: {{ include "taxiway.secretName" . | quote }}}
- {name: TAXIWAY_TLS_HOST, value: {{ include "taxiway.host" . }}}
- {name: TAXIWAY_TLS_PEERS, value: {{ include "taxiway.peers" . }}.{{ .Release.Namespace }}.svc}
- {name: TAXIWAY_TLS_DIR, value: /run/taxiway/tls}
- {name: TAXIWAY_TLS_CONFIGURATION, value: {{ include "taxiway.configuration" . }}}
{{- else }}
- {name: TAXIWAY_TLS_CERT, value: /etc/taxiway/tls/tls.crt}
- {name: TAXIWAY_TLS_KEY, value: /etc/taxiway/tls/tls.key}
{{- end }}
{{- end }}
