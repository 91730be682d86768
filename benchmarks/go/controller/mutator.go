package main

import (
	"context"
	"encoding/json"
	"net/http"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"
)

type podMutator struct {
	teams   teams
	decoder admission.Decoder
}

// Handle answers with the patch that gives an executor's pod what its team says.
func (m *podMutator) Handle(_ context.Context, request admission.Request) admission.Response {
	pod := &corev1.Pod{}
	if err := m.decoder.Decode(request, pod); err != nil {
		return admission.Errored(http.StatusBadRequest, err)
	}
	if pod.Labels["kubernetes_executor"] != "True" {
		return admission.Allowed("not a pod of Airflow's")
	}
	team := m.teams.of(pod.Annotations["dag_id"], request.Namespace, request.UserInfo.Username)
	if team == nil {
		return admission.Allowed("no team")
	}
	team.place(pod)
	mutated, err := json.Marshal(pod)
	if err != nil {
		return admission.Errored(http.StatusInternalServerError, err)
	}
	return admission.PatchResponseFromRaw(request.Object.Raw, mutated)
}

// place adds what the team's policy says.
func (t *team) place(pod *corev1.Pod) {
	if pod.Annotations == nil {
		pod.Annotations = map[string]string{}
	}
	pod.Annotations["iam.amazonaws.com/role"] = t.Role
	pod.Annotations["taxiway/applied"] = t.Name
	pod.Labels["team"] = t.Name
	pod.Labels["cost-center"] = t.CostCenter
	if pod.Spec.NodeSelector == nil {
		pod.Spec.NodeSelector = map[string]string{}
	}
	pod.Spec.NodeSelector["pool"] = t.Name
	pod.Spec.Tolerations = append(pod.Spec.Tolerations, corev1.Toleration{
		Key: "dedicated", Operator: corev1.TolerationOpEqual, Value: t.Name,
		Effect: corev1.TaintEffectNoSchedule,
	})
	pod.Spec.PriorityClassName = t.PriorityClass
	pod.Spec.Priority = nil
	pod.Spec.PreemptionPolicy = nil
}
