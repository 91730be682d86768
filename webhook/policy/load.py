"""Policy files in, a checked set out, or every error at once: `file:line:column: path: message`.

    load = parse_documents for each file, then union

Pure: it takes names and bytes. Where they come from is for `sources`.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from msgspec import Struct

from webhook.policy import limits
from webhook.policy.documents import (
    Cache,
    ParsedDocument,
    file_key,
    forget_places,
    parse_documents,
)
from webhook.policy.errors import PolicyError, PolicyErrors, PolicyWarning
from webhook.policy.lint import lint
from webhook.policy.references import check
from webhook.policy.spec import PolicySpec
from webhook.policy.union import gather, spec_of

NO_POLICY = (
    "no policy document: write one that begins with apiVersion: taxiway/v1 "
    "(that line alone is a policy that asks for nothing)"
)


class Loaded(Struct, frozen=True):
    """A checked set, and what is legal in it and probably not meant, sorted by place."""

    spec: PolicySpec
    warnings: tuple[PolicyWarning, ...] = ()


def load(
    files: Iterable[tuple[str, bytes]], *, today: date | None = None, cache: Cache | None = None
) -> Loaded:
    """The policy set that files (name and content) make together.

    With `today`, exemptions that are past or near their date are warned of too. With `cache`,
    files and documents that it knows are not read again, and what is no more is dropped.
    Raises PolicyErrors.
    """
    given = sorted(files)
    check_size(given)
    documents = [doc for name, data in given for doc in parse_documents(name, data, cache)]
    if cache is not None:
        used = {document.digest for document in documents}
        used.update(file_key(name, data) for name, data in given)
        for digest in cache.keys() - used:
            del cache[digest]
    return union(documents, today=today)


def union(documents: Iterable[ParsedDocument], *, today: date | None = None) -> Loaded:
    """The policy set that documents make together. Raises PolicyErrors."""
    every = list(documents)
    if not every:
        raise PolicyErrors([PolicyError("policies", 1, 1, "", NO_POLICY)])
    if len(every) > limits.DOCUMENTS:
        extra = every[limits.DOCUMENTS]
        said = f"the policy set has {len(every)} documents; at most {limits.DOCUMENTS} are allowed"
        raise PolicyErrors([extra.error((), said)])
    try:
        return _checked(every, today)
    finally:
        forget_places()


def _checked(documents: list[ParsedDocument], today: date | None) -> Loaded:
    parts, errors = gather(documents)
    errors.extend(check(parts))
    if errors:
        raise PolicyErrors(errors)
    return Loaded(spec_of(parts), lint(parts, today))


def check_size(files: Sequence[tuple[str, bytes]]) -> None:
    """Raises PolicyErrors at the first file, in the order they are given, that is too much."""
    size = 0
    for count, (name, data) in enumerate(files, 1):
        size += len(data)
        if count > limits.FILES:
            said = f"the policy set has {len(files)} files; at most {limits.FILES} are allowed"
            raise PolicyErrors([PolicyError(name, 1, 1, "", said)])
        if size > limits.SET_BYTES:
            said = f"with this file the policy set is over {limits.SET_BYTES} bytes; shorten it"
            raise PolicyErrors([PolicyError(name, 1, 1, "", said)])
