"""An engine that has decided pods before answers the next as one that has not.

What it keeps is found again by a pod's shape, so a part of a pod that a rule reads and the shape
leaves out would show here: as the answer to another pod.
"""

import json
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import contract
from tests.admission.asking import asked, raw, review
from tests.engine import generated
from tests.engine.given import TODAY, Json, apply, decide, engine, pod, team
from tests.engine.test_properties import EXAMPLES
from webhook.engine import Engine
from webhook.names import APPLIED

PATHS = ("/mutate", "/validate")
REQUIREMENTS = {
    "requirements": [
        {"label": "team"},
        {"label": "ticket", "pattern": "^A", "match": {"labels": {"tier": ["gold"]}}},
    ]
}
POLICY = {
    **REQUIREMENTS,
    "profiles": {"big": {"match": {"labels": {"size": ["big"]}}, "apply": {"labels": {"b": "1"}}}},
    **team(
        apply={
            "labels": {"cost-center": "C1"},
            "annotations": {"owner": "us"},
            "tolerations": [{"key": "dedicated", "operator": "Exists"}],
            "nodeSelector": {"pool": "payments"},
            "container": {"env": [{"name": "REGION", "value": "x"}]},
            "iam": {"provider": "kube2iam", "role": "payments"},
        }
    ),
}


def answers(by: Engine, body: Json, *, today: date = TODAY) -> list[bytes]:
    """What both endpoints say of a pod, and of what the patch makes of it."""
    sent = review(body)
    response = asked("/mutate", sent, by, today=today)[1]
    final = review(contract.patched(sent, response)) if "patch" in response else sent
    pairs = [(path, each) for each in (sent, final) for path in PATHS]
    return [raw(path, json.dumps(each).encode(), by, today=today).body for path, each in pairs]


@st.composite
def alike(draw: st.DrawFn) -> list[Json]:
    """Pods that differ from the first in one part each."""
    first, other = draw(generated.pod()), draw(generated.pod())
    pods = [first]
    for part in ("labels", "annotations"):
        theirs = other["metadata"].get(part) or {}
        for key, value in theirs.items():
            mine = {**(first["metadata"].get(part) or {}), key: value}
            pods.append({**first, "metadata": {**first["metadata"], part: mine}})
    for key, value in other["spec"].items():
        pods.append({**first, "spec": {**first["spec"], key: value}})
    return pods


@settings(
    max_examples=max(EXAMPLES // 2, 20),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(pods=alike(), policy=generated.policy())
def test_pods_that_are_nearly_alike_are_each_answered_as_if_they_were_the_first(
    pods: list[Json], policy: Json
) -> None:
    warm = engine(**policy)
    for body in pods:
        first = answers(warm, body)
        assert first == answers(engine(**policy), body)
        assert first == answers(warm, body)


@pytest.mark.parametrize(
    "change",
    [
        {"labels": {"team": "fraud"}},
        {"labels": {"team": None}},
        {"labels": {"cost-center": "C2"}},
        {"labels": {"size": "big"}},
        {"labels": {"size": "big", "ticket": "A1"}},
        {"labels": {"tier": "gold"}},
        {"labels": {"tier": "gold", "ticket": "A1"}},
        {"labels": {"tier": "gold", "ticket": "B1"}},
        {"annotations": {"owner": "them"}},
        {"annotations": {}},
        {"annotations": {APPLIED: "payments@0"}},
        {"annotations": {"iam.amazonaws.com/role": "fraud"}},
        {"spec": {"tolerations": [{"key": "dedicated", "operator": "Exists"}]}},
        {"spec": {"tolerations": [{"operator": "Exists"}]}},
        {"spec": {"nodeSelector": {"pool": "other"}}},
        {"spec": {"nodeName": "node-1"}},
        {"spec": {"containers": [{"name": "side"}, {"name": "base"}]}},
        {"spec": {"containers": [{"name": "base", "env": [{"name": "REGION"}]}]}},
        {"spec": {"containers": [{"name": "base", "envFrom": [{}]}]}},
    ],
    ids=str,
)
def test_what_a_rule_reads_is_part_of_the_shape(change: Json) -> None:
    warm = engine(**POLICY)
    answers(warm, pod())
    changed = pod(**change)
    assert answers(warm, changed) == answers(engine(**POLICY), changed)


def test_what_no_rule_reads_is_not_decided_again() -> None:
    by = engine(**POLICY)
    answers(by, pod(labels={"task_id": "load", "run_id": "1"}))
    shapes = by._owners._shapes
    spec = {"containers": [{"name": "base", "args": ["another"], "image": "another"}]}
    answers(by, pod(labels={"task_id": "store", "run_id": "2"}, spec=spec))
    assert by._owners._shapes == shapes > 0


def test_an_exemption_that_ends_is_not_outlived_by_what_was_kept() -> None:
    waived = {
        "name": "late",
        "match": {"namespaces": ["airflow"]},
        "waives": ["ticket"],
        "reason": "r",
        "approvedBy": "a",
        "expires": "2026-06-01",
    }
    policy = {"requirements": [{"label": "ticket"}], "exemptions": [waived], **team()}
    by, after = engine(**policy), date(2026, 6, 2)
    answers(by, pod(), today=TODAY)
    assert answers(by, pod(), today=after) == answers(engine(**policy), pod(), today=after)


def test_what_is_kept_is_bounded_however_many_shapes_there_are() -> None:
    by = engine(**POLICY)
    for number in range(3000):
        spec = {"containers": [{"name": "base", "env": [{"name": f"V{number}"}]}]}
        raw("/mutate", json.dumps(review(pod(labels={"team": None}, spec=spec))).encode(), by)
        body = pod({"dag_id": f"d{number}"}, spec=spec)
        raw("/mutate", json.dumps(review(body)).encode(), by)
    assert 0 < by._owners._shapes <= 1024
    kept = sum(len(owned.memory._placed) for owned in by._owners._owned.values())
    assert kept == by._owners._shapes


def test_a_large_pod_is_not_kept() -> None:
    by = engine(**POLICY)
    env = [{"name": f"VARIABLE_{number}"} for number in range(500)]
    answers(by, pod(spec={"containers": [{"name": "base", "env": env}]}))
    assert by._owners._shapes == 0


def test_a_patch_that_was_kept_is_the_one_that_the_engine_makes() -> None:
    by = engine(**POLICY)
    for _ in range(2):
        response = asked("/mutate", review(pod()), by)[1]
        made = contract.patched(review(pod()), response)
        assert made == apply(pod(), decide(engine(**POLICY), pod()).operations)
