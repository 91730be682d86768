"""The documents of a file: a stream of YAML or JSON, as plain JSON values.

`kubectl get … -o json`, an API server's AdmissionReview, JSON Lines, one YAML file of several
documents: all are one stream. A file that begins with `{` or `[` is JSON, and only if that fails
and it is small, YAML in its flow style.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from webhook.cli.kubernetes_yaml import MAX_DEPTH, YamlError, read_yaml

# `kubectl get pods -A -o json` of 25,000 pods of 10 KiB.
MAX_BYTES = 256 * 2**20
STDIN = "-"
# YAML takes about 20 µs a value; flow style is written by hand, and small.
MAX_FLOW_CHARACTERS = 2**20


class DocumentError(ValueError):
    """Why a stream ends here, and in which line (None where the parser does not say)."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.line = line


def named_input(file: str) -> str:
    """How a file is named in messages."""
    return "standard input" if file == STDIN else file or '""'


def unreadable(error: OSError) -> str:
    """Why a file cannot be read, and what to do."""
    mend = "check its path and your rights"
    if isinstance(error, FileNotFoundError):
        mend = "check its path"
    elif isinstance(error, IsADirectoryError):
        mend = "name files, those with Kubernetes objects in them"
    return f"cannot be read: {error.strerror}; {mend}"


def read_bytes(file: str) -> bytes:
    """One byte over the limit is enough to see that it is passed. Raises OSError."""
    if file == STDIN:
        return b"" if sys.stdin is None else sys.stdin.buffer.read(MAX_BYTES + 1)
    with Path(file).open("rb") as stream:
        return stream.read(MAX_BYTES + 1)


def read_documents(data: bytes) -> Iterator[tuple[int, Any]]:
    """Each document's first line and value, but for empty ones. Raises DocumentError."""
    text = _text(data)
    stream = _json_or_flow(text) if text.lstrip()[:1] in ("{", "[") else _yaml(text)
    for line, value in stream:
        if value is not None:
            yield line, value


def _text(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise DocumentError(f"is over {MAX_BYTES >> 20} MiB; review it in parts")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DocumentError("is not UTF-8 text; save it as UTF-8", line) from None


def _yaml(text: str) -> Iterator[tuple[int, Any]]:
    try:
        yield from read_yaml(text)
    except YamlError as error:
        raise DocumentError(f"not YAML that Kubernetes reads: {error}", error.line) from None


def _json_or_flow(text: str) -> Iterator[tuple[int, Any]]:
    """JSON's own error stands: what begins with a brace was most likely meant to be JSON."""
    try:
        yield from _json(text)
    except DocumentError:
        try:
            flow = list(read_yaml(text)) if len(text) <= MAX_FLOW_CHARACTERS else None
        except YamlError:
            flow = None
        if flow is None:
            raise
        yield from flow


def _json(text: str) -> Iterator[tuple[int, Any]]:
    """Yields only when the whole stream was read, so that nothing is reviewed twice."""
    decoder = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_no_constant)
    documents = []
    at = _skip_space(text, 0)
    line = text.count("\n", 0, at) + 1
    while at < len(text):
        value, end = _one_json(decoder, text, at, line)
        documents.append((line, value))
        end = _skip_space(text, end)
        at, line = end, line + text.count("\n", at, end)
    yield from documents


def _one_json(decoder: json.JSONDecoder, text: str, at: int, line: int) -> tuple[Any, int]:
    try:
        value, end = decoder.raw_decode(text, at)
    except json.JSONDecodeError as error:
        raise DocumentError(f"not JSON: {error.msg}", error.lineno) from None
    except RecursionError:
        raise DocumentError(f"more than {MAX_DEPTH} levels deep", line) from None
    except ValueError as error:
        raise DocumentError(f"not JSON: {error}", line) from None
    if _deeper_than(value, MAX_DEPTH):
        raise DocumentError(f"more than {MAX_DEPTH} levels deep; no Kubernetes object is", line)
    return value, end


def _skip_space(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n":
        at += 1
    return at


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    whole = dict(pairs)
    if len(whole) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"`{twice}` is given twice in one object; keep one")
    return whole


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


def _deeper_than(value: Any, levels: int) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(levels == 0 or _deeper_than(item, levels - 1) for item in inner)
