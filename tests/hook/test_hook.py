"""The hook as Airflow calls it: what it does to a V1Pod, what it raises, and what it says."""

import os
import subprocess
import sys
from copy import deepcopy

import pytest

from tests.engine.given import Json
from tests.hook.given import Hook, as_json, messages, pod_operator, v1_pod
from webhook.hook.settings import FAILURE, NAMESPACE, POLICIES, REFRESH_SECONDS

TEAM = """
apiVersion: taxiway/v1
teams:
  payments:
    members: {dags: ["payments_*"]}
    apply: {nodeSelector: {pool: payments}}
"""
STRICT = """
apiVersion: taxiway/v1
mode: %s
docs: https://wiki.example.com/pods
requirements: [{label: cost-center}]
teams: {payments: {members: {dags: ["payments_*"]}, contact: "#payments"}}
"""
DENIAL = (
    "pod load-x7k2 (dag payments_daily, task load) breaks 1 rule: [requirement] label cost-center "
    'is missing: add labels={"cost-center": "..."} to the KubernetesPodOperator. Ask #payments. '
    "See https://wiki.example.com/pods"
)


def test_the_pod_itself_is_changed_and_nothing_is_returned(hook: Hook) -> None:
    hook.write(TEAM)
    pod = v1_pod(pod_operator())
    sent = hook(pod)
    assert sent["spec"]["nodeSelector"] == {"pool": "payments"}
    assert pod.spec.node_selector == {"pool": "payments"}
    assert pod.metadata.labels["team"] == "payments"


def test_what_tasks_share_stays_as_it_was(hook: Hook) -> None:
    """A list of `default_args`, or a part of a template, is one object in many pods."""
    hook.write(
        """
apiVersion: taxiway/v1
teams:
  payments:
    members: {dags: ["payments_*"]}
    apply:
      labels: {a: b}
      tolerations: [{key: dedicated, operator: Equal, value: payments, effect: NoSchedule}]
      affinity:
        nodeAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
            nodeSelectorTerms: [{matchExpressions: [{key: pool, operator: In, values: [p]}]}]
      container: {env: [{name: A, value: b}], resources: {requests: {cpu: 250m}}}
"""
    )
    terms = [{"matchExpressions": [{"key": "zone", "operator": "In", "values": ["a"]}]}]
    required = "requiredDuringSchedulingIgnoredDuringExecution"
    pod = v1_pod(
        pod_operator(
            tolerations=[{"key": "spot", "operator": "Exists"}],
            affinity={"nodeAffinity": {required: {"nodeSelectorTerms": terms}}},
        )
    )
    shared = [pod.metadata, pod.spec, pod.spec.tolerations, pod.spec.affinity, *pod.spec.containers]
    before = deepcopy(shared)
    sent = hook(pod)
    assert shared == before
    assert len(sent["spec"]["tolerations"]) == 2
    assert sent["spec"]["containers"][0]["env"] == [{"name": "A", "value": "b"}]


def test_what_does_not_change_is_the_same_object(hook: Hook) -> None:
    hook.write(TEAM)
    pod = v1_pod(pod_operator(tolerations=[{"key": "spot", "operator": "Exists"}]))
    containers, tolerations = pod.spec.containers, pod.spec.tolerations
    hook(pod)
    assert pod.spec.containers is containers
    assert pod.spec.tolerations is tolerations


def test_a_denied_pod_is_an_error_with_the_denial_and_is_not_changed(hook: Hook) -> None:
    hook.write(STRICT % "enforce")
    pod = v1_pod(pod_operator())
    with pytest.raises(RuntimeError) as raised:  # AirflowException, where there is an Airflow
        hook(pod)
    assert str(raised.value) == DENIAL
    assert as_json(pod) == pod_operator()


def test_in_warn_the_pod_goes_and_its_log_says_what_is_wrong(
    hook: Hook, caplog: pytest.LogCaptureFixture
) -> None:
    hook.write(STRICT % "warn")
    assert "taxiway/applied" in hook(v1_pod(pod_operator()))["metadata"]["annotations"]
    assert list(messages(caplog.records)) == [
        (
            "WARNING",
            "taxiway: pod load-x7k2: [requirement] label cost-center is missing: add "
            'labels={"cost-center": "..."} to the KubernetesPodOperator',
        )
    ]


def test_in_audit_nothing_is_done_and_nothing_said(
    hook: Hook, caplog: pytest.LogCaptureFixture
) -> None:
    hook.write(STRICT % "audit")
    assert hook(v1_pod(pod_operator())) == pod_operator()
    assert list(messages(caplog.records)) == []


def build_job_request_obj(hook: Hook, pod: object) -> Json:
    """Named as the method of KubernetesJobOperator that has the pod of its Job made."""
    return hook(pod)


def test_the_template_of_a_job_is_not_taken_for_a_pod_operators(hook: Hook) -> None:
    hook.write(
        "apiVersion: taxiway/v1\nprofiles:\n"
        "  jobs: {match: {workloads: [job-operator]}, apply: {annotations: {by: job}}}\n"
        "  pods: {match: {workloads: [pod-operator]}, apply: {annotations: {by: pod}}}\n"
    )
    assert hook(v1_pod(pod_operator()))["metadata"]["annotations"]["by"] == "pod"
    of_job = build_job_request_obj(hook, v1_pod(pod_operator()))
    assert of_job["metadata"]["annotations"]["by"] == "job"


def test_pods_of_the_services_own_namespace_are_left_alone(hook: Hook) -> None:
    hook.write(TEAM)
    hook.set(NAMESPACE, "airflow")
    assert hook(v1_pod(pod_operator())) == pod_operator()


UNDECIDED = {
    "no policies are named": (
        {POLICIES: None},
        "TAXIWAY_HOOK_POLICIES is not set: give a directory of policies, or configmaps",
    ),
    "the namespace of the ConfigMaps is not": (
        {POLICIES: "configmaps"},
        "TAXIWAY_HOOK_NAMESPACE is not set: with TAXIWAY_HOOK_POLICIES=configmaps give the "
        "namespace that they stand in",
    ),
    "a time is no number": (
        {REFRESH_SECONDS: "often"},
        "TAXIWAY_HOOK_REFRESH_SECONDS is `often`: give seconds, from 1 to 3600",
    ),
    "there is no such directory": (
        {POLICIES: "/no/such"},
        "/no/such: cannot be read: No such file or directory",
    ),
}


@pytest.mark.parametrize(("said", "why"), UNDECIDED.values(), ids=UNDECIDED)
def test_what_cannot_be_decided_goes_as_it_is_with_an_error_in_the_log(
    hook: Hook, caplog: pytest.LogCaptureFixture, said: dict[str, str | None], why: str
) -> None:
    hook.write(TEAM)
    for name, value in said.items():
        hook.set(name, value)
    assert hook(v1_pod(pod_operator())) == pod_operator()
    told = f"taxiway: pod load-x7k2 is left as it is, because Taxiway cannot decide: {why}"
    assert list(messages(caplog.records)) == [("ERROR", told)]


def test_what_cannot_be_decided_fails_where_that_is_wanted(hook: Hook) -> None:
    hook.set(FAILURE, "fail")
    hook.set(POLICIES, "/no/such")
    with pytest.raises(RuntimeError) as raised:
        hook(v1_pod(pod_operator()))
    assert str(raised.value) == (
        "pod load-x7k2 is left as it is, because Taxiway cannot decide: /no/such: cannot be read: "
        "No such file or directory (TAXIWAY_HOOK_FAILURE=fail)"
    )


def test_a_word_that_is_no_failure_setting_is_said_and_taken_for_ignore(
    hook: Hook, caplog: pytest.LogCaptureFixture
) -> None:
    hook.set(FAILURE, "never")
    hook.set(POLICIES, "/no/such")
    assert hook(v1_pod(pod_operator())) == pod_operator()
    assert next(messages(caplog.records))[1] == (
        "taxiway: TAXIWAY_HOOK_FAILURE is `never`: say ignore or fail"
    )


def test_a_bug_of_ours_lets_the_pod_go_and_shows_nothing_of_it(
    hook: Hook, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ValueError("--token secret")

    hook.write(TEAM)
    monkeypatch.setattr("webhook.hook.mutation.decide", broken)
    assert hook(v1_pod(pod_operator())) == pod_operator()
    ((level, text),) = list(messages(caplog.records))
    assert (level, "secret" in text) == ("ERROR", False)
    assert "that is a bug of Taxiway, report it: ValueError in broken:" in text


def test_no_pod_that_airflow_could_send_is_let_go_with_an_error(
    hook: Hook, caplog: pytest.LogCaptureFixture
) -> None:
    hook.write(TEAM)
    pod = v1_pod(pod_operator())
    pod.spec = None
    hook(pod)
    assert [level for level, _ in messages(caplog.records)] == ["ERROR"]


def test_airflow_imports_the_hook_without_anything_of_a_server_or_of_policies() -> None:
    """Airflow does not start where its local settings cannot be imported."""
    code = (
        "import sys; from webhook.hook import pod_mutation_hook; "
        "print([name for name in sys.modules if name.split('.')[0] in "
        "('fastapi', 'uvicorn', 'yaml', 're2', 'kubernetes', 'msgspec', 'jsonpatch')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "[]\n"


ABSENT = ("fastapi", "uvicorn", "uvloop", "httptools", "prometheus_client", "typer", "rich")


def test_the_hook_needs_no_more_packages_than_its_page_names(hook: Hook) -> None:
    hook.write(TEAM)
    code = (
        "import sys\n"
        f"for name in {ABSENT}: sys.modules[name] = None\n"
        "from kubernetes.client import V1Pod, V1ObjectMeta, V1PodSpec, V1Container\n"
        "from webhook.hook import pod_mutation_hook\n"
        "labels = {'kubernetes_pod_operator': 'True', 'dag_id': 'payments_daily'}\n"
        "pod = V1Pod(api_version='v1', kind='Pod', metadata=V1ObjectMeta(name='x', labels=labels),"
        " spec=V1PodSpec(containers=[V1Container(name='base')]))\n"
        "pod_mutation_hook(pod)\n"
        "print(pod.spec.node_selector)\n"
    )
    environment = {**os.environ, POLICIES: str(hook.directory)}
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env=environment,
    )
    assert (done.stdout, done.stderr) == ("{'pool': 'payments'}\n", "")
