"""The `not-applied` rule: what the policy adds is missing from the final pod, by meaning."""

from typing import Any

import pytest

from tests.engine.given import REQUIRED, Json, applies, decide, engine, pod, told
from tests.engine.terms import POOL, expr, node, term

LATER = (
    "is missing from the final pod: it was not added, or another webhook took it away; "
    "run the task again, then ask who runs the cluster"
)


def missing(*parts: tuple[str, str], source: str = "team payments") -> list[Any]:
    return [("not-applied", path, f"{text} of {source} {LATER}") for path, text in parts]


CASES: list[tuple[Json, Json, list[tuple[str, str]]]] = [
    ({"labels": {"a": "b"}}, {}, [("/metadata/labels/a", "label a=b")]),
    ({"annotations": {"a": "b"}}, {}, [("/metadata/annotations/a", "annotation a=b")]),
    (
        {"tolerations": [{"key": "k", "operator": "Equal", "value": "v"}]},
        {},
        [("/spec/tolerations", "toleration k=v")],
    ),
    ({"nodeSelector": {"a": "b"}}, {}, [("/spec/nodeSelector/a", "nodeSelector a=b")]),
    (
        {"affinity": node(term(POOL, expr("gpu", "Exists")), term(expr("zone", "NotIn", "a")))},
        {},
        [
            (
                f"/spec/affinity/nodeAffinity/{REQUIRED}",
                "required node affinity pool In [ours] and gpu Exists or zone NotIn [a]",
            )
        ],
    ),
    (
        {"affinity": {"podAntiAffinity": {REQUIRED: [{"topologyKey": "zone"}]}}},
        {},
        [(f"/spec/affinity/podAntiAffinity/{REQUIRED}", "required pod anti-affinity term")],
    ),
    ({"priorityClassName": "high"}, {}, [("/spec/priorityClassName", "priorityClassName high")]),
    ({"schedulerName": "volcano"}, {}, [("/spec/schedulerName", "schedulerName volcano")]),
    ({"runtimeClassName": "gvisor"}, {}, [("/spec/runtimeClassName", "runtimeClassName gvisor")]),
    (
        {"iam": {"provider": "irsa", "serviceAccountName": "sa"}},
        {},
        [("/spec/serviceAccountName", "serviceAccountName sa")],
    ),
    (
        {"iam": {"provider": "kube2iam", "role": "r"}},
        {},
        [
            (
                "/metadata/annotations/iam.amazonaws.com~1role",
                "annotation iam.amazonaws.com/role=r",
            )
        ],
    ),
    ({"imagePullSecrets": [{"name": "s"}]}, {}, [("/spec/imagePullSecrets", "imagePullSecret s")]),
    (
        {"container": {"env": [{"name": "A", "value": "secret"}]}},
        {},
        [("/spec/containers/0/env", "env A")],
    ),
    (
        {"container": {"resources": {"requests": {"cpu": "1"}, "limits": {"cpu": "2"}}}},
        {},
        [
            ("/spec/containers/0/resources/limits/cpu", "limit cpu=2"),
            ("/spec/containers/0/resources/requests/cpu", "request cpu=1"),
        ],
    ),
]


@pytest.mark.parametrize(("apply", "spec", "parts"), CASES, ids=lambda part: str(part)[:60])
def test_each_missing_part_is_named(apply: Json, spec: Json, parts: list[Any]) -> None:
    assert told(decide(applies(**apply), pod(spec=spec), patched=False)) == missing(*parts)


def test_the_annotations_own_absence_is_none() -> None:
    assert told(decide(applies(), pod(), patched=False)) == []


def test_a_conflict_is_not_also_missing() -> None:
    by = applies(nodeSelector={"pool": "ours"})
    found = decide(by, pod(spec={"nodeSelector": {"pool": "mine"}}), patched=False)
    assert [each.rule for each in found.violations] == ["conflict"]


def test_what_the_author_may_keep_is_not_missing() -> None:
    by = applies("keep", nodeSelector={"pool": "ours"})
    assert told(decide(by, pod(spec={"nodeSelector": {"pool": "mine"}}), patched=False)) == []


def test_what_an_override_should_have_replaced_is_missing() -> None:
    by = applies("override", nodeSelector={"pool": "ours"})
    body = pod(spec={"nodeSelector": {"pool": "mine"}})
    assert told(decide(by, body, patched=False)) == missing(
        ("/spec/nodeSelector/pool", "nodeSelector pool=ours")
    )


def test_a_team_that_was_found_and_not_written_is_missing() -> None:
    by = engine(teams={"payments": {"members": {"namespaces": ["airflow"]}}})
    assert told(decide(by, pod({"team": None}), patched=False)) == missing(
        ("/metadata/labels/team", "label team=payments")
    )


def test_a_profiles_part_names_the_profile() -> None:
    by = engine(
        profiles={"spot": {"match": {"labels": {"x": "y"}}, "apply": {"labels": {"a": "b"}}}}
    )
    assert told(decide(by, pod({"x": "y"}), patched=False)) == missing(
        ("/metadata/labels/a", "label a=b"), source="profile spot"
    )


@pytest.mark.parametrize(
    ("apply", "spec"),
    [
        pytest.param(
            {"container": {"resources": {"requests": {"cpu": "1"}, "limits": {"memory": "1Gi"}}}},
            {
                "containers": [
                    {
                        "name": "base",
                        "resources": {
                            "requests": {"cpu": "1000m", "memory": "1073741824"},
                            "limits": {"memory": "1073741824"},
                        },
                    }
                ]
            },
            id="quantities in another spelling",
        ),
        pytest.param(
            {"tolerations": [{"key": "k", "operator": "Equal", "value": "v"}]},
            {"tolerations": [{"key": "k", "operator": "Exists"}]},
            id="a wider toleration",
        ),
        pytest.param(
            {"affinity": node(term(POOL), term(expr("gpu", "Exists")))},
            {"affinity": node(term(expr("x", "Exists"), POOL))},
            id="a term that holds all of one of the policy's",
        ),
        pytest.param(
            {
                "topologySpreadConstraints": [
                    {
                        "maxSkew": 1,
                        "topologyKey": "zone",
                        "whenUnsatisfiable": "ScheduleAnyway",
                        "labelSelector": {"matchLabels": {"app": "x"}},
                        "matchLabelKeys": ["dag_id"],
                    }
                ]
            },
            {
                "topologySpreadConstraints": [
                    {
                        "maxSkew": 1,
                        "topologyKey": "zone",
                        "whenUnsatisfiable": "ScheduleAnyway",
                        "nodeTaintsPolicy": "Ignore",
                        "nodeAffinityPolicy": "Honor",
                        "labelSelector": {
                            "matchLabels": {"app": "x"},
                            "matchExpressions": [expr("dag_id", "In", "daily")],
                        },
                        "matchLabelKeys": ["dag_id"],
                    }
                ]
            },
            id="defaults filled in and label keys resolved",
        ),
    ],
)
def test_what_means_the_same_is_not_missing(apply: Json, spec: Json) -> None:
    assert told(decide(applies(**apply), pod(spec=spec), patched=False)) == []
