# ruff: noqa: E501 - an expected line is one line here too
"""Affinity and node selectors: what the API server would refuse, or what could match nothing."""

import pytest

from tests.policy.loading import applying, refused

# What is written, and every line that the loader then says.
REFUSED: dict[str, tuple[str, *tuple[str, ...]]] = {
    "an unknown part": (
        "affinity: {nodeAfinity: {}}",
        "p.yaml:3:12: teams.a.apply.affinity.nodeAfinity: unknown key; did you mean `nodeAffinity`?",
    ),
    "an unknown part of node affinity": (
        "affinity: {nodeAffinity: {requiredDuringScheduling: {}}}",
        "p.yaml:3:27: teams.a.apply.affinity.nodeAffinity.requiredDuringScheduling: unknown key; did you mean `requiredDuringSchedulingIgnoredDuringExecution`?",
    ),
    "required without terms": (
        "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: []}}}",
        "p.yaml:3:95: teams.a.apply.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms: is empty; name at least one",
    ),
    "required without its terms' key": (
        "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {}}}",
        "p.yaml:3:75: teams.a.apply.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution: `nodeSelectorTerms` is missing: the terms",
    ),
    "a term that is empty": (
        "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{}]}}}",
        "p.yaml:3:96: teams.a.apply.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0]: is an empty term, which matches no node; give it matchExpressions",
    ),
    "a term whose expressions are empty": (
        "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: []}]}}}",
        "p.yaml:3:96: teams.a.apply.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0]: is an empty term, which matches no node; give it matchExpressions",
    ),
    "In without values": (
        "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: a, operator: In}]}]}}}",
        "p.yaml:3:116: teams.a.apply.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].values: is missing: `In` wants at least one value",
    ),
    "NotIn with an empty list": (
        "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: a, operator: NotIn, values: []}]}]}}}",
        "p.yaml:3:150: teams.a.apply.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].values: is missing: `NotIn` wants at least one value",
    ),
    "Exists with values": (
        "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: a, operator: Exists, values: [b]}]}]}}}",
        "p.yaml:3:151: teams.a.apply.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].values: must be left out with `Exists`",
    ),
    "DoesNotExist with values": (
        "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: a, operator: DoesNotExist, values: [b]}]}]}}}",
        "p.yaml:3:157: teams.a.apply.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].values: must be left out with `DoesNotExist`",
    ),
    "Gt without a value": (
        "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: a, operator: Gt}]}]}}}",
        'p.yaml:3:116: teams.a.apply.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].values: must be one whole number in quotes with `Gt`, such as ["4"]',
    ),
    "Gt with two values": (
        'affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: a, operator: Gt, values: ["1", "2"]}]}]}}}',
        'p.yaml:3:147: teams.a.apply.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].values: must be one whole number in quotes with `Gt`, such as ["4"]',
    ),
    "Lt with a word": (
        "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: a, operator: Lt, values: [many]}]}]}}}",
        'p.yaml:3:147: teams.a.apply.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].values: must be one whole number in quotes with `Lt`, such as ["4"]',
    ),
    "Gt with a number that is not quoted": (
        "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: a, operator: Gt, values: [4]}]}]}}}",
        'p.yaml:3:148: teams.a.apply.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].values[0]: YAML reads 4 as a number; quote it: "4"',
    ),
    "an operator that does not exist": (
        "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: a, operator: in, values: [b]}]}]}}}",
        "p.yaml:3:135: teams.a.apply.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].operator: `in` is not In, NotIn, Exists, DoesNotExist, Gt or Lt; did you mean `In`?",
    ),
    "an expression without a key": (
        "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{operator: Exists}]}]}}}",
        "p.yaml:3:116: teams.a.apply.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0]: `key` is missing: the label's key",
    ),
    "a key that is no label key": (
        "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: a/b/c, operator: Exists}]}]}}}",
        "p.yaml:3:122: teams.a.apply.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].key: `a/b/c` is no label key: before the `/` a DNS name such as example.com",
    ),
    "a value that is no label value": (
        "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: a, operator: In, values: [b c]}]}]}}}",
        "p.yaml:3:148: teams.a.apply.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].values[0]: `b c` is no label value: at most 63 letters, digits, `-`, `_` and `.`, beginning and ending with a letter or digit",
    ),
    "a field that cannot be matched": (
        "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchFields: [{key: metadata.uid, operator: In, values: [a]}]}]}}}",
        "p.yaml:3:117: teams.a.apply.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchFields[0].key: `metadata.uid` is not metadata.name; did you mean `metadata.name`?",
    ),
    "a field with Exists": (
        "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchFields: [{key: metadata.name, operator: Exists, values: [a]}]}]}}}",
        "p.yaml:3:142: teams.a.apply.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchFields[0].operator: `Exists` is not In or NotIn",
    ),
    "a field with two values": (
        "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchFields: [{key: metadata.name, operator: In, values: [a, b]}]}]}}}",
        "p.yaml:3:154: teams.a.apply.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchFields[0].values: must be exactly one node's name",
    ),
    "a field with what is no node's name": (
        "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchFields: [{key: metadata.name, operator: In, values: [Node]}]}]}}}",
        "p.yaml:3:155: teams.a.apply.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchFields[0].values[0]: `Node` is no name of an object: at most 253 small letters, digits and `-`, beginning and ending with a letter or digit; `.` between",
    ),
    "a weight of zero": (
        "affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 0, preference: {matchExpressions: [{key: a, operator: Exists}]}}]}}",
        "p.yaml:3:86: teams.a.apply.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight: 0 is not between 1 and 100",
    ),
    "a weight over a hundred": (
        "affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 101, preference: {matchExpressions: [{key: a, operator: Exists}]}}]}}",
        "p.yaml:3:86: teams.a.apply.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight: 101 is not between 1 and 100",
    ),
    "a preference without a weight": (
        "affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{preference: {matchExpressions: [{key: a, operator: Exists}]}}]}}",
        "p.yaml:3:77: teams.a.apply.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0]: `weight` is missing: 1 to 100: how much it counts",
    ),
    "a preference that is empty": (
        "affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, preference: {}}]}}",
        "p.yaml:3:101: teams.a.apply.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].preference: is an empty term, which matches no node; give it matchExpressions",
    ),
    "a pod term without topologyKey": (
        "affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{labelSelector: {}}]}}",
        "p.yaml:3:79: teams.a.apply.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]: `topologyKey` is missing: the node label that says what is near",
    ),
    "a topologyKey that is no label key": (
        'affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: "a b"}]}}',
        "p.yaml:3:93: teams.a.apply.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: `a b` is no label key: after any `/`, at most 63 letters, digits, `-`, `_` and `.`, beginning and ending with a letter or digit",
    ),
    "a namespace that is none": (
        "affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: zone, namespaces: [Prod]}]}}",
        "p.yaml:3:112: teams.a.apply.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].namespaces[0]: `Prod` is no namespace's name: at most 63 small letters, digits and `-`, beginning and ending with a letter or digit",
    ),
    "an unknown key of a label selector": (
        "affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: zone, labelSelector: {matchLabel: {a: b}}}]}}",
        "p.yaml:3:115: teams.a.apply.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].labelSelector.matchLabel: unknown key; did you mean `matchLabels`?",
    ),
    "a label selector's value that is none": (
        "affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: zone, labelSelector: {matchLabels: {a: b c}}}]}}",
        "p.yaml:3:132: teams.a.apply.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].labelSelector.matchLabels.a: `b c` is no label value: at most 63 letters, digits, `-`, `_` and `.`, beginning and ending with a letter or digit",
    ),
    "a label selector with Gt": (
        'affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: zone, labelSelector: {matchExpressions: [{key: a, operator: Gt, values: ["1"]}]}}]}}',
        "p.yaml:3:153: teams.a.apply.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].labelSelector.matchExpressions[0].operator: `Gt` is not In, NotIn, Exists or DoesNotExist",
    ),
    "a namespace selector with In and no values": (
        "affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: zone, namespaceSelector: {matchExpressions: [{key: a, operator: In}]}}]}}",
        "p.yaml:3:138: teams.a.apply.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].namespaceSelector.matchExpressions[0].values: is missing: `In` wants at least one value",
    ),
    "matchLabelKeys without a selector": (
        "affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: zone, matchLabelKeys: [a]}]}}",
        "p.yaml:3:99: teams.a.apply.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].matchLabelKeys: is allowed only together with labelSelector",
    ),
    "mismatchLabelKeys without a selector": (
        "affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: zone, mismatchLabelKeys: [a]}]}}",
        "p.yaml:3:99: teams.a.apply.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].mismatchLabelKeys: is allowed only together with labelSelector",
    ),
    "matchLabelKeys that the selector names": (
        "affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: zone, labelSelector: {matchLabels: {a: b}}, matchLabelKeys: [a]}]}}",
        "p.yaml:3:153: teams.a.apply.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].matchLabelKeys[0]: `a` is in labelSelector already; name it in one of them",
    ),
    "matchLabelKeys that mismatchLabelKeys has too": (
        "affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: zone, labelSelector: {}, matchLabelKeys: [a], mismatchLabelKeys: [a]}]}}",
        "p.yaml:3:134: teams.a.apply.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].matchLabelKeys[0]: `a` is in mismatchLabelKeys too; name it in one of them",
    ),
    "a weighted term without its term": (
        "affinity: {podAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 5}]}}",
        "p.yaml:3:76: teams.a.apply.affinity.podAffinity.preferredDuringSchedulingIgnoredDuringExecution[0]: `podAffinityTerm` is missing: the pods",
    ),
    "a weighted term with a bad weight and a bad key": (
        'affinity: {podAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 500, podAffinityTerm: {topologyKey: ""}}]}}',
        "p.yaml:3:85: teams.a.apply.affinity.podAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight: 500 is not between 1 and 100",
        "p.yaml:3:121: teams.a.apply.affinity.podAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].podAffinityTerm.topologyKey: is empty; write a label key",
    ),
    "a node selector's value that is no label value": (
        'nodeSelector: {pool: "a b"}',
        "p.yaml:3:22: teams.a.apply.nodeSelector.pool: `a b` is no label value: at most 63 letters, digits, `-`, `_` and `.`, beginning and ending with a letter or digit",
    ),
    "a node selector's key that is no label key": (
        'nodeSelector: {"-pool": a}',
        'p.yaml:3:16: teams.a.apply.nodeSelector["-pool"]: `-pool` is no label key: after any `/`, at most 63 letters, digits, `-`, `_` and `.`, beginning and ending with a letter or digit',
    ),
    "a node selector's value that YAML takes for a number": (
        "nodeSelector: {pool: 1}",
        'p.yaml:3:22: teams.a.apply.nodeSelector.pool: YAML reads 1 as a number; quote it: "1"',
    ),
}


@pytest.mark.parametrize(
    ("text", "lines"), [(row[0], row[1:]) for row in REFUSED.values()], ids=REFUSED
)
def test_it_is_refused(text: str, lines: tuple[str, ...]) -> None:
    assert refused(applying(text)) == list(lines)
