# ruff: noqa: E501 - an expected line is one line here too
"""Every key of a policy document: what it may hold."""

import pytest

from tests.policy.loading import document, refused

# What is written, and every line that the loader then says.
REFUSED: dict[str, tuple[str, *tuple[str, ...]]] = {
    "an unknown key": (
        "team: {}\n",
        "p.yaml:2:1: team: unknown key; did you mean `teams`?",
    ),
    "an unknown key that nothing is near": (
        "xyz: 1\n",
        "p.yaml:2:1: xyz: unknown key; there is apiVersion, clusterDefaults, controllers, docs, exemptions, labels, mode, profiles, requirements, stages, teams",
    ),
    "a kind": (
        "kind: Policy\n",
        "p.yaml:2:1: kind: unknown key; there is apiVersion, clusterDefaults, controllers, docs, exemptions, labels, mode, profiles, requirements, stages, teams",
    ),
    "a mode that is misspelt": (
        "mode: enfroce\n",
        "p.yaml:2:7: mode: `enfroce` is not enforce, warn or audit; did you mean `enforce`?",
    ),
    "a section that is empty": (
        "teams:\n",
        "p.yaml:2:7: teams: is empty; give it a value or delete the key",
    ),
    "a list for a mapping": (
        "teams: []\n",
        "p.yaml:2:8: teams: must be a mapping, not a list",
    ),
    "a mapping for a list": (
        "requirements: {label: team}\n",
        "p.yaml:2:15: requirements: must be a list, not a mapping; put `- ` before it",
    ),
    "docs that are no address": (
        "docs: wiki\n",
        "p.yaml:2:7: docs: `wiki` is no address; write one such as https://wiki.example.com/airflow-pods",
    ),
    "docs of another scheme": (
        "docs: ftp://x.example.com\n",
        "p.yaml:2:7: docs: `ftp://x.example.com` is no address; write one such as https://wiki.example.com/airflow-pods",
    ),
    "docs with a bracket left open": (
        'docs: "https://[::1"\n',
        "p.yaml:2:7: docs: `https://[::1` is no address; write one such as https://wiki.example.com/airflow-pods",
    ),
    "labels with an unknown key": (
        "labels: {costcenter: x}\n",
        "p.yaml:2:10: labels.costcenter: unknown key; did you mean `costCenter`?",
    ),
    "labels that are the same": (
        "labels: {team: owner, costCenter: owner}\n",
        "p.yaml:2:9: labels: team and costCenter are both `owner`; they must differ",
    ),
    "a team label that is the other's default": (
        "labels: {team: cost-center}\n",
        "p.yaml:2:9: labels: team and costCenter are both `cost-center`; they must differ",
    ),
    "a team label of Airflow's": (
        "labels: {team: dag_id}\n",
        "p.yaml:2:16: labels.team: `dag_id` is written by Airflow or Taxiway itself; choose another key",
    ),
    "a team label of Taxiway's": (
        "labels: {costCenter: taxiway/cost}\n",
        "p.yaml:2:22: labels.costCenter: `taxiway/cost` is written by Airflow or Taxiway itself; choose another key",
    ),
    "controllers as a word": (
        "controllers: system:serviceaccount:a:b\n",
        'p.yaml:2:14: controllers: must be a list; write a list: ["system:serviceaccount:a:b"]',
    ),
    "a cluster default of a bad name": (
        "clusterDefaults: {serviceAccountName: [Default]}\n",
        "p.yaml:2:40: clusterDefaults.serviceAccountName[0]: `Default` is no name of an object: at most 253 small letters, digits and `-`, beginning and ending with a letter or digit; `.` between",
    ),
    "a stage without namespaces": (
        "stages: [{mode: audit}]\n",
        "p.yaml:2:10: stages[0]: `namespaces` is missing: namespaces, by name or glob",
    ),
    "a stage without a mode": (
        "stages: [{namespaces: [dev]}]\n",
        "p.yaml:2:10: stages[0]: `mode` is missing: how hard: enforce, warn or audit",
    ),
    "a stage of no namespace": (
        "stages: [{namespaces: [], mode: audit}]\n",
        "p.yaml:2:23: stages[0].namespaces: is empty; name at least one",
    ),
    "a namespace that cannot be one": (
        "stages: [{namespaces: [Dev, 'a_*'], mode: audit}]\n",
        "p.yaml:2:24: stages[0].namespaces[0]: `Dev` is no namespace's name: at most 63 small letters, digits and `-`, beginning and ending with a letter or digit",
        "p.yaml:2:29: stages[0].namespaces[1]: `a_*` matches no namespace: their names have small letters, digits and `-`",
    ),
    "a requirement without a label": (
        "requirements: [{values: [a]}]\n",
        "p.yaml:2:16: requirements[0]: `label` is missing: the label's key",
    ),
    "a requirement of values and a pattern": (
        "requirements: [{label: a, values: [x], pattern: y}]\n",
        "p.yaml:2:40: requirements[0].pattern: stands beside values; keep one of values, pattern",
    ),
    "a requirement of a pattern and from": (
        "requirements: [{label: a, pattern: y, from: team.costCenters}]\n",
        "p.yaml:2:39: requirements[0].from: stands beside pattern; keep one of pattern, from",
    ),
    "from something else": (
        "requirements: [{label: a, from: team.costCentres}]\n",
        "p.yaml:2:33: requirements[0].from: `team.costCentres` is not team.costCenters; did you mean `team.costCenters`?",
    ),
    "values that are none": (
        "requirements: [{label: a, values: []}]\n",
        "p.yaml:2:35: requirements[0].values: is empty; name at least one, or delete the key",
    ),
    "a value that is no label value": (
        "requirements: [{label: a, values: [x y]}]\n",
        "p.yaml:2:36: requirements[0].values[0]: `x y` is no label value: at most 63 letters, digits, `-`, `_` and `.`, beginning and ending with a letter or digit",
    ),
    "an empty value": (
        "requirements: [{label: a, values: ['']}]\n",
        "p.yaml:2:36: requirements[0].values[0]: is empty; write a name",
    ),
    "a value twice": (
        "requirements: [{label: a, values: [x, y, x]}]\n",
        "p.yaml:2:42: requirements[0].values[2]: is the same as item [0]; delete one of them",
    ),
    "a pattern that looks around": (
        "requirements: [{label: a, pattern: '(?=x)'}]\n",
        "p.yaml:2:36: requirements[0].pattern: is no RE2 pattern (no lookaround, no backreference): invalid perl operator: (?=",
    ),
    "a pattern that is open": (
        "requirements: [{label: a, pattern: '('}]\n",
        "p.yaml:2:36: requirements[0].pattern: is no RE2 pattern (no lookaround, no backreference): missing ): (",
    ),
    "a pattern that is empty": (
        "requirements: [{label: a, pattern: ''}]\n",
        "p.yaml:2:36: requirements[0].pattern: is empty; write a pattern, or leave the key out: any value is then allowed",
    ),
    "a message of two lines": (
        'requirements: [{label: a, message: "x\\ny"}]\n',
        "p.yaml:2:36: requirements[0].message: must be one line without control characters: Airflow shows it inside a log line",
    ),
    "a message that makes Airflow queue the task again": (
        "requirements: [{label: a, message: Exceeded quota of words}]\n",
        "p.yaml:2:36: requirements[0].message: must not hold `exceeded quota`: Airflow would queue the task again for ever",
    ),
    "another such message": (
        "requirements: [{label: a, message: the object has been modified}]\n",
        "p.yaml:2:36: requirements[0].message: must not hold `object has been modified`: Airflow would queue the task again for ever",
    ),
    "a message that is too long": (
        "requirements: [{label: a, message: " + "x" * 501 + "}]\n",
        "p.yaml:2:36: requirements[0].message: has 501 characters; at most 500 are allowed",
    ),
    "a message that is empty": (
        "requirements: [{label: a, message: ''}]\n",
        "p.yaml:2:36: requirements[0].message: is empty; write a few words",
    ),
    "match with a word": (
        "requirements: [{label: a, match: {dags: daily_*}}]\n",
        'p.yaml:2:41: requirements[0].match.dags: must be a list; write a list: ["daily_*"]',
    ),
    "match with an empty list": (
        "requirements: [{label: a, match: {dags: []}}]\n",
        "p.yaml:2:41: requirements[0].match.dags: is empty; name at least one, or delete the key",
    ),
    "match with a number": (
        "requirements: [{label: a, match: {dags: [2024]}}]\n",
        'p.yaml:2:42: requirements[0].match.dags[0]: YAML reads 2024 as a number; quote it: "2024"',
    ),
    "match with a workload that does not exist": (
        "requirements: [{label: a, match: {workloads: [pod_operator]}}]\n",
        "p.yaml:2:47: requirements[0].match.workloads[0]: `pod_operator` matches no workload; did you mean `pod-operator`?",
    ),
    "match with an unknown key": (
        "requirements: [{label: a, match: {namespace: [x]}}]\n",
        "p.yaml:2:35: requirements[0].match.namespace: unknown key; did you mean `namespaces`?",
    ),
    "match with a character class": (
        "requirements: [{label: a, match: {dags: ['a[bc]']}}]\n",
        "p.yaml:2:42: requirements[0].match.dags[0]: has a character class; only * and ? are wildcards, so list the names instead",
    ),
    "match with an empty glob": (
        "requirements: [{label: a, match: {users: ['']}}]\n",
        "p.yaml:2:43: requirements[0].match.users[0]: is empty; write a name or a glob such as `payments_*`",
    ),
    "match with too many wildcards": (
        "requirements: [{label: a, match: {users: ['a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*']}}]\n",
        "p.yaml:2:43: requirements[0].match.users[0]: has more than 16 wildcards; shorten it",
    ),
    "match with a label value that is none": (
        "requirements: [{label: a, match: {labels: {x: a b}}}]\n",
        "p.yaml:2:47: requirements[0].match.labels.x: `a b` is no label value: at most 63 letters, digits, `-`, `_` and `.`, beginning and ending with a letter or digit",
    ),
    "match with no label": (
        "requirements: [{label: a, match: {labels: {}}}]\n",
        "p.yaml:2:43: requirements[0].match.labels: is empty; give at least one key, or delete it",
    ),
    "match with an empty list of a label's values": (
        "requirements: [{label: a, match: {labels: {x: []}}}]\n",
        "p.yaml:2:47: requirements[0].match.labels.x: is empty; name at least one, or delete the key",
    ),
    "a profile without match and apply": (
        "profiles: {spot: {}}\n",
        "p.yaml:2:18: profiles.spot: `apply` is missing: what they get",
        "p.yaml:2:18: profiles.spot: `match` is missing: which pods; {} is every pod",
    ),
    "a profile of a bad name": (
        "profiles: {'a b': {match: {}, apply: {}}}\n",
        'p.yaml:2:12: profiles["a b"]: `a b` is no label value: at most 63 letters, digits, `-`, `_` and `.`, beginning and ending with a letter or digit',
    ),
    "a team of a bad name": (
        "teams: {payments!: {}}\n",
        'p.yaml:2:9: teams["payments!"]: `payments!` is no label value: at most 63 letters, digits, `-`, `_` and `.`, beginning and ending with a letter or digit',
    ),
    "a team of a long name": (
        "teams: {xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx: {}}\n",
        "p.yaml:2:9: teams.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx: `xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx` is no label value: at most 63 letters, digits, `-`, `_` and `.`, beginning and ending with a letter or digit",
    ),
    "a team whose name YAML takes for a boolean": (
        "teams: {on: {}}\n",
        'p.yaml:2:9: teams: YAML reads the key `on` as a boolean; quote it: "on"',
    ),
    "a team's misspelt key": (
        "teams: {a: {costCentres: [x]}}\n",
        "p.yaml:2:13: teams.a.costCentres: unknown key; did you mean `costCenters`?",
    ),
    "a cost center that is a number": (
        "teams: {a: {costCenters: [1001]}}\n",
        'p.yaml:2:27: teams.a.costCenters[0]: YAML reads 1001 as a number; quote it: "1001"',
    ),
    "a cost center that is a number to some": (
        "teams: {a: {costCenters: [12e4, 0o17]}}\n",
        'p.yaml:2:27: teams.a.costCenters[0]: YAML reads 12e4 as a number; quote it: "12e4"',
        'p.yaml:2:33: teams.a.costCenters[1]: YAML reads 0o17 as a number; quote it: "0o17"',
    ),
    "a cost center twice": (
        "teams: {a: {costCenters: [x, x]}}\n",
        "p.yaml:2:30: teams.a.costCenters[1]: is the same as item [0]; delete one of them",
    ),
    "members of nobody": (
        "teams: {a: {members: {}}}\n",
        "p.yaml:2:22: teams.a.members: names nobody; give namespaces, dags or users, or delete `members`",
    ),
    "members with an empty list": (
        "teams: {a: {members: {dags: []}}}\n",
        "p.yaml:2:29: teams.a.members.dags: is empty; name at least one, or delete the key",
    ),
    "members with nothing": (
        "teams: {a: {members: }}\n",
        "p.yaml:2:22: teams.a.members: is empty; give it a value or delete the key",
    ),
    "an exemption of nothing": (
        "exemptions: [{}]\n",
        "p.yaml:2:14: exemptions[0]: `approvedBy` is missing: who allowed it",
        "p.yaml:2:14: exemptions[0]: `expires` is missing: the last day it holds, UTC",
        "p.yaml:2:14: exemptions[0]: `match` is missing: which pods",
        "p.yaml:2:14: exemptions[0]: `name` is missing: a name for it",
        "p.yaml:2:14: exemptions[0]: `reason` is missing: why",
        "p.yaml:2:14: exemptions[0]: `waives` is missing: required labels, or rules: requirement, membership, reserved, conflict, not-applied",
    ),
    "an exemption without a reason in its reason": (
        "exemptions: [{name: x, match: {}, waives: [team], reason: ' ', approvedBy: me, expires: 2026-12-31}]\n",
        "p.yaml:2:59: exemptions[0].reason: is empty; write a few words",
    ),
    "an exemption until a day that is none": (
        "exemptions: [{name: x, match: {}, waives: [team], reason: r, approvedBy: me, expires: 2026-02-30}]\n",
        "p.yaml:2:87: exemptions[0].expires: `2026-02-30` is no date; write one such as 2026-12-31",
    ),
    "an exemption until a time": (
        "exemptions: [{name: x, match: {}, waives: [team], reason: r, approvedBy: me, expires: 2026-12-31T00:00:00Z}]\n",
        "p.yaml:2:87: exemptions[0].expires: `2026-12-31T00:00:00Z` is no date; write one such as 2026-12-31",
    ),
    "an exemption that waives nothing": (
        "exemptions: [{name: x, match: {}, waives: [], reason: r, approvedBy: me, expires: 2026-12-31}]\n",
        "p.yaml:2:43: exemptions[0].waives: is empty; name at least one",
    ),
    "an exemption with keys that it must have and that are empty": (
        "exemptions: [{name: x, match: {}, waives: , reason: , approvedBy: me, expires: 2026-12-31}]\n",
        "p.yaml:2:43: exemptions[0].waives: is empty; give it a value",
        "p.yaml:2:53: exemptions[0].reason: is empty; give it a value",
    ),
    "docs that are empty": (
        "docs: ''\n",
        "p.yaml:2:7: docs: is empty; write a few words",
    ),
    "a key far too long to compare": (
        "teamsteamsteamsteamsteamsteamsteamsteamsteamsteamsteamsteamsteamsteamsteamsteamsteamsteamsteamsteamsteamsteamsteamsteamsteamsteamsteamsteamsteamsteams: 1\n",
        "p.yaml:2:1: teamsteamsteamsteamsteamsteamsteamsteamsteamsteamsteamsteamsteamsteamsteamsteams…: unknown key; there is apiVersion, clusterDefaults, controllers, docs, exemptions, labels, mode, profiles, requirements, stages, teams",
    ),
    "match with a control character": (
        'requirements: [{label: a, match: {dags: ["a\\tb"]}}]\n',
        "p.yaml:2:42: requirements[0].match.dags[0]: holds control characters, which no name does",
    ),
    "a namespace with too many wildcards": (
        "stages: [{mode: warn, namespaces: ['a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*']}]\n",
        "p.yaml:2:36: stages[0].namespaces[0]: has more than 16 wildcards; shorten it",
    ),
    "match with an empty label glob": (
        "requirements: [{label: a, match: {labels: {x: ''}}}]\n",
        "p.yaml:2:47: requirements[0].match.labels.x: is empty; write a name or a glob such as `payments_*`",
    ),
    "a pattern with a control character": (
        'requirements: [{label: a, pattern: "a\\tb"}]\n',
        "p.yaml:2:36: requirements[0].pattern: must be one line without control characters; write \\n, \\t and their like as such",
    ),
    "a pattern that is too long": (
        "requirements: [{label: a, pattern: " + "x" * 1025 + "}]\n",
        "p.yaml:2:36: requirements[0].pattern: has 1025 characters; at most 1024 are allowed",
    ),
    "an exemption until a list of days": (
        "exemptions: [{name: x, match: {}, waives: [team], reason: r, approvedBy: me, expires: [2026-12-31]}]\n",
        "p.yaml:2:87: exemptions[0].expires: must be a date such as 2026-12-31, not a list",
    ),
    "a team that is a word": (
        "teams: {a: b}\n",
        "p.yaml:2:12: teams.a: must be a mapping with keys such as contact, costCenters, members, not a string",
    ),
}


@pytest.mark.parametrize(
    ("text", "lines"), [(row[0], row[1:]) for row in REFUSED.values()], ids=REFUSED
)
def test_it_is_refused(text: str, lines: tuple[str, ...]) -> None:
    assert refused(document(text)) == list(lines)
