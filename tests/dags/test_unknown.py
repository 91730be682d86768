"""What is not known before the run: tokens in pods, and whether a decision depends on one."""

from typing import Any

import pytest

from webhook.cli.dag_github import annotations
from webhook.cli.dag_unknown import Open, Unknown, opened
from webhook.cli.dag_verdict import DENIED, FAILED, UNKNOWN, Finding
from webhook.dags.legacy import translated
from webhook.dags.unknown import Ledger, cleared
from webhook.engine import Violation
from webhook.policy.load import load

POLICY = """
apiVersion: taxiway/v1
requirements:
  - label: team
  - label: owner
  - {label: data-class, mode: warn}
  - {label: ticket, match: {labels: {tier: [gold]}}}
profiles:
  spot: {match: {labels: {capacity: spot}}, apply: {priorityClassName: low}}
teams:
  payments:
    members: {namespaces: [airflow]}
    apply:
      labels: {cost-center: CC-1}
      annotations: {example.com/a: b}
      tolerations: [{key: dedicated, operator: Equal, value: payments, effect: NoSchedule}]
      nodeSelector: {pool: payments}
      iam: {provider: irsa, serviceAccountName: payments}
"""
NAMELESS = """
apiVersion: taxiway/v1
teams:
  payments: {}
"""
# Each: what is unknown, by which policy, and whether it decides (True), matters (False) or neither.
CASES: list[tuple[str, str, str, bool | None]] = [
    ("the team", "/metadata/labels/team", POLICY, True),
    ("all labels", "/metadata/labels", POLICY, True),
    ("the whole pod", "", POLICY, True),
    ("the whole pod of a policy that says nothing", "", NAMELESS, True),
    ("a label that a profile matches", "/metadata/labels/capacity", POLICY, True),
    ("a label that a requirement matches by", "/metadata/labels/tier", POLICY, True),
    ("a label that is required", "/metadata/labels/owner", POLICY, False),
    ("a label that is only warned of", "/metadata/labels/data-class", POLICY, None),
    ("a label that is applied", "/metadata/labels/cost-center", POLICY, False),
    ("a label that nobody asks for", "/metadata/labels/app", POLICY, None),
    ("the namespace", "/metadata/namespace", POLICY, True),
    ("the namespace where none is named", "/metadata/namespace", NAMELESS, None),
    ("an annotation that is applied", "/metadata/annotations/example.com~1a", POLICY, False),
    ("kube2iam's role", "/metadata/annotations/iam.amazonaws.com~1role", POLICY, False),
    ("an annotation that nobody asks for", "/metadata/annotations/example.com~1b", POLICY, None),
    ("a part of a toleration", "/spec/tolerations/0/value", POLICY, False),
    ("a toleration where no team has one", "/spec/tolerations/0/value", NAMELESS, None),
    ("a node selector", "/spec/nodeSelector/pool", POLICY, False),
    ("a part of the node affinity", "/spec/affinity/nodeAffinity/x", POLICY, False),
    ("a part of the pod affinity", "/spec/affinity/podAffinity/x", POLICY, None),
    ("the service account", "/spec/serviceAccountName", POLICY, False),
    ("the priority class", "/spec/priorityClassName", POLICY, False),
    ("the scheduler, which nobody sets", "/spec/schedulerName", POLICY, None),
    ("the image", "/spec/containers/0/image", POLICY, None),
]


@pytest.mark.parametrize(
    ("path", "policy", "decides"), [row[1:] for row in CASES], ids=[row[0] for row in CASES]
)
def test_a_decision_depends_on(path: str, policy: str, decides: bool | None) -> None:
    one = Unknown(path, "{{ ds }}")
    spec = load((("p.yaml", policy.encode()),)).spec
    assert opened(spec, [one]) == ([] if decides is None else [Open(one, decides)])


def test_tokens_become_what_they_stand_for_and_are_listed() -> None:
    ledger = Ledger()
    day, team = ledger.token("{{ ds }}"), ledger.token("{{ var.value.team }}")
    pod: dict[str, Any] = {"a/b": {"x": f"of {day}", "y": 1}, "c": ["z", team], day: None}
    assert cleared(pod, ledger.every()) == (
        {"a/b": {"x": "of {{ ds }}", "y": 1}, "c": ["z", "{{ var.value.team }}"], "{{ ds }}": None},
        [
            {"path": "/a~1b/x", "text": "of {{ ds }}"},
            {"path": "/c/1", "text": "{{ var.value.team }}"},
        ],
    )


OLD: list[tuple[str, Any, str]] = [
    ("nothing", {}, 'k8s.V1Pod(spec=k8s.V1PodSpec(containers=[k8s.V1Container(name="base")]))'),
    (
        "labels",
        {"labels": {"team": "growth"}, "annotations": {}},
        'k8s.V1Pod(metadata=k8s.V1ObjectMeta(labels={"team": "growth"}), '
        'spec=k8s.V1PodSpec(containers=[k8s.V1Container(name="base")]))',
    ),
    (
        "resources, image and nodes",
        {"image": "a:1", "request_cpu": "1", "limit_memory": "2Gi", "node_selectors": {"a": "b"}},
        'k8s.V1Pod(spec=k8s.V1PodSpec(containers=[k8s.V1Container(name="base", image="a:1", '
        'resources=k8s.V1ResourceRequirements(requests={"cpu": "1"}, limits={"memory": "2Gi"}))], '
        'node_selector={"a": "b"}))',
    ),
    ("something else", "a text", "k8s.V1Pod(...)"),
]


@pytest.mark.parametrize(("old", "new"), [row[1:] for row in OLD], ids=[row[0] for row in OLD])
def test_an_executor_config_of_1_10_is_written_today_as(old: Any, new: str) -> None:
    assert translated(old) == f'executor_config={{"pod_override": {new}}}'


AT: dict[str, Any] = {"file": "dags/a,b.py", "line": 7, "dag": "d", "task": "t"}
SAID = "::{} file=dags/a%2Cb.py,line=7,title=Taxiway%3A d.t%3A {}::{}"
LINES = [
    (
        "a denial is an error",
        Finding(**AT, result=DENIED, violations=(Violation("reserved", "50% of it:\nno"),)),
        [SAID.format("error", "reserved", "50%25 of it:%0Ano")],
    ),
    (
        "what is only warned of is a warning",
        Finding(**AT, result=DENIED, violations=(Violation("reserved", "no", None, "warn"),)),
        [SAID.format("warning", "reserved", "no")],
    ),
    (
        "what cannot be known is a warning",
        Finding(
            **AT,
            result=UNKNOWN,
            open=(Open(Unknown("/metadata/labels/a~1b", "{{ ds }}"), decides=False),),
        ),
        [
            SAID.format(
                "warning",
                "unknown",
                "metadata.labels.a/b is {{ ds }}, which cannot be known before the run",
            )
        ],
    ),
    (
        "a pod that cannot be made is an error, and a note a notice",
        Finding(**AT, result=FAILED, reason="it says why", notes=("and this",)),
        [
            SAID.format("error", "cannot be rendered", "it says why"),
            SAID.format("notice", "note", "and this"),
        ],
    ),
]


@pytest.mark.parametrize(
    ("finding", "lines"), [row[1:] for row in LINES], ids=[row[0] for row in LINES]
)
def test_an_annotation(finding: Finding, lines: list[str]) -> None:
    assert list(annotations(finding)) == lines
