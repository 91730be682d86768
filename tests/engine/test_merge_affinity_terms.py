"""Rows of the table of merges: preferred and pod affinity, and topology spread."""

from typing import Any

import pytest

from tests.engine.given import PREFERRED, REQUIRED, Json, applies, decide, operations, pod, told
from tests.engine.terms import ZONE, expr, make, term

WEIGHTED = {"weight": 5, "preference": term(ZONE)}
NEAR: Json = {"labelSelector": {"matchLabels": {"app": "x"}}, "topologyKey": "zone"}
WEIGHTED_POD = {"weight": 5, "podAffinityTerm": NEAR}
LISTS = [
    pytest.param("nodeAffinity", PREFERRED, WEIGHTED, id="preferred node affinity"),
    pytest.param("podAffinity", REQUIRED, NEAR, id="required pod affinity"),
    pytest.param("podAffinity", PREFERRED, WEIGHTED_POD, id="preferred pod affinity"),
    pytest.param("podAntiAffinity", REQUIRED, NEAR, id="required pod anti-affinity"),
    pytest.param("podAntiAffinity", PREFERRED, WEIGHTED_POD, id="preferred pod anti-affinity"),
]


@pytest.mark.parametrize(("kind", "list_", "wanted"), LISTS)
def test_the_other_terms_are_appended_unless_an_equal_one_is_there(
    kind: str, list_: str, wanted: Json
) -> None:
    path = f"/spec/affinity/{kind}/{list_}"
    last = make(f"{path}/-", wanted)
    other = {**wanted, "weight": 1} if "weight" in wanted else {**wanted, "topologyKey": "host"}
    steps = [make("/spec/affinity", {}), make(f"/spec/affinity/{kind}", {}), make(path, []), last]
    cases: list[tuple[Json, list[Json]]] = [
        ({}, steps),
        ({"affinity": None}, steps),
        ({"affinity": {}}, steps[1:]),
        ({"affinity": {kind: None}}, steps[1:]),
        ({"affinity": {kind: {}}}, steps[2:]),
        ({"affinity": {kind: {list_: None}}}, steps[2:]),
        ({"affinity": {kind: {list_: []}}}, steps[3:]),
        ({"affinity": {kind: {list_: [other]}}}, steps[3:]),
        ({"affinity": {kind: {list_: [other, wanted]}}}, []),
    ]
    by = applies(affinity={kind: {list_: [wanted]}})
    for spec, patch in cases:
        decision = decide(by, pod(spec=spec))
        assert (operations(decision), told(decision)) == (patch, [])


@pytest.mark.parametrize(
    ("there", "equal"),
    [
        pytest.param({**NEAR, "namespaces": []}, True, id="an empty list of namespaces is none"),
        pytest.param({**NEAR, "namespaceSelector": None}, True, id="a selector of null is none"),
        pytest.param({**NEAR, "namespaceSelector": {}}, False, id="a selector of {} is all"),
        pytest.param({"topologyKey": "zone"}, False, id="no selector is no pod"),
        pytest.param({**NEAR, "labelSelector": {}}, False, id="a selector of {} is every pod"),
    ],
)
def test_terms_are_compared_by_meaning(there: Json, equal: bool) -> None:
    body = pod(spec={"affinity": {"podAffinity": {REQUIRED: [there]}}})
    decision = decide(applies(affinity={"podAffinity": {REQUIRED: [NEAR]}}), body)
    assert (operations(decision) == []) == equal


@pytest.mark.parametrize(
    ("field", "operator"), [("matchLabelKeys", "In"), ("mismatchLabelKeys", "NotIn")]
)
def test_what_label_keys_generate_is_not_compared(field: str, operator: str) -> None:
    wanted = {**NEAR, field: ["dag_id"]}
    stored = {
        **wanted,
        "labelSelector": {
            **NEAR["labelSelector"],
            "matchExpressions": [expr("dag_id", operator, "daily")],
        },
    }
    body = pod(spec={"affinity": {"podAffinity": {REQUIRED: [stored]}}})
    assert operations(decide(applies(affinity={"podAffinity": {REQUIRED: [wanted]}}), body)) == []


SPREAD = {
    "maxSkew": 1,
    "topologyKey": "zone",
    "whenUnsatisfiable": "DoNotSchedule",
    "labelSelector": {"matchLabels": {"app": "x"}},
}
SPREADS = "/spec/topologySpreadConstraints"


@pytest.mark.parametrize(
    ("there", "patch", "broken"),
    [
        pytest.param({}, [make(SPREADS, []), make(f"{SPREADS}/-", SPREAD)], "", id="absent"),
        pytest.param(None, [make(SPREADS, []), make(f"{SPREADS}/-", SPREAD)], "", id="null"),
        pytest.param([], [make(f"{SPREADS}/-", SPREAD)], "", id="empty"),
        pytest.param([SPREAD], [], "", id="the same"),
        pytest.param(
            [{**SPREAD, "topologyKey": "host"}],
            [make(f"{SPREADS}/-", SPREAD)],
            "",
            id="another topologyKey",
        ),
        pytest.param(
            [{**SPREAD, "whenUnsatisfiable": "ScheduleAnyway"}],
            [make(f"{SPREADS}/-", SPREAD)],
            "",
            id="another whenUnsatisfiable",
        ),
        pytest.param(
            [
                {
                    **SPREAD,
                    "minDomains": 1,
                    "nodeAffinityPolicy": "Honor",
                    "nodeTaintsPolicy": "Ignore",
                }
            ],
            [],
            "",
            id="the same with its defaults filled in",
        ),
        pytest.param(
            [{**SPREAD, "maxSkew": 2}],
            [],
            "maxSkew 2, team payments wants 1",
            id="the same pair with other content",
        ),
        pytest.param(
            [{**SPREAD, "nodeTaintsPolicy": "Honor"}],
            [],
            "nodeTaintsPolicy Honor, team payments wants none",
            id="other than the default",
        ),
    ],
)
@pytest.mark.parametrize("on_conflict", ["deny", "keep", "override"])
def test_topology_spread(there: Any, patch: list[Json], broken: str, on_conflict: str) -> None:
    spec = {} if there == {} else {"topologySpreadConstraints": there}
    decision = decide(applies(on_conflict, topologySpreadConstraints=[SPREAD]), pod(spec=spec))
    said = (
        f"topologySpreadConstraint on zone (DoNotSchedule) has {broken}: remove it from "
        "topologySpreadConstraints in full_pod_spec= or pod_template_file= of the "
        "KubernetesPodOperator"
    )
    violations = [("conflict", f"{SPREADS}/0", said)] if broken and on_conflict != "keep" else []
    assert (operations(decision), told(decision)) == (patch, violations)
