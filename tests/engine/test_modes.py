"""How hard a rule is: modes, stages, and exemptions from it."""

from datetime import date
from typing import Any

import pytest

from tests.engine.given import TODAY, Json, decide, engine, pod, request
from webhook.engine import Decision

REQUIRE: Json = {"label": "owner"}
STAGES: list[Json] = [
    {"namespaces": ["dev-*"], "mode": "audit"},
    {"namespaces": ["soft", "dev-x"], "mode": "warn"},
    {"namespaces": ["hard"], "mode": "enforce"},
]


@pytest.mark.parametrize(
    ("top", "required", "namespace", "pods", "rules"),
    [
        pytest.param("enforce", None, "airflow", "enforce", "enforce", id="nothing softens"),
        pytest.param("enforce", None, "soft", "warn", "warn", id="a stage softens its namespaces"),
        pytest.param("enforce", None, "dev-1", "audit", "audit", id="by a glob"),
        pytest.param("enforce", None, "dev-x", "audit", "audit", id="of two stages the softest"),
        pytest.param("warn", None, "hard", "warn", "warn", id="a stage does not harden"),
        pytest.param("audit", None, "soft", "audit", "audit", id="the set's own may be softer"),
        pytest.param(
            "enforce", "warn", "airflow", "enforce", "warn", id="a requirement softens itself alone"
        ),
        pytest.param("enforce", "audit", "soft", "warn", "audit", id="the softest of all three"),
        pytest.param("warn", "enforce", "airflow", "warn", "warn", id="nor does it harden"),
    ],
)
def test_the_mode_in_force_is_the_softest(
    top: str, required: str | None, namespace: str, pods: str, rules: str
) -> None:
    requirement = REQUIRE if required is None else {**REQUIRE, "mode": required}
    by = engine(mode=top, stages=STAGES, requirements=[requirement], teams={"payments": {}})
    decision = decide(by, pod(spec={"nodeName": "n1"}), namespace=namespace)
    assert decision.mode == pods
    assert [(each.rule, each.mode) for each in decision.violations] == [
        ("requirement", rules),
        ("reserved", pods),
    ]


def test_in_audit_the_annotation_is_not_part_of_the_patch() -> None:
    by = engine(mode="audit", teams={"payments": {"apply": {"labels": {"tier": "gold"}}}})
    assert [each.path for each in decide(by, pod()).operations] == ["/metadata/labels/tier"]


ENDS = date(2026, 7, 1)


def exempted(today: date, waives: list[str], match: Json, **asked: Any) -> tuple[Any, Any]:
    by = engine(
        requirements=[REQUIRE, {"label": "class"}],
        teams={"payments": {"members": {"namespaces": ["prod"]}}},
        exemptions=[
            {
                "name": "backfill",
                "match": match,
                "waives": waives,
                "reason": "INC-1, being rewritten",
                "approvedBy": "sre-leads",
                "expires": ENDS.isoformat(),
            }
        ],
    )
    decision = decide(by, pod(), today=today, **asked)
    places = [(each.rule, (each.path or "").rpartition("/")[2]) for each in decision.violations]
    return places, decision.warnings


ALL = [("requirement", "class"), ("requirement", "owner"), ("membership", "team")]
DAILY = {"dags": ["daily"]}
ENDING = (
    "exemption backfill ends on 2026-07-01 (INC-1, being rewritten): afterwards owner will be "
    "required again; mend the pod or ask sre-leads",
)


@pytest.mark.parametrize(
    ("today", "left", "warnings"),
    [
        pytest.param(date(2026, 6, 16), ALL[::2], (), id="15 days before its end it is silent"),
        pytest.param(date(2026, 6, 17), ALL[::2], ENDING, id="from 14 days before it warns"),
        pytest.param(ENDS, ALL[::2], ENDING, id="it holds until the end of its date"),
        pytest.param(date(2026, 7, 2), ALL, (), id="the day after everything holds again"),
    ],
)
def test_an_exemption_holds_until_the_end_of_its_date(
    today: date, left: list[Any], warnings: tuple[str, ...]
) -> None:
    assert exempted(today, ["owner"], DAILY) == (left, warnings)


@pytest.mark.parametrize(
    ("waives", "left"),
    [
        (["owner"], [ALL[0], ALL[2]]),
        (["owner", "class"], ALL[2:]),
        (["requirement"], ALL[2:]),
        (["membership"], ALL[:2]),
        (["reserved"], ALL),
        (["requirement", "membership"], []),
    ],
    ids=str,
)
def test_an_exemption_waives_labels_and_rules_by_name(waives: list[str], left: list[Any]) -> None:
    assert exempted(date(2026, 1, 1), waives, DAILY) == (left, ())


@pytest.mark.parametrize(
    ("match", "asked", "left"),
    [
        ({"dags": ["weekly"]}, {}, ALL),
        ({"namespaces": ["airflow"], "dags": ["d*"]}, {}, []),
        ({"namespaces": ["prod"], "dags": ["d*"]}, {}, ALL),
        ({"teams": ["payments"]}, {}, []),
        ({"workloads": ["spark"]}, {}, ALL),
        ({"users": ["system:serviceaccount:airflow:*"]}, {}, []),
        ({"users": ["*"]}, {"user": None}, ALL),
    ],
    ids=str,
)
def test_an_exemption_is_for_the_pods_that_it_matches(
    match: Json, asked: Json, left: list[Any]
) -> None:
    found, _ = exempted(date(2026, 1, 1), ["requirement", "membership"], match, **asked)
    assert found == left


def test_an_exemption_that_ends_and_waives_nothing_does_not_warn() -> None:
    assert exempted(ENDS, ["reserved"], DAILY) == (ALL, ())


def test_a_pod_that_is_not_governed_is_decided_to_be_nothing() -> None:
    by = engine(mode="enforce", teams={"payments": {}})
    assert by.review(request(pod()), None, TODAY) == Decision(revision=by.revision)
    assert Decision() == Decision(operations=(), violations=(), warnings=())
