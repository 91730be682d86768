"""The documents of a file, JSON or YAML, and what is refused in it and where."""

import pytest

from webhook.cli.documents import MAX_BYTES, DocumentError, read_documents

READ = [
    ("one YAML document", b"kind: Pod\n", [(1, {"kind": "Pod"})]),
    (
        "several, and the empty ones left out",
        b"---\na: 1\n---\n---\nb: 2\n",
        [(2, {"a": 1}), (5, {"b": 2})],
    ),
    ("JSON", b'{"kind": "Pod"}', [(1, {"kind": "Pod"})]),
    ("JSON Lines", b'\n{"a": 1}\n{"b": 2}\n', [(2, {"a": 1}), (3, {"b": 2})]),
    ("objects of JSON one behind the other", b'{"a":\n1}{"b": 2}', [(1, {"a": 1}), (2, {"b": 2})]),
    (
        "YAML in flow style",
        b"{kind: Pod}\n---\n{kind: Job}\n",
        [(1, {"kind": "Pod"}), (3, {"kind": "Job"})],
    ),
    ("what is no JSON number, and so text", b'{"a": NaN}', [(1, {"a": "NaN"})]),
    ("a byte order mark", b"\xef\xbb\xbfa: 1\n", [(1, {"a": 1})]),
    ("nothing", b"", []),
    ("nothing but comments", b"# nothing\n---\n# here\n", []),
]

REFUSED = [
    ("bytes that are no text", b"a: 1\nb: \xff\n", 2, "is not UTF-8 text; save it as UTF-8"),
    (
        "broken YAML",
        b"a: [\n",
        2,
        "not YAML that Kubernetes reads: did not find expected node content",
    ),
    ("broken JSON", b'{"a": 1,\n "b" 2}', 2, "not JSON: Expecting ':' delimiter"),
    ("JSON that goes on and on", b"[" * 100_000, 1, "more than 100 levels deep"),
    (
        "JSON too deep for an object",
        b"[" * 102 + b"]" * 102,
        1,
        "more than 100 levels deep; no Kubernetes object is",
    ),
    (
        "a key given twice in JSON",
        b'{"a": 1, "a": 2}',
        1,
        "not JSON: `a` is given twice in one object; keep one",
    ),
    (
        "a NUL in YAML",
        b"a: \x00\n",
        None,
        (
            "not YAML that Kubernetes reads: unacceptable character #x0000: "
            "control characters are not allowed"
        ),
    ),
    ("more than 256 MiB", b" " * (MAX_BYTES + 1), None, "is over 256 MiB; review it in parts"),
]


@pytest.mark.parametrize(("data", "documents"), [r[1:] for r in READ], ids=[r[0] for r in READ])
def test_what_is_read(data: bytes, documents: list[tuple[int, object]]) -> None:
    assert list(read_documents(data)) == documents


@pytest.mark.parametrize(
    ("data", "line", "reason"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_what_is_refused(data: bytes, line: int | None, reason: str) -> None:
    with pytest.raises(DocumentError) as refused:
        list(read_documents(data))
    assert (refused.value.line, str(refused.value)) == (line, reason)
