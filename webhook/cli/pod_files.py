"""Pods in files, thousands of them: JSON is decoded straight into what is judged.

What is plainly a Pod, alone, in a List or one a line, never becomes a dictionary. All else (YAML,
templates, SparkApplications, AdmissionReviews, and whatever is wrong) is read as `review` reads it,
at about ten times the time. A key that is given twice in JSON's objects is refused there alone.
"""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import msgspec
from msgspec import Raw, Struct

from webhook.admission.review import MALFORMED
from webhook.cli.corpus import Case
from webhook.cli.documents import (
    STDIN,
    DocumentError,
    named_input,
    read_bytes,
    read_documents,
    unreadable,
)
from webhook.cli.objects import Found, creation, pods_in
from webhook.cli.subject import Defaults, Refusal
from webhook.kube.pod import Pod

SUFFIXES = (".json", ".jsonl", ".yaml", ".yml")  # of what is read in a directory
_NOBODY = Defaults()
_pod = msgspec.json.Decoder(Pod).decode


class _Head(Struct, rename="camel"):
    """Enough of an object to see whether it is a list."""

    kind: str | None = None
    api_version: str | None = None
    items: list[Raw] | None = None


_head = msgspec.json.Decoder(_Head).decode
_raw = msgspec.json.Decoder(Raw).decode


class PodFiles:
    """The pods of files, and of the files in directories. See `Corpus`."""

    def __init__(self, paths: tuple[str, ...], *, govern_all: bool) -> None:
        self._files = tuple(chain.from_iterable(map(_within, paths)))
        self._govern_all = govern_all
        self.read = 0
        self.total: int | None = sum(map(_size, self._files)) or None
        self.notes: list[str] = []

    def cases(self) -> Iterator[Case | Refusal]:
        for file in self._files:
            origin = named_input(file)
            try:
                data = read_bytes(file)
                before = self.read
                yield from self._file(data, origin)
                self.read = before + len(data)
            except DocumentError as error:
                yield Refusal(f"{origin}:{error.line}" if error.line else origin, str(error))
            except OSError as error:
                yield Refusal(origin, unreadable(error))

    def _file(self, data: bytes, origin: str) -> Iterator[Case | Refusal]:
        count = 0
        documents = _json(data)
        found = self._slow(data, origin) if documents is None else self._fast(documents, origin)
        for one in found:
            count += 1
            yield one
        if not count:
            yield Refusal(origin, "holds no pod; give Kubernetes objects as YAML or JSON")

    def _fast(self, documents: list[tuple[int, Raw]], origin: str) -> Iterator[Case | Refusal]:
        for line, raw in documents:
            where = f"{origin}:{line}"
            head = _decoded_head(raw)
            if head is None or head.items is None or not (head.kind or "").endswith("List"):
                yield from self._one(raw, where, implied=False)
                continue
            implied = head.kind == "PodList" and head.api_version == "v1"
            for at, item in enumerate(head.items):
                yield from self._one(item, f"{where}, items[{at}]", implied=implied)

    def _one(self, raw: Raw, origin: str, *, implied: bool) -> Iterator[Case | Refusal]:
        self.read += len(memoryview(raw))
        try:
            pod = _pod(raw)
        except MALFORMED:
            pod = None
        if pod is not None and _is_pod(pod, implied):
            yield Case(origin, creation(pod, _NOBODY), self._govern_all)
            return
        try:
            yield from self._read(raw, origin, implied)
        except DocumentError as error:
            yield Refusal(origin, str(error))

    def _read(self, raw: Raw, origin: str, implied: bool) -> Iterator[Case | Refusal]:
        for _, value in read_documents(bytes(raw)):
            if implied and isinstance(value, dict):
                value = {"kind": "Pod", "apiVersion": "v1"} | value
            yield from map(self._case, pods_in(value, origin, _NOBODY))

    def _slow(self, data: bytes, origin: str) -> Iterator[Case | Refusal]:
        for line, value in read_documents(data):
            yield from map(self._case, pods_in(value, f"{origin}:{line}", _NOBODY))

    def _case(self, found: Found) -> Case | Refusal:
        if isinstance(found, Refusal):
            return found
        return Case(found.origin, found.request, self._govern_all)


def _json(data: bytes) -> list[tuple[int, Raw]] | None:
    """One JSON document, or one a line, each with its line; None: it is something else."""
    if data.lstrip()[:1] != b"{":
        return None
    try:
        return [(1, _raw(data))]
    except MALFORMED:
        pass
    try:
        lines = enumerate(data.splitlines(), 1)
        return [(number, _raw(line)) for number, line in lines if line.strip()]
    except MALFORMED:
        return None


def _is_pod(pod: Pod, implied: bool) -> bool:
    """In a PodList the items need not say what they are."""
    said = (pod.kind, pod.api_version)
    return said == ("Pod", "v1") or (implied and said == (None, None))


def _decoded_head(raw: Raw) -> _Head | None:
    try:
        return _head(raw)
    except MALFORMED:
        return None


def _within(path: str) -> list[str]:
    """A directory's files, its folders' included; whatever else it is, it is read as a file."""
    if path == STDIN or not Path(path).is_dir():
        return [path]
    every = (file for file in sorted(Path(path).rglob("*")) if file.suffix in SUFFIXES)
    found = [str(file) for file in every if not file.is_dir()]
    return found or [path]  # reading the directory as a file says what is wrong


def _size(file: str) -> int:
    return Path(file).stat().st_size if file != STDIN and Path(file).is_file() else 0
