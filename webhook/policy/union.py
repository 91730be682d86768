"""A policy set is the union of all documents of all files.

| part | in several documents |
|---|---|
| `labels`, `mode`, `docs`, `controllers`, `clusterDefaults` | an error: one document sets each |
| `teams`, `profiles`, `exemptions` | together; a name given twice is an error |
| `requirements`, `stages` | one after the other, files in order of their names |

Files are sorted by name, so that the order they are found in means nothing. An error about two
places stands at the second and names the first.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from msgspec import Struct

from webhook.policy import limits
from webhook.policy.documents import ParsedDocument
from webhook.policy.errors import Path, PolicyError, PolicyWarning, clip
from webhook.policy.language import Content
from webhook.policy.places import BAD
from webhook.policy.revision import with_revision
from webhook.policy.spec import ClusterDefaults, LabelKeys, PolicySpec

_SINGLE = (
    ("labels", "labels"),
    ("mode", "mode"),
    ("docs", "docs"),
    ("controllers", "controllers"),
    ("clusterDefaults", "cluster_defaults"),
)
_MOST = {
    "requirements": limits.REQUIREMENTS,
    "stages": limits.STAGES,
    "profiles": limits.PROFILES,
    "teams": limits.TEAMS,
    "exemptions": limits.EXEMPTIONS,
}


class Part(Struct, frozen=True):
    """One part of the set, and where it was written. `value` is BAD where it has a problem."""

    value: Any
    document: ParsedDocument
    path: Path

    def error(self, message: str, *steps: str | int, key: bool = False) -> PolicyError:
        return self.document.error((*self.path, *steps), message, key=key)

    def warning(self, message: str, *steps: str | int, key: bool = False) -> PolicyWarning:
        return self.document.warning((*self.path, *steps), message, key=key)

    def where(self) -> str:
        return self.document.where(self.path)


_Twice = tuple[Part, Part, str, str]  # the second, the first, what was done twice, the remedy


class Parts(Struct):
    """All parts of a set, with their places. By name, or in order."""

    single: dict[str, Part]
    teams: dict[str, Part]
    profiles: dict[str, Part]
    exemptions: dict[str, Part]
    requirements: list[Part]
    stages: list[Part]
    documents: list[ParsedDocument] = []  # those that hold teams

    @property
    def labels(self) -> LabelKeys:
        part = self.single.get("labels")
        return LabelKeys() if part is None else part.value


def gather(documents: Iterable[ParsedDocument]) -> tuple[Parts, list[PolicyError]]:
    """All parts, and what is wrong in each document and between them as far as names go."""
    ordered = sorted(documents, key=_place)
    errors = [error for document in ordered if document.problems for error in document.errors()]
    parts = Parts({}, {}, {}, {}, [], [])
    twice: list[_Twice] = []
    for document in ordered:
        if not _has_teams_alone(document.content):
            twice.extend(_add_single(parts, document))
            _add_listed(parts, document)
        twice.extend(_add_named(parts, document))
        if document.content.teams:
            parts.documents.append(document)
    # Saying where takes reading a document again, so only those that are shown are said.
    errors.extend(_already(*each) for each in twice[: limits.PROBLEMS])
    errors.extend(_too_many(parts))
    return parts, errors


def _place(document: ParsedDocument) -> tuple[str, int]:
    return document.file, document.line


def _has_teams_alone(content: Content) -> bool:
    """As most of 10,000 documents have."""
    return content == Content(teams=content.teams)


def spec_of(parts: Parts) -> PolicySpec:
    """The whole set as data. No part may be BAD."""
    single = {name: part.value for name, part in parts.single.items()}
    spec = PolicySpec(
        revision="",
        labels=single.get("labels", LabelKeys()),
        mode=single.get("mode", "enforce"),
        docs=single.get("docs"),
        controllers=single.get("controllers", ()),
        cluster_defaults=single.get("cluster_defaults", ClusterDefaults()),
        requirements=tuple(part.value for part in parts.requirements),
        stages=tuple(part.value for part in parts.stages),
        profiles=tuple(parts.profiles[name].value for name in sorted(parts.profiles)),
        teams={name: parts.teams[name].value for name in sorted(parts.teams)},
        exemptions=tuple(parts.exemptions[name].value for name in sorted(parts.exemptions)),
    )
    return with_revision(spec)


def _add_single(parts: Parts, document: ParsedDocument) -> Iterator[_Twice]:
    for key, attribute in _SINGLE:
        value = getattr(document.content, attribute)
        if value is not None:
            part = Part(value, document, (key,))
            remedy = "one document sets it for the whole policy"
            yield from _add(parts.single, attribute, part, "is set", remedy)


def _add_named(parts: Parts, document: ParsedDocument) -> Iterator[_Twice]:
    content = document.content
    for kind, named, values in (
        ("team", parts.teams, content.teams),
        ("profile", parts.profiles, content.profiles),
    ):
        for name, value in values.items():
            part = Part(value, document, (f"{kind}s", name))
            first = named.setdefault(name, part)
            if first is not part:
                yield part, first, f"{kind} `{clip(name)}` is", _RENAME
    for step, exemption in enumerate(content.exemptions):
        if exemption is not BAD and exemption.name:
            name, part = exemption.name, Part(exemption, document, ("exemptions", step))
            yield from _add(parts.exemptions, name, part, f"exemption `{name}` is", _RENAME)


_RENAME = "rename one, or join them"


def _add(named: dict[str, Part], name: str, part: Part, done: str, remedy: str) -> Iterator[_Twice]:
    first = named.setdefault(name, part)
    if first is not part:
        yield part, first, done, remedy


def _already(part: Part, first: Part, done: str, remedy: str) -> PolicyError:
    return part.error(f"{done} in {first.where()} already; {remedy}", key=True)


def _add_listed(parts: Parts, document: ParsedDocument) -> None:
    for step, requirement in enumerate(document.content.requirements):
        parts.requirements.append(Part(requirement, document, ("requirements", step)))
    for step, stage in enumerate(document.content.stages):
        parts.stages.append(Part(stage, document, ("stages", step)))


def _too_many(parts: Parts) -> Iterator[PolicyError]:
    for name, most in _MOST.items():
        found = getattr(parts, name)
        if len(found) > most:
            every = list(found.values()) if isinstance(found, dict) else found
            said = f"the policy set has {len(found)} {name}; at most {most} are allowed"
            yield every[most].error(said, key=True)
