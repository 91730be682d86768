"""One document of one file: what it says and what is wrong with it, known by its text alone.

Documents are independent of each other and of the file they stand in, so that a load after a
change reads only the documents whose text changed: pass the same `cache` each time. A file that
is as it was is not even cut into documents.
"""

from collections.abc import Iterator
from functools import lru_cache
from hashlib import sha256
from typing import Any

from msgspec import Struct

from webhook.policy.alike import Alike
from webhook.policy.block_style import block_style
from webhook.policy.cases import VERSION as TESTS
from webhook.policy.errors import Path, PolicyError, PolicyWarning, Problem, clip, show_path
from webhook.policy.language import DOCUMENT, VERSION, Content
from webhook.policy.nodes import Mapping, Node, Scalar, Sequence, compose
from webhook.policy.places import Place, is_null
from webhook.policy.source import Unreadable, chunks

# What was found out about a document's teams, by who asked: see `of_teams`.
Memo = dict[Any, tuple[Any, Any]]


class Reading(Struct, frozen=True):
    """What a document's text says; lines count from its own first. None: no document at all."""

    content: Content | None
    problems: tuple[Problem, ...]
    memo: Memo = {}


class File(Struct, frozen=True):
    """All documents of a file."""

    documents: tuple["ParsedDocument", ...]


# By SHA-256 of a document's text, or of a file's name and content. Its owner drops what is no
# longer used.
Cache = dict[bytes, Reading | File]


class ParsedDocument(Struct, frozen=True):
    """A document in its file, which it begins on `line` (from 0)."""

    file: str
    line: int
    text: str
    content: Content
    problems: tuple[Problem, ...] = ()
    digest: bytes = b""  # of the text: the key of its reading in a cache
    memo: Memo = {}  # its reading's

    def errors(self) -> list[PolicyError]:
        return [problem.at(self.file, self.line) for problem in self.problems]

    def error(self, path: Path, message: str, *, key: bool = False) -> PolicyError:
        """An error at the value that a path leads to, or at its key."""
        line, column = _locate(self.text, path, key)
        return PolicyError(self.file, self.line + line + 1, column + 1, show_path(path), message)

    def warning(self, path: Path, message: str, *, key: bool = False) -> PolicyWarning:
        """The same as a warning."""
        found = self.error(path, message, key=key)
        return PolicyWarning(found.file, found.line, found.column, found.path, found.message)

    def where(self, path: Path) -> str:
        """`file:line`, for a message about another place."""
        return f"{self.file}:{self.line + _locate(self.text, path, key=True)[0] + 1}"


def parse_documents(
    name: str, data: bytes, cache: Cache | None = None
) -> tuple[ParsedDocument, ...]:
    """The documents of one file, their problems with them. Never raises for what is in it.

    Text that holds no document (comments alone) gives none.
    """
    known: Cache = {} if cache is None else cache
    key = file_key(name, data)
    file = known.get(key)
    if not isinstance(file, File):
        file = known[key] = File(tuple(_documents(name, data, known)))
    return file.documents


def file_key(name: str, data: bytes) -> bytes:
    """The key of a file in a cache."""
    digest = sha256(f"file {len(name)} {name}".encode())
    digest.update(data)
    return digest.digest()


def _documents(name: str, data: bytes, cache: Cache) -> Iterator[ParsedDocument]:
    try:
        parts = chunks(data)
    except Unreadable as unreadable:
        yield ParsedDocument(name, 0, "", Content(), (unreadable.problem,))
        return
    for part in parts:
        digest = sha256(part.text.encode()).digest()
        reading = cache.get(digest)
        if not isinstance(reading, Reading):
            reading = cache[digest] = _read(part.text)
        content, problems, memo = reading.content, reading.problems, reading.memo
        if content is not None:
            yield ParsedDocument(name, part.line, part.text, content, problems, digest, memo)


_alike = Alike()


def _read(text: str) -> Reading:
    alike = _alike.read(text)
    return Reading(alike, ()) if alike is not None else _read_nodes(text)


def _read_nodes(text: str) -> Reading:
    node, problems = _nodes(text)
    if node is None or (is_null(node) and not _text(node)):
        return Reading(Content() if problems else None, problems)
    if isinstance(node, Mapping) and _text(node.get("apiVersion")) == TESTS:
        return Reading(None, ())  # tests of policies, which `taxiway test` reads
    found = list(problems)
    at = Place((), found)
    if not _is_policy(node, at):
        return Reading(Content(), tuple(found))
    content = DOCUMENT.read(node, at)
    return Reading(content if isinstance(content, Content) else Content(), tuple(found))


def _nodes(text: str) -> tuple[Node | None, tuple[Problem, ...]]:
    """As `compose`, and sooner where the document is of the plainest style."""
    node = block_style(text)
    return compose(text) if node is None else (node, ())


def _is_policy(node: Node, at: Place) -> bool:
    """Whether to go on reading: what is something else would only give a hundred problems."""
    if not isinstance(node, Mapping):
        return True
    kind, version = _text(node.get("kind")), _text(node.get("apiVersion"))
    if version == VERSION or (version is None and kind is None):
        return True
    if kind is not None:
        at.report(node, _not_a_policy(kind))
        return False
    shown = clip(version or "")
    (at / "apiVersion").report(
        node.pairs["apiVersion"][1], f"`{shown}` is no version this Taxiway reads; write {VERSION}"
    )
    return False


def _not_a_policy(kind: str) -> str:
    if kind == "ConfigMap":
        return (
            "is a ConfigMap, not a policy document: policies are the texts under its `data`; "
            "write each to a file of its own"
        )
    return f"is a Kubernetes {clip(kind)}; a policy document has apiVersion: {VERSION} and no kind"


def _text(node: Any) -> str | None:
    return node.text if isinstance(node, Scalar) else None


@lru_cache(maxsize=4)
def _composed(text: str) -> Node | None:
    """The nodes of the documents last asked about: a thousand errors are often of one."""
    return _nodes(text)[0]


def forget_places() -> None:
    """Give back what `_composed` keeps, up to 100 MiB for documents of 1 MiB, once a load ends."""
    _composed.cache_clear()


def _locate(text: str, path: Path, key: bool) -> tuple[int, int]:
    """Line and column of the last place on the path that the text has, from 0.

    The text is composed again: places are wanted so seldom that keeping all would cost more.
    """
    node = _composed(text)
    mark = None if node is None else node.mark
    for step in path:
        if isinstance(node, Mapping) and step in node.pairs:
            name, node = node.pairs[str(step)]
            mark = name.mark if key and step is path[-1] else node.mark
        elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
            mark = node.mark
        else:
            break
    return (0, 0) if mark is None else (mark.line, mark.column)
