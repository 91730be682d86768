"""What of a policy set no test touches."""

import pytest

from tests.engine.given import Json, pod
from tests.engine.test_lines import explained
from tests.policy.loading import document
from webhook.cli.coverage import Part, coverage
from webhook.cli.places import placed
from webhook.engine import Engine
from webhook.engine.explanation import Explanation
from webhook.policy.compile import compile_policy

POLICY = document("""\
requirements:
- {label: team}
- {label: tier, match: {namespaces: [prod]}}
- {label: tier, match: {namespaces: [airflow]}}
profiles:
  spot: {match: {labels: {a: b}}, apply: {labels: {c: d}}}
teams:
  payments: {}
  web: {}
exemptions:
- {name: e, match: {}, waives: [tier], reason: r, approvedBy: x, expires: 2026-12-31}
- {name: f, match: {}, waives: [conflict], reason: r, approvedBy: x, expires: 2026-12-31}
""")
ALL = {
    "team payments": "p.yaml:9",
    "team web": "p.yaml:10",
    "profile spot": "p.yaml:7",
    "requirement team": "p.yaml:3",
    "requirement tier in prod": "p.yaml:4",
    "requirement tier in airflow": "p.yaml:5",
    "exemption e": "p.yaml:12",
    "exemption f": "p.yaml:13",
}
TOUCHED = [
    ("no pod", [], []),
    (
        "a pod without a team",
        [pod({"team": None})],
        ["requirement team", "requirement tier in airflow", "exemption e"],
    ),
    (
        "a pod that needs no exemption",
        [pod({"tier": "x"})],
        ["team payments", "requirement team", "requirement tier in airflow"],
    ),
    (
        "two pods together",
        [pod({"tier": "x", "a": "b"}), pod({"tier": "x", "team": "web"})],
        [
            "team payments",
            "team web",
            "profile spot",
            "requirement team",
            "requirement tier in airflow",
        ],
    ),
]


@pytest.mark.parametrize(
    ("pods", "touched"), [row[1:] for row in TOUCHED], ids=[row[0] for row in TOUCHED]
)
def test_is_touched_by(pods: list[Json], touched: list[str]) -> None:
    spec, places = placed((("p.yaml", POLICY.encode()),))
    by = Engine(compile_policy(spec))
    found = coverage(spec, places, [explained(by, each) for each in pods])
    left = {place for part, place in ALL.items() if part not in touched}
    assert {part.where for part in found.untouched} == left
    assert found.percent == 100 * len(touched) / len(ALL)


def test_an_exemption_that_has_ended_is_touched_where_it_would_have_waived() -> None:
    text = document("""\
requirements: [{label: tier}]
exemptions:
- {name: e, match: {}, waives: [tier], reason: r, approvedBy: x, expires: 2026-01-31}
""")
    spec, places = placed((("p.yaml", text.encode()),))
    found = coverage(spec, places, [explained(Engine(compile_policy(spec)), pod({"team": None}))])
    assert found.untouched == ()


def test_of_a_policy_without_parts_all_is_touched() -> None:
    spec, places = placed((("p.yaml", document("mode: warn").encode()),))
    tested: list[Explanation] = []
    assert coverage(spec, places, tested).percent == 100


def test_what_is_left_is_named_with_its_place() -> None:
    spec, places = placed((("p.yaml", document("teams: {a: {}}\n").encode()),))
    assert coverage(spec, places, []).untouched == (Part("team", "a", "p.yaml:2"),)
