# ruff: noqa: E501 - an expected line is one line here too
"""What only the whole set can tell is wrong."""

import pytest

from tests.policy.loading import document, refused

# What is written, and every line that the loader then says.
REFUSED: dict[str, tuple[str, *tuple[str, ...]]] = {
    "apply sets the team label": (
        "teams: {a: {apply: {labels: {team: a}}}}\n",
        "p.yaml:2:30: teams.a.apply.labels.team: is the team label, which Taxiway writes itself; delete it",
    ),
    "apply sets the team label, whatever it is called": (
        "labels: {team: owner}\nprofiles: {p: {match: {}, apply: {labels: {owner: a}}}}\n",
        "p.yaml:3:44: profiles.p.apply.labels.owner: is the team label, which Taxiway writes itself; delete it",
    ),
    "a profile matches a label that another applies": (
        "profiles:\n  a: {match: {}, apply: {labels: {tier: x}}}\n  b: {match: {labels: {tier: x}}, apply: {}}\n",
        "p.yaml:4:24: profiles.b.match.labels.tier: is a label that profile `a` applies; match another label",
    ),
    "a profile matches the label that azure's identity applies": (
        "profiles:\n  a: {match: {}, apply: {iam: {provider: azure, serviceAccountName: x}}}\n  b: {match: {labels: {azure.workload.identity/use: 'true'}}, apply: {}}\n",
        'p.yaml:4:24: profiles.b.match.labels["azure.workload.identity/use"]: is a label that profile `a` applies; match another label',
    ),
    "the team label from cost centers": (
        "requirements: [{label: team, from: team.costCenters}]\n",
        "p.yaml:2:30: requirements[0].from: has no meaning for the team label; delete it",
    ),
    "match names a team that is misspelt": (
        "teams: {payments: }\nrequirements: [{label: a, match: {teams: [paymets]}}]\n",
        "p.yaml:3:43: requirements[0].match.teams[0]: there is no team `paymets`; did you mean `payments`?",
    ),
    "match names a team that nothing is near": (
        "requirements: [{label: a, match: {teams: [zebra]}}]\n",
        "p.yaml:2:43: requirements[0].match.teams[0]: there is no team `zebra`; add the team, or correct the name",
    ),
    "an exemption waives what is misspelt": (
        "requirements: [{label: cost-center}]\nexemptions: [{name: x, match: {}, waives: [cost-centre, membershp], reason: r, approvedBy: me, expires: 2026-12-31}]\n",
        "p.yaml:3:44: exemptions[0].waives[0]: `cost-centre` is no rule, and no requirement names it as a label; did you mean `cost-center`?",
        "p.yaml:3:57: exemptions[0].waives[1]: `membershp` is no rule, and no requirement names it as a label; did you mean `membership`?",
    ),
    "an exemption waives what is misspelt, until a day that is none": (
        "exemptions: [{name: x, match: {teams: [zebra]}, waives: [reservd], reason: r, approvedBy: me, expires: never}]\n",
        "p.yaml:2:40: exemptions[0].match.teams[0]: there is no team `zebra`; add the team, or correct the name",
        "p.yaml:2:58: exemptions[0].waives[0]: `reservd` is no rule, and no requirement names it as a label; did you mean `reserved`?",
        "p.yaml:2:104: exemptions[0].expires: `never` is no date; write one such as 2026-12-31",
    ),
    "an exemption twice, the second without a reason": (
        "exemptions: [{name: x, match: {}, waives: [team], reason: r, approvedBy: me, expires: 2026-12-31}, {name: x, match: {}, waives: [team], approvedBy: me, expires: 2026-12-31}]\n",
        "p.yaml:2:100: exemptions[1]: `reason` is missing: why",
        "p.yaml:2:100: exemptions[1]: exemption `x` is in p.yaml:2 already; rename one, or join them",
    ),
    "a profile for a team that is misspelt, which sets the team label beside a mistake": (
        "profiles: {p: {match: {teams: [zebra]}, apply: {labels: {team: a}, schedulerName: A B, colour: red}}}\n",
        "p.yaml:2:32: profiles.p.match.teams[0]: there is no team `zebra`; add the team, or correct the name",
        "p.yaml:2:58: profiles.p.apply.labels.team: is the team label, which Taxiway writes itself; delete it",
        "p.yaml:2:83: profiles.p.apply.schedulerName: `A B` is no name of an object: at most 253 small letters, digits and `-`, beginning and ending with a letter or digit; `.` between",
        "p.yaml:2:88: profiles.p.apply.colour: unknown key; there is affinity, annotations, container, iam, imagePullSecrets, labels, nodeSelector, onConflict, priorityClassName, runtimeClassName, schedulerName, tolerations, topologySpreadConstraints",
    ),
    "an exemption waives a label that nothing requires": (
        "exemptions: [{name: x, match: {}, waives: [zebra], reason: r, approvedBy: me, expires: 2026-12-31}]\n",
        "p.yaml:2:44: exemptions[0].waives[0]: `zebra` is no rule, and no requirement names it as a label; there is conflict, membership, not-applied, requirement, reserved, team",
    ),
}


@pytest.mark.parametrize(
    ("text", "lines"), [(row[0], row[1:]) for row in REFUSED.values()], ids=REFUSED
)
def test_it_is_refused(text: str, lines: tuple[str, ...]) -> None:
    assert refused(document(text)) == list(lines)
