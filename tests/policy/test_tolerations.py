# ruff: noqa: E501 - an expected line is one line here too
"""Tolerations: what the API server would refuse is an error of the policy."""

import pytest

from tests.policy.loading import applying, refused

# What is written, and every line that the loader then says.
REFUSED: dict[str, tuple[str, *tuple[str, ...]]] = {
    "a key that is no label key": (
        'tolerations: [{key: "bad key", operator: Exists}]',
        "p.yaml:3:21: teams.a.apply.tolerations[0].key: `bad key` is no label key: after any `/`, at most 63 letters, digits, `-`, `_` and `.`, beginning and ending with a letter or digit",
    ),
    "no key means every key, which wants Exists": (
        "tolerations: [{effect: NoSchedule}]",
        "p.yaml:3:15: teams.a.apply.tolerations[0]: has no `key`, which means every key: write `operator: Exists`, or a key",
    ),
    "no key and Equal": (
        "tolerations: [{operator: Equal, value: x}]",
        "p.yaml:3:15: teams.a.apply.tolerations[0]: has no `key`, which means every key: write `operator: Exists`, or a key",
    ),
    "an operator of a feature gate": (
        'tolerations: [{key: a, operator: Lt, value: "4"}]',
        "p.yaml:3:34: teams.a.apply.tolerations[0].operator: `Lt` is not Exists or Equal",
    ),
    "an operator that is misspelt": (
        "tolerations: [{key: a, operator: exists}]",
        "p.yaml:3:34: teams.a.apply.tolerations[0].operator: `exists` is not Exists or Equal; did you mean `Exists`?",
    ),
    "a value with Exists": (
        "tolerations: [{key: a, operator: Exists, value: b}]",
        "p.yaml:3:49: teams.a.apply.tolerations[0].value: must be left out with `operator: Exists`, which is every value",
    ),
    "a value that is no label value": (
        'tolerations: [{key: a, value: "-b"}]',
        "p.yaml:3:31: teams.a.apply.tolerations[0].value: `-b` is no label value: at most 63 letters, digits, `-`, `_` and `.`, beginning and ending with a letter or digit",
    ),
    "an effect that does not exist": (
        "tolerations: [{key: a, operator: Exists, effect: NoScheduling}]",
        "p.yaml:3:50: teams.a.apply.tolerations[0].effect: `NoScheduling` is not NoSchedule, PreferNoSchedule or NoExecute; did you mean `NoSchedule`?",
    ),
    "seconds without NoExecute": (
        "tolerations: [{key: a, operator: Exists, effect: NoSchedule, tolerationSeconds: 60}]",
        "p.yaml:3:62: teams.a.apply.tolerations[0].tolerationSeconds: is allowed only with `effect: NoExecute`",
    ),
    "seconds and every effect": (
        "tolerations: [{key: a, operator: Exists, tolerationSeconds: 60}]",
        "p.yaml:3:42: teams.a.apply.tolerations[0].tolerationSeconds: is allowed only with `effect: NoExecute`",
    ),
    "seconds past 64 bits": (
        "tolerations: [{key: a, operator: Exists, effect: NoExecute, tolerationSeconds: 9223372036854775808}]",
        "p.yaml:3:80: teams.a.apply.tolerations[0].tolerationSeconds: 9223372036854775808 is not between -9223372036854775808 and 9223372036854775807",
    ),
    "seconds in quotes": (
        'tolerations: [{key: a, operator: Exists, effect: NoExecute, tolerationSeconds: "60"}]',
        'p.yaml:3:80: teams.a.apply.tolerations[0].tolerationSeconds: "60" is no whole number; write one such as 1',
    ),
    "seconds in octal": (
        "tolerations: [{key: a, operator: Exists, effect: NoExecute, tolerationSeconds: 060}]",
        "p.yaml:3:80: teams.a.apply.tolerations[0].tolerationSeconds: 060 is no whole number; write one such as 1",
    ),
    "the same one twice": (
        "tolerations: [{key: a, value: b}, {key: a, operator: Equal, value: b}]",
        "p.yaml:3:35: teams.a.apply.tolerations[1]: tolerates the same as item [0]; delete one of them",
    ),
    "the same taint for two lengths of time": (
        "tolerations: [{key: a, operator: Exists, effect: NoExecute}, {key: a, operator: Exists, effect: NoExecute, tolerationSeconds: 5}]",
        "p.yaml:3:62: teams.a.apply.tolerations[1]: tolerates the same as item [0]; delete one of them",
    ),
    "a misspelt key": (
        "tolerations: [{key: a, operater: Exists}]",
        "p.yaml:3:24: teams.a.apply.tolerations[0].operater: unknown key; did you mean `operator`?",
    ),
    "one that stands alone": (
        "tolerations: {key: a, operator: Exists}",
        "p.yaml:3:14: teams.a.apply.tolerations: must be a list, not a mapping; put `- ` before it",
    ),
    "a word in the list": (
        "tolerations: [dedicated]",
        "p.yaml:3:15: teams.a.apply.tolerations[0]: must be a mapping with keys such as key, operator, value, not a string",
    ),
    "two problems are both told": (
        'tolerations: [{key: a, effect: No}, {key: "b b", operator: Exists}]',
        "p.yaml:3:32: teams.a.apply.tolerations[0].effect: `No` is not NoSchedule, PreferNoSchedule or NoExecute",
        "p.yaml:3:43: teams.a.apply.tolerations[1].key: `b b` is no label key: after any `/`, at most 63 letters, digits, `-`, `_` and `.`, beginning and ending with a letter or digit",
    ),
    "seconds as a list": (
        "tolerations: [{key: a, operator: Exists, effect: NoExecute, tolerationSeconds: [5]}]",
        "p.yaml:3:80: teams.a.apply.tolerations[0].tolerationSeconds: must be a whole number, not a list",
    ),
    "an operator as a list": (
        "tolerations: [{key: a, operator: [Exists]}]",
        "p.yaml:3:34: teams.a.apply.tolerations[0].operator: must be Exists or Equal, not a list",
    ),
}


@pytest.mark.parametrize(
    ("text", "lines"), [(row[0], row[1:]) for row in REFUSED.values()], ids=REFUSED
)
def test_it_is_refused(text: str, lines: tuple[str, ...]) -> None:
    assert refused(applying(text)) == list(lines)
