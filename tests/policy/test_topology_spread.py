# ruff: noqa: E501 - an expected line is one line here too
"""Topology spread constraints: what the API server would refuse."""

import pytest

from tests.policy.loading import applying, refused

# What is written, and every line that the loader then says.
REFUSED: dict[str, tuple[str, *tuple[str, ...]]] = {
    "a skew of zero": (
        "topologySpreadConstraints: [{maxSkew: 0, topologyKey: zone, whenUnsatisfiable: DoNotSchedule}]",
        "p.yaml:3:39: teams.a.apply.topologySpreadConstraints[0].maxSkew: 0 is not between 1 and 2147483647",
    ),
    "no skew, no key, no way out": (
        "topologySpreadConstraints: [{}]",
        "p.yaml:3:29: teams.a.apply.topologySpreadConstraints[0]: `maxSkew` is missing: by how many pods two zones may differ",
        "p.yaml:3:29: teams.a.apply.topologySpreadConstraints[0]: `topologyKey` is missing: the node label that makes a zone",
        "p.yaml:3:29: teams.a.apply.topologySpreadConstraints[0]: `whenUnsatisfiable` is missing: what then",
    ),
    "a key of nothing": (
        "topologySpreadConstraints: [{maxSkew: 1, topologyKey: null, whenUnsatisfiable: DoNotSchedule}]",
        "p.yaml:3:29: teams.a.apply.topologySpreadConstraints[0]: `topologyKey` is missing: the node label that makes a zone",
    ),
    "an unknown way out": (
        "topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: Schedule}]",
        "p.yaml:3:80: teams.a.apply.topologySpreadConstraints[0].whenUnsatisfiable: `Schedule` is not DoNotSchedule or ScheduleAnyway; did you mean `DoNotSchedule`?",
    ),
    "minDomains with ScheduleAnyway": (
        "topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway, minDomains: 2}]",
        "p.yaml:3:96: teams.a.apply.topologySpreadConstraints[0].minDomains: is allowed only with `DoNotSchedule`",
    ),
    "minDomains of zero": (
        "topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, minDomains: 0}]",
        "p.yaml:3:107: teams.a.apply.topologySpreadConstraints[0].minDomains: 0 is not between 1 and 2147483647",
    ),
    "an unknown node policy": (
        'topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, nodeAffinityPolicy: Honour, nodeTaintsPolicy: "no"}]',
        "p.yaml:3:115: teams.a.apply.topologySpreadConstraints[0].nodeAffinityPolicy: `Honour` is not Honor or Ignore; did you mean `Honor`?",
        "p.yaml:3:141: teams.a.apply.topologySpreadConstraints[0].nodeTaintsPolicy: `no` is not Honor or Ignore",
    ),
    "the same pair twice": (
        "topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule}, {maxSkew: 2, topologyKey: zone, whenUnsatisfiable: DoNotSchedule}]",
        "p.yaml:3:96: teams.a.apply.topologySpreadConstraints[1]: has the same topologyKey and whenUnsatisfiable as item [0]; delete one of them",
    ),
    "matchLabelKeys without a selector": (
        "topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, matchLabelKeys: [a]}]",
        "p.yaml:3:95: teams.a.apply.topologySpreadConstraints[0].matchLabelKeys: is allowed only together with labelSelector",
    ),
    "matchLabelKeys that an expression names": (
        "topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, labelSelector: {matchExpressions: [{key: a, operator: Exists}]}, matchLabelKeys: [a]}]",
        "p.yaml:3:176: teams.a.apply.topologySpreadConstraints[0].matchLabelKeys[0]: `a` is in labelSelector already; name it in one of them",
    ),
}


@pytest.mark.parametrize(
    ("text", "lines"), [(row[0], row[1:]) for row in REFUSED.values()], ids=REFUSED
)
def test_it_is_refused(text: str, lines: tuple[str, ...]) -> None:
    assert refused(applying(text)) == list(lines)
