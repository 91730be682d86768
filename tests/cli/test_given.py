"""The pod that a policy test is about, whichever way the test gives it."""

from pathlib import Path
from typing import Any

import pytest

from webhook.cli.given import governs_all, pods_of
from webhook.cli.subject import Refusal, Subject
from webhook.policy.load_cases import Placed, load_cases

JOBS = "system:serviceaccount:kube-system:job-controller"


def given(text: str, file: str = "t.yaml") -> Placed:
    head = "apiVersion: taxiway/v1test\ntests:\n- name: a\n  expect: {allowed: true}\n"
    (test,) = load_cases([(file, f"{head}  given: {text}\n".encode())])
    return test


def only(test: Placed) -> Subject:
    (found,) = pods_of(test)
    assert isinstance(found, Subject), found
    return found


def test_of_a_workload_the_author_s_part_and_airflow_s_make_the_pod() -> None:
    test = given(
        "{workload: kubernetes-executor, name: n, namespace: ns, dag: a dag, task: t, user: ada, "
        'labels: {team: x, kubernetes_executor: "False"}, annotations: {dag_id: other, own: "1"}, '
        "spec: {nodeName: n}}"
    )
    subject = only(test)
    assert (subject.request.namespace, subject.request.user, subject.name) == ("ns", "ada", "n")
    assert subject.raw == {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": "n",
            "labels": {
                "team": "x",
                "kubernetes_executor": "True",
                "dag_id": "adag-b7712f326",
                "task_id": "t",
            },
            "annotations": {"dag_id": "a dag", "own": "1", "task_id": "t"},
        },
        "spec": {"containers": [{"name": "base"}], "nodeName": "n"},
    }


USERS = [
    ("nobody, unless it is said", "{workload: pod-operator}", None),
    ("who is said", "{workload: job-operator, user: ada}", "ada"),
    ("a job's own controller", "{workload: job-operator}", JOBS),
    (
        "the controller of a template",
        "{user: ada, pod: {kind: Job, apiVersion: batch/v1, spec: {template: {}}}}",
        JOBS,
    ),
]


@pytest.mark.parametrize(
    ("text", "user"), [row[1:] for row in USERS], ids=[row[0] for row in USERS]
)
def test_the_user_is(text: str, user: str | None) -> None:
    assert only(given(text)).request.user == user


ALL = [
    ("an operator's pod", "{workload: pod-operator}", False),
    ("one in such a namespace", "{workload: pod-operator, governAll: true}", True),
    ("any other pod, which nothing else governs", "{workload: other}", True),
    ("a whole pod", "{pod: {}}", False),
]


@pytest.mark.parametrize(("text", "every"), [row[1:] for row in ALL], ids=[row[0] for row in ALL])
def test_the_namespace_governs_all_for(text: str, every: bool) -> None:
    assert governs_all(given(text).case.given) is every


def test_a_file_is_looked_for_beside_the_test_s_own(tmp_path: Path) -> None:
    (tmp_path / "pods").mkdir()
    (tmp_path / "pods" / "two.yaml").write_text(
        "{apiVersion: v1, kind: Pod}\n---\n{apiVersion: v1, kind: Pod}\n"
    )
    found = list(pods_of(given("{file: pods/two.yaml, namespace: n}", str(tmp_path / "t.yaml"))))
    origins: list[Any] = [each.origin for each in found if isinstance(each, Subject)]
    assert origins == [f"{tmp_path}/pods/two.yaml:{line}" for line in (1, 3)]


def test_what_is_no_pod_is_refused_where_the_test_stands() -> None:
    (found,) = pods_of(given("{pod: {kind: Pod, apiVersion: v1, spec: 1}}"))
    assert found == Refusal(
        "t.yaml:3", "the object is no Pod: Expected `object`, got `int` - at `$.spec`"
    )
