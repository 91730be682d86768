"""A policy set is the union of its documents: what may stand in several, and in what order."""

import pytest

from webhook.policy.documents import Cache, parse_documents
from webhook.policy.errors import PolicyErrors
from webhook.policy.load import NO_POLICY, load, union
from webhook.policy.spec import Requirement, Stage

Texts = dict[str, str]
EXEMPTION = "match: {}, waives: [team], reason: r, approvedBy: me, expires: 2026-12-31"


def files(texts: Texts) -> list[tuple[str, bytes]]:
    """Each text as a file whose first line is the version; `---` becomes a document's start."""
    version = "apiVersion: taxiway/v1\n"
    return [
        (name, (version + text.replace("---\n", f"---\n{version}")).encode())
        for name, text in texts.items()
    ]


REFUSED: dict[str, tuple[Texts, list[str]]] = {
    "a team in two files": (
        {"a.yaml": "teams: {x: {}}\n", "b.yaml": "mode: warn\nteams: {x: {}}\n"},
        ["b.yaml:3:9: teams.x: team `x` is in a.yaml:2 already; rename one, or join them"],
    ),
    "a team in two documents of one file": (
        {"a.yaml": "teams: {x: {}}\n---\nteams: {x: {}}\n"},
        ["a.yaml:5:9: teams.x: team `x` is in a.yaml:2 already; rename one, or join them"],
    ),
    "a team in three files": (
        dict.fromkeys(("c.yaml", "a.yaml", "b.yaml"), "teams: {x: {}}\n"),
        [
            "b.yaml:2:9: teams.x: team `x` is in a.yaml:2 already; rename one, or join them",
            "c.yaml:2:9: teams.x: team `x` is in a.yaml:2 already; rename one, or join them",
        ],
    ),
    "a profile in two files": (
        dict.fromkeys(("a", "b"), "profiles: {x: {match: {}, apply: {}}}\n"),
        ["b:2:12: profiles.x: profile `x` is in a:2 already; rename one, or join them"],
    ),
    "an exemption twice in one document": (
        {"a": f"exemptions:\n- {{name: x, {EXEMPTION}}}\n- {{name: x, {EXEMPTION}}}\n"},
        ["a:4:3: exemptions[1]: exemption `x` is in a:3 already; rename one, or join them"],
    ),
    "a team of a bad name in two files": (
        dict.fromkeys(("a", "b"), "teams: {'{0}': {}}\n"),
        [
            'a:2:9: teams["{0}"]: `{0}` is no label value: at most 63 letters, digits, `-`, `_` '
            "and `.`, beginning and ending with a letter or digit",
            'b:2:9: teams["{0}"]: `{0}` is no label value: at most 63 letters, digits, `-`, `_` '
            "and `.`, beginning and ending with a letter or digit",
            'b:2:9: teams["{0}"]: team `{0}` is in a:2 already; rename one, or join them',
        ],
    ),
    "each single key in two files": (
        dict.fromkeys(
            ("a", "b"),
            "labels: {}\nmode: warn\ndocs: https://x.example.com\ncontrollers: [x]\n"
            "clusterDefaults: {}\n",
        ),
        [
            f"b:{line}:1: {key}: is set in a:{line} already; "
            "one document sets it for the whole policy"
            for line, key in enumerate(
                ("labels", "mode", "docs", "controllers", "clusterDefaults"), 2
            )
        ],
    ),
    "errors of every file": (
        {"b": "mode: x\n", "a": "mode: y\n"},
        [
            "a:2:7: mode: `y` is not enforce, warn or audit",
            "b:2:7: mode: `x` is not enforce, warn or audit",
        ],
    ),
    "a broken team is still a team that a match may name": (
        {"a": "teams: {x: {foo: 1}}\nrequirements: [{label: a, match: {teams: [x]}}]\n"},
        ["a:2:13: teams.x.foo: unknown key; there is apply, contact, costCenters, members"],
    ),
    "nothing is said of a waiver that a broken requirement may name": (
        {
            "a": "requirements: [{lable: x}]\n"
            f"exemptions: [{{name: x, {EXEMPTION.replace('[team]', '[x]')}}}]\n"
        },
        [
            "a:2:16: requirements[0]: `label` is missing: the label's key",
            "a:2:17: requirements[0].lable: unknown key; did you mean `label`?",
        ],
    ),
}


@pytest.mark.parametrize(("texts", "lines"), REFUSED.values(), ids=REFUSED)
def test_it_is_refused(texts: Texts, lines: list[str]) -> None:
    with pytest.raises(PolicyErrors) as raised:
        load(files(texts))
    assert str(raised.value).split("\n") == lines


NO_DOCUMENT: dict[str, list[tuple[str, bytes]]] = {
    "no file": [],
    "an empty file": [("a.yaml", b"")],
    "a file of comments": [("a.yaml", b"# nothing\n\n---\n# more\n")],
    "a file of markers": [("a.yaml", b"---\n---\n...\n")],
    "a file of a byte order mark": [("a.yaml", b"\xef\xbb\xbf")],
}


@pytest.mark.parametrize("given", NO_DOCUMENT.values(), ids=NO_DOCUMENT)
def test_no_policy_document_is_an_error(given: list[tuple[str, bytes]]) -> None:
    with pytest.raises(PolicyErrors) as raised:
        load(given)
    assert str(raised.value) == f"policies:1:1: {NO_POLICY}"


def test_a_document_of_comments_beside_others_is_none() -> None:
    text = b"# a\n---\napiVersion: taxiway/v1\nmode: warn\n---\n# the end\n...\n"
    assert load([("a.yaml", text)]).spec.mode == "warn"


def test_requirements_and_stages_follow_files_and_documents() -> None:
    texts = {
        "b": "requirements: [{label: r4}]\nstages: [{namespaces: [s2], mode: warn}]\n",
        "a": "requirements: [{label: r1}, {label: r2}]\n---\nrequirements: [{label: r3}]\n"
        "stages: [{namespaces: [s1], mode: warn}]\n",
    }
    spec = load(files(texts)).spec
    assert spec.requirements == tuple(Requirement(label=f"r{number}") for number in range(1, 5))
    assert spec.stages == (
        Stage(namespaces=("s1",), mode="warn"),
        Stage(namespaces=("s2",), mode="warn"),
    )


UNREADABLE: dict[str, tuple[bytes, str]] = {
    "bytes that are no text": (
        b"apiVersion: taxiway/v1\nmode: \xff\n",
        "a:2:7: is no UTF-8 text: byte 0xff; save the file as UTF-8",
    ),
    "UTF-16": ("mode: x".encode("utf-16"), "a:1:1: is UTF-16 text; save the file as UTF-8"),
    "an archive": (
        b"PK\x03\x04rest",
        "a:1:3: the character \\x03, which no policy needs; delete it",
    ),
}


@pytest.mark.parametrize(("data", "line"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_file_that_is_no_text_is_refused(data: bytes, line: str) -> None:
    with pytest.raises(PolicyErrors) as raised:
        load([("a", data)])
    assert str(raised.value) == line


def test_a_cache_reads_only_what_changed_and_forgets_what_is_gone() -> None:
    cache: Cache = {}
    first = load(files({"a": "teams: {x: {}}\n---\nteams: {y: {}}\n"}), cache=cache)
    kept = dict(cache)
    second = load(files({"a": "teams: {x: {}}\n---\nteams: {z: {}}\n"}), cache=cache)
    assert len(kept) == len(cache) == 3  # the file, and two documents of it
    assert len(kept.keys() & cache.keys()) == 1
    assert second.spec.teams["x"] is first.spec.teams["x"]
    assert list(second.spec.teams) == ["x", "z"]


def test_a_cached_document_that_moved_is_told_of_where_it_stands_now() -> None:
    cache: Cache = {}
    texts = ("mode: x\n", "# one\n---\nmode: x\n")
    lines = []
    for text in texts:
        with pytest.raises(PolicyErrors) as raised:
            load([("a", text.encode())], cache=cache)
        lines.append(str(raised.value).split("\n")[0])
    assert lines == [
        f"a:{n}:1: `apiVersion` is missing: write apiVersion: taxiway/v1" for n in (1, 3)
    ]


def test_documents_of_several_files_can_be_joined_by_hand() -> None:
    given = files({"a": "mode: warn\n", "b": "teams: {x: {}}\n"})
    documents = [document for name, data in given for document in parse_documents(name, data)]
    assert union(documents) == load(given)
