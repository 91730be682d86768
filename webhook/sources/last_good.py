"""The last good policy set as it lies in four ConfigMaps: what is there, what to write where: pure.

A set is cut into parts, one a ConfigMap, each with a head that says what it is a part of. All
parts of one set are a generation; it counts only when all are there and their digest is that of
the head. Nothing can be written to two ConfigMaps at once, so the ConfigMaps of the newest whole
generation are spared when the next one is written, as far as there are others:

| parts of the set   | while the next is written              | sets that are kept |
|--------------------|----------------------------------------|--------------------|
| 1                  | the one before stays whole             | the last 4         |
| 2                  | the one before stays whole             | the last 2         |
| 3 or 4             | a writer that dies leaves none         | the last           |
| more               | nothing is written, and it is said so  | as it was          |

20,000 teams, the most there may be, are 8 MiB of YAML and, compressed, half of one part.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256

import msgspec
from msgspec import Struct

from webhook.sources.archive import packed
from webhook.sources.directory import Files, digest

# A ConfigMap holds 1 MiB, its keys and the head among it (`MaxSecretSize` in Kubernetes' core
# validation, which counts before base64).
PART_BYTES = 1_000_000
KEY = "policies.tar.gz"  # no policy file's name; a person can join the parts and unpack them


class TooLarge(Exception):
    """More than the ConfigMaps hold; one line says how much, and what to do."""


class Head(Struct, rename="camel", frozen=True):
    """What a part says of itself, as text under `data`."""

    generation: int  # one more than any before it
    part: int  # from 1
    parts: int
    archive: str  # SHA-256 of all parts together
    set: str  # SHA-256 of names and contents of the files
    revision: str  # for people; another version of Taxiway calls the same files otherwise
    stored_at: str  # for people, and for what is said of it


class Slot(Struct, frozen=True):
    """One of the ConfigMaps. `head`: None where it holds no part."""

    name: str
    resource_version: str
    head: Head | None = None
    content: bytes = b""

    @property
    def generation(self) -> int:
        return 0 if self.head is None else self.head.generation


class Generation(Struct, frozen=True):
    """A set that is there as a whole."""

    head: Head  # of its first part
    slots: tuple[str, ...]  # the names of its ConfigMaps
    archive: bytes

    @property
    def number(self) -> int:
        return self.head.generation


class Part(Struct, frozen=True):
    """What is to be written to a ConfigMap."""

    slot: Slot
    head: Head
    content: bytes


def slot(
    name: str, version: str, data: dict[str, str] | None, binary: dict[str, bytes] | None
) -> Slot:
    """A ConfigMap as it was read; whatever else stands in it is no part."""
    content = (binary or {}).get(KEY)
    try:
        head = msgspec.convert(data or {}, Head, strict=False)
    except msgspec.ValidationError:
        head = None
    if content is None or head is None:
        return Slot(name, version)
    return Slot(name, version, head, content)


def generations(slots: Iterable[Slot]) -> tuple[Generation, ...]:
    """Those that are whole, the newest first."""
    found: dict[tuple[int, str], list[Slot]] = defaultdict(list)
    for each in slots:
        if each.head is not None:
            found[each.head.generation, each.head.archive].append(each)
    every = (_whole(parts) for parts in found.values())
    return tuple(sorted((each for each in every if each), key=lambda each: -each.number))


def is_stored(slots: Sequence[Slot], files: Files) -> bool:
    """Whether the newest whole generation is of these files."""
    newest = generations(slots)[:1]
    return any(each.head.set == digest(files).hex() for each in newest)


def parts(slots: Sequence[Slot], files: Files, revision: str, now: datetime) -> tuple[Part, ...]:
    """What to write so that these files are the newest generation. Raises TooLarge."""
    archive = packed(files)
    pieces = [archive[at : at + PART_BYTES] for at in range(0, len(archive), PART_BYTES)]
    chosen = _by_worth(slots)[: len(pieces)]
    if len(chosen) < len(pieces):
        raise TooLarge(
            f"the policy set takes {len(archive)} bytes when compressed, and {len(slots)} "
            f"ConfigMaps hold {len(slots) * PART_BYTES}: shorten it; until then a replica that "
            "starts while a bad set is stored is not ready"
        )
    head = Head(
        generation=max(each.generation for each in slots) + 1,
        part=0,
        parts=len(pieces),
        archive=sha256(archive).hexdigest(),
        set=digest(files).hex(),
        revision=revision,
        stored_at=f"{now:%Y-%m-%dT%H:%M:%SZ}",
    )
    heads = (msgspec.structs.replace(head, part=number) for number in range(1, len(pieces) + 1))
    return tuple(Part(*each) for each in zip(chosen, heads, pieces, strict=True))


def _whole(found: list[Slot]) -> Generation | None:
    heads = {each.head.part: each for each in found if each.head is not None}
    first = heads.get(1)
    if first is None or first.head is None:
        return None
    wanted = range(1, first.head.parts + 1)
    if first.head.parts > len(heads) or any(number not in heads for number in wanted):
        return None
    ordered = [heads[number] for number in wanted]
    archive = b"".join(each.content for each in ordered)
    if sha256(archive).hexdigest() != first.head.archive:
        return None
    return Generation(first.head, tuple(each.name for each in ordered), archive)


def _by_worth(slots: Sequence[Slot]) -> list[Slot]:
    """What is no part of a whole generation first, the newest such generation last."""
    worth = {name: each.number for each in generations(slots) for name in each.slots}
    return sorted(slots, key=lambda each: (worth.get(each.name, 0), each.name))
