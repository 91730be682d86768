"""How large a policy set may be: at each limit it loads, past it an error says so."""

import time

import pytest

from tests.policy.loading import VERSION, document, refused
from webhook.policy import limits
from webhook.policy.errors import PolicyErrors
from webhook.policy.load import load


def listing(item: str, count: int) -> str:
    return ", ".join(item.replace("N", str(number)) for number in range(count))


def error(body: str) -> str:
    (line,) = refused(document(body))
    return line


def test_a_file_holds_what_a_configmap_holds() -> None:
    room = limits.FILE_BYTES - len(VERSION) - 2
    assert refused(VERSION + "# " + "x" * room) == []
    assert refused(VERSION + "# " + "x" * (room + 1)) == [
        "p.yaml:1:1: has 1048577 bytes; a policy file has at most 1048576, as much as a ConfigMap "
        "holds: divide it into several files"
    ]


def test_a_set_of_too_many_bytes_is_refused_at_the_file_that_is_too_much() -> None:
    large = f"{VERSION}# {'x' * (limits.FILE_BYTES - 100)}".encode()
    with pytest.raises(PolicyErrors) as raised:
        load([(f"{number:02}.yaml", large) for number in range(20)])
    assert str(raised.value) == (
        "16.yaml:1:1: with this file the policy set is over 16777216 bytes; shorten it"
    )


def test_a_set_of_too_many_files_is_refused() -> None:
    with pytest.raises(PolicyErrors) as raised:
        load([(f"{number:05}", VERSION.encode()) for number in range(limits.FILES + 1)])
    assert str(raised.value) == "05000:1:1: the policy set has 5001 files; at most 5000 are allowed"


def test_a_set_of_too_many_documents_is_refused() -> None:
    text = f"---\n{VERSION}" * (limits.DOCUMENTS // 2 + 1)
    with pytest.raises(PolicyErrors) as raised:
        load([("a", text.encode()), ("b", text.encode())])
    assert str(raised.value) == (
        "b:25000:1: the policy set has 25002 documents; at most 25000 are allowed"
    )


LISTS: dict[str, tuple[str, int, str]] = {
    "tolerations": (
        "teams: {a: {apply: {tolerations: [%s]}}}",
        limits.TOLERATIONS,
        "p.yaml:2:34: teams.a.apply.tolerations: has 65 items; at most 64 are allowed",
    ),
    "cost centers": (
        "teams: {a: {costCenters: [%s]}}",
        limits.COST_CENTERS,
        "p.yaml:2:26: teams.a.costCenters: has 201 items; at most 200 are allowed",
    ),
    "names in a match": (
        "requirements: [{label: a, match: {dags: [%s]}}]",
        limits.NAMES,
        "p.yaml:2:41: requirements[0].match.dags: has 1001 items; at most 1000 are allowed",
    ),
    "requirements": (
        "requirements: [%s]",
        limits.REQUIREMENTS,
        "p.yaml:2:15: requirements: has 201 items; at most 200 are allowed",
    ),
    "labels": (
        "teams: {a: {apply: {labels: {%s}}}}",
        limits.LABELS,
        "p.yaml:2:29: teams.a.apply.labels: has 65 keys; at most 64 are allowed",
    ),
    "profiles": (
        "profiles: {%s}",
        limits.PROFILES,
        "p.yaml:2:11: profiles: has 501 keys; at most 500 are allowed",
    ),
}
ITEMS = {
    "tolerations": "{key: kN, operator: Exists}",
    "requirements": "{label: lN}",
    "labels": "lN: x",
    "profiles": "pN: {match: {}, apply: {}}",
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_may_be_as_long_as_its_limit_and_no_longer(name: str) -> None:
    text, most, line = LISTS[name]
    item = ITEMS.get(name, "wordN")
    assert refused(document(text % listing(item, most))) == []
    assert refused(document(text % listing(item, most + 1))) == [line]


def test_parts_are_counted_over_all_documents() -> None:
    text = "".join(
        f"---\n{VERSION}requirements: [{listing(f'{{label: a{part}-N}}', 101)}]\n"
        for part in range(2)
    )
    assert refused(text) == [
        "p.yaml:6:1590: requirements[99]: the policy set has 202 requirements; "
        "at most 200 are allowed"
    ]


def test_a_hundred_globs_may_begin_with_a_wildcard() -> None:
    text = "requirements: [{label: a, match: {dags: [%s]}}]"
    assert refused(document(text % listing("'*_N'", 100))) == []
    assert error(text % listing("'*_N'", 101)) == (
        "p.yaml:2:832: requirements[0].match.dags[100]: `*_100` is one of 101 globs that begin "
        "with a wildcard; each is tried on every pod, so at most 100 are allowed: "
        "begin it with a letter"
    )


def test_a_thousand_errors_are_shown_and_the_others_counted() -> None:
    text = "".join(f"---\n{VERSION}mode: x\n" for _ in range(1200))
    lines = refused(text)
    assert lines[0] == "p.yaml:3:7: mode: `x` is not enforce, warn or audit"
    assert lines[1000:] == ["and 200 more; mend these first"]


def test_a_thousand_errors_of_one_large_document_are_found_within_seconds() -> None:
    teams, asked = listing("teamN: {}", limits.TEAMS), listing("taemN", limits.NAMES)
    body = f"teams: {{{teams}}}\nrequirements: [{{label: a, match: {{teams: [{asked}]}}}}]\n"
    began = time.monotonic()
    lines = refused(document(body))
    assert time.monotonic() - began < 20  # 1 s here; reading it again for each takes 230 s
    assert len(lines) == limits.PROBLEMS
