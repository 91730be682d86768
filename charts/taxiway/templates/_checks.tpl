{{- /* What no schema can say: values that do not go together. */ -}}
{{- define "taxiway.checks" -}}
{{- with .Values.ports }}
{{- if eq (int .admission) (int .ops) }}
{{- fail (printf "ports.admission and ports.ops are both %d: give each a port of its own" (int .ops)) }}
{{- end }}
{{- end }}
{{- with .Values.autoscaling }}
{{- if and .enabled (gt (int .minReplicas) (int .maxReplicas)) }}
{{- fail (printf "autoscaling.minReplicas is %d, more than autoscaling.maxReplicas, %d: raise the one or lower the other" (int .minReplicas) (int .maxReplicas)) }}
{{- end }}
{{- end }}
{{- if and .Values.criticalPodsQuota.create (not .Values.priorityClassName) }}
{{- fail "criticalPodsQuota.create is for the class in priorityClassName, which is empty: set it, or turn the quota off" }}
{{- end }}
{{- include "taxiway.networkChecks" . }}
{{- include "taxiway.settingChecks" . }}
{{- end }}

{{- /* Ports and namespaces. */ -}}
{{- define "taxiway.networkChecks" -}}
{{- with .Values.service }}
{{- if eq (int .port) (int .opsPort) }}
{{- fail (printf "service.port and service.opsPort are both %d: give each a port of its own" (int .port)) }}
{{- end }}
{{- end }}
{{- if and .Values.hostNetwork (include "taxiway.lowPort" .) }}
{{- fail (printf "on the node's network nobody but root may listen on port %s: give ports.admission and ports.ops numbers from 1024" (include "taxiway.lowPort" .)) }}
{{- end }}
{{- range .Values.webhooks.namespaces }}
{{- if has . (include "taxiway.neverLookedAt" $ | fromJsonArray) }}
{{- fail (printf "webhooks.namespaces names %s, which is never looked at: take it out, there or in webhooks.excludedNamespaces" .) }}
{{- end }}
{{- end }}
{{- end }}

{{- /* What would be accepted by the API server and then never work. */ -}}
{{- define "taxiway.settingChecks" -}}
{{- with .Values.tls.certManager.issuerRef }}
{{- if not .name }}
{{- fail "tls.certManager.issuerRef has no name: set it, or leave the whole reference empty for a CA of the chart's own" }}
{{- end }}
{{- end }}
{{- $resources := default dict .Values.resources }}
{{- if and .Values.autoscaling.enabled (not (dig "requests" "cpu" "" $resources)) (not (dig "limits" "cpu" "" $resources)) }}
{{- fail "autoscaling goes by a share of resources.requests.cpu, which is not set: set it, or turn autoscaling off" }}
{{- end }}
{{- $ours := list }}
{{- range include "taxiway.env" . | fromYamlArray }}
{{- $ours = append $ours .name }}
{{- end }}
{{- range .Values.extraEnv }}
{{- if has .name $ours }}
{{- fail (printf "extraEnv names %s, which the chart sets itself: change the value that it comes from" .name) }}
{{- end }}
{{- end }}
{{- if and .Values.policy.create (not (contains "taxiway/v1" .Values.policy.content)) }}
{{- fail "policy.content holds no document of apiVersion taxiway/v1, without which no replica is ready: write one, or turn policy.create off" }}
{{- end }}
{{- end }}
