# ruff: noqa: E501 - an expected line is one line here too
"""YAML itself: what is refused of it, and where the error stands."""

import pytest

from tests.policy.loading import refused

# What is written, and every line that the loader then says.
REFUSED: dict[str, tuple[str, *tuple[str, ...]]] = {
    "a tab that indents": (
        "apiVersion: taxiway/v1\nteams:\n\ta: {}\n",
        "p.yaml:3:1: is not YAML: a tab; indent with spaces",
    ),
    "a bracket left open": (
        "apiVersion: taxiway/v1\nteams: {a: {}\n",
        "p.yaml:3:1: is not YAML: while parsing a flow mapping did not find expected ',' or '}' (it begins on line 2)",
    ),
    "two values on a line": (
        "apiVersion: taxiway/v1\ndocs: see: here\n",
        "p.yaml:2:10: is not YAML: a `:` that begins a second value on this line; quote the text, or indent the key",
    ),
    "a value that begins with a backtick": (
        "apiVersion: taxiway/v1\ndocs: `x`\n",
        "p.yaml:2:7: is not YAML: a value cannot begin with ` without quotes; quote it",
    ),
    "a value that begins with an at sign": (
        "apiVersion: taxiway/v1\nteams: {a: {contact: @payments}}\n",
        "p.yaml:2:22: is not YAML: a value cannot begin with @ without quotes; quote it",
    ),
    "a quote left open": (
        'apiVersion: taxiway/v1\ndocs: "x\n',
        "p.yaml:3:1: is not YAML: while scanning a quoted scalar found unexpected end of stream (it begins on line 2)",
    ),
    "an anchor and its alias": (
        "apiVersion: taxiway/v1\nteams: {a: &a {}, b: *a}\n",
        "p.yaml:2:12: teams.a: `&a`: YAML anchors and aliases are not allowed; write the value out, or make it a profile",
        "p.yaml:2:22: teams.b: `*a`: YAML anchors and aliases are not allowed; write the value out, or make it a profile",
    ),
    "an alias of nothing": (
        "apiVersion: taxiway/v1\nteams: *a\n",
        "p.yaml:2:8: teams: `*a`: YAML anchors and aliases are not allowed; write the value out, or make it a profile",
    ),
    "an anchor on a word": (
        "apiVersion: taxiway/v1\nmode: &m audit\n",
        "p.yaml:2:7: mode: `&m`: YAML anchors and aliases are not allowed; write the value out, or make it a profile",
    ),
    "a merge key": (
        "apiVersion: taxiway/v1\nteams: {a: {<<: {}}}\n",
        "p.yaml:2:13: teams.a: merge keys (`<<`) are not allowed; write the values out, or make them a profile",
    ),
    "a tag that would make an object": (
        "apiVersion: taxiway/v1\ndocs: !!python/object/apply:os.system [ls]\n",
        "p.yaml:2:7: docs: `!!python/object/apply:os.system`: YAML tags are not allowed; write the value plainly, and a string in quotes",
    ),
    "a tag that would force a string": (
        "apiVersion: taxiway/v1\nteams: {a: {costCenters: [!!str 1]}}\n",
        "p.yaml:2:27: teams.a.costCenters[0]: `!!str`: YAML tags are not allowed; write the value plainly, and a string in quotes",
    ),
    "a tag of one's own": (
        "apiVersion: taxiway/v1\nteams: !teams {}\n",
        "p.yaml:2:8: teams: `!teams`: YAML tags are not allowed; write the value plainly, and a string in quotes",
    ),
    "a tag on a key": (
        "apiVersion: taxiway/v1\n!!str teams: {}\n",
        "p.yaml:2:1: `!!str`: YAML tags are not allowed; write the value plainly, and a string in quotes",
    ),
    "binary data": (
        "apiVersion: taxiway/v1\ndocs: !!binary aGk=\n",
        "p.yaml:2:7: docs: `!!binary`: YAML tags are not allowed; write the value plainly, and a string in quotes",
    ),
    "a key given twice": (
        "apiVersion: taxiway/v1\nteams:\n  a: {}\n  b: {}\n  a: {}\n",
        "p.yaml:5:3: teams.a: the key stands here twice; delete one of them (the first is on line 3)",
    ),
    "a key given twice in a list's item": (
        "apiVersion: taxiway/v1\nrequirements:\n  - label: a\n    label: b\n",
        "p.yaml:4:5: requirements[0].label: the key stands here twice; delete one of them (the first is on line 3)",
    ),
    "a key that is a number": (
        "apiVersion: taxiway/v1\nteams: {7: {}}\n",
        'p.yaml:2:9: teams: YAML reads the key `7` as a number; quote it: "7"',
    ),
    "a key that is null": (
        "apiVersion: taxiway/v1\nteams: {~: {}}\n",
        'p.yaml:2:9: teams: YAML reads the key `~` as nothing; quote it: "~"',
    ),
    "a key that is a list": (
        "apiVersion: taxiway/v1\n? [a]\n: b\n",
        "p.yaml:2:3: a key must be a string, not a list or a mapping",
    ),
    "nesting past the limit": (
        "apiVersion: taxiway/v1\nteams: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]\n",
        "p.yaml:2:39: teams[0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0]: is nested more than 32 deep; no policy is",
    ),
    "nesting past the limit in blocks": (
        "apiVersion: taxiway/v1\nteams: \n- - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - a\n",
        "p.yaml:3:63: teams[0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0]: is nested more than 32 deep; no policy is",
    ),
    "a directive": (
        "%YAML 1.1\n---\napiVersion: taxiway/v1\n",
        "p.yaml:1:1: YAML directives (`%` lines) are not allowed; delete the line",
    ),
    "a directive of the second document": (
        "apiVersion: taxiway/v1\n...\n# more\n%TAG ! x\n---\napiVersion: taxiway/v1\n",
        "p.yaml:4:1: YAML directives (`%` lines) are not allowed; delete the line",
    ),
    "a document that is a word": (
        "hello\n",
        "p.yaml:1:1: must be a mapping with keys such as apiVersion, labels, mode, not a string",
    ),
    "a document that is a list": (
        "[]\n",
        "p.yaml:1:1: must be a mapping with keys such as apiVersion, labels, mode, not a list",
    ),
    "a document that is null in words": (
        "null\n",
        "p.yaml:1:1: is empty; give it a value or delete the key",
    ),
    "a document without a version": (
        "mode: audit\n",
        "p.yaml:1:1: `apiVersion` is missing: write apiVersion: taxiway/v1",
    ),
    "a document of another version": (
        "apiVersion: taxiway/v2\nfoo: 1\n",
        "p.yaml:1:13: apiVersion: `taxiway/v2` is no version this Taxiway reads; write taxiway/v1",
    ),
    "a version that is a number": (
        "apiVersion: 1\n",
        "p.yaml:1:13: apiVersion: `1` is no version this Taxiway reads; write taxiway/v1",
    ),
    "a ConfigMap": (
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: {}\n",
        "p.yaml:1:1: is a ConfigMap, not a policy document: policies are the texts under its `data`; write each to a file of its own",
    ),
    "another object of Kubernetes": (
        "apiVersion: apps/v1\nkind: Deployment\n",
        "p.yaml:1:1: is a Kubernetes Deployment; a policy document has apiVersion: taxiway/v1 and no kind",
    ),
    "the second document's error": (
        "apiVersion: taxiway/v1\n---\n# two\napiVersion: taxiway/v1\nmode: on\n",
        "p.yaml:5:7: mode: `on` is not enforce, warn or audit",
    ),
    "errors in two documents": (
        "apiVersion: taxiway/v1\nmode: a\n--- {apiVersion: taxiway/v1, stages: 1}\n",
        "p.yaml:2:7: mode: `a` is not enforce, warn or audit",
        "p.yaml:3:38: stages: must be a list; write a list: [1]",
    ),
    "an error past Windows line ends": (
        "apiVersion: taxiway/v1\r\n\r\nmode: a\r\n",
        "p.yaml:3:7: mode: `a` is not enforce, warn or audit",
    ),
    "an error past letters of several bytes": (
        'apiVersion: taxiway/v1\nteams: {a: {contact: "é€😀", foo: 1}}\n',
        "p.yaml:2:29: teams.a.foo: unknown key; there is apply, contact, costCenters, members",
    ),
    "an error under a byte order mark": (
        "\ufeffmode: a\napiVersion: taxiway/v1\n",
        "p.yaml:1:7: mode: `a` is not enforce, warn or audit",
    ),
    "a byte order mark in the middle": (
        "apiVersion: taxiway/v1\n---\n\ufeffapiVersion: taxiway/v1\n",
        "p.yaml:3:1: a byte order mark in the middle of the file; delete it",
    ),
    "a NUL": (
        "apiVersion: taxiway/v1\nmode: a\x00\n",
        "p.yaml:2:8: the character \\x00, which no policy needs; delete it",
    ),
    "a bell": (
        'apiVersion: taxiway/v1\ndocs: "a\x07"\n',
        "p.yaml:2:9: the character \\x07, which no policy needs; delete it",
    ),
    "a line separator": (
        'apiVersion: taxiway/v1\ndocs: "a\u2028b"\n',
        "p.yaml:2:9: the character \\u2028, which no policy needs; delete it",
    ),
    "a carriage return alone": (
        "apiVersion: taxiway/v1\rmode: audit\n",
        "p.yaml:1:23: a carriage return without a line feed; save the file with Unix line ends",
    ),
}


@pytest.mark.parametrize(
    ("text", "lines"), [(row[0], row[1:]) for row in REFUSED.values()], ids=REFUSED
)
def test_it_is_refused(text: str, lines: tuple[str, ...]) -> None:
    assert refused(text) == list(lines)
