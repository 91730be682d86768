"""Which stored sets are whole, and where the next one goes: writers that die among it."""

import random
from datetime import UTC, datetime

import msgspec
import pytest

from webhook import names
from webhook.sources.archive import unpacked
from webhook.sources.directory import Files
from webhook.sources.last_good import (
    PART_BYTES,
    Part,
    Slot,
    TooLarge,
    generations,
    is_stored,
    parts,
    slot,
)

NOW = datetime(2026, 5, 28, 20, 26, 40, tzinfo=UTC)


def files(name: str, size: int = 1) -> Files:
    """Files that compress to so many parts: what is random does not compress."""
    noise = random.Random(name).randbytes(int((size - 0.5) * PART_BYTES))  # noqa: S311
    return ((f"{name}/a.yaml", noise),)


ONE, TWO, THREE, FOUR = (files(name) for name in ("one", "two", "three", "four"))
EMPTY = tuple(slot(name, "1", None, None) for name in names.LAST_GOOD)


def written(slots: tuple[Slot, ...], every: tuple[Part, ...]) -> tuple[Slot, ...]:
    """What is stored after this, as it is read again."""
    by_name = {each.name: each for each in slots}
    for part in every:
        head = {key: str(value) for key, value in msgspec.to_builtins(part.head).items()}
        binary = {"policies.tar.gz": part.content}
        by_name[part.slot.name] = slot(part.slot.name, "2", head, binary)
    return tuple(by_name.values())


def after(*sets: Files, slots: tuple[Slot, ...] = EMPTY) -> tuple[Slot, ...]:
    """What is stored after these have been, one after the other."""
    for each in sets:
        slots = written(slots, parts(slots, each, "r", NOW))
    return slots


def stored(slots: tuple[Slot, ...]) -> list[Files]:
    """The sets that can be read, the newest first."""
    return [unpacked(each.archive) for each in generations(slots)]


# Sets that were stored one after the other, and what can be read then.
KEPT: dict[str, tuple[list[Files], list[Files]]] = {
    "nothing": ([], []),
    "one": ([ONE], [ONE]),
    "four small ones": ([ONE, TWO, THREE, FOUR], [FOUR, THREE, TWO, ONE]),
    "a fifth takes the place of the first": (
        [ONE, TWO, THREE, FOUR, files("five")],
        [files("five"), FOUR, THREE, TWO],
    ),
    "the same again after another": ([ONE, TWO, ONE], [ONE, TWO, ONE]),
    "two of two parts": ([files("a", 2), files("b", 2)], [files("b", 2), files("a", 2)]),
    "a third of two parts takes the place of the first": (
        [files("a", 2), files("b", 2), files("c", 2)],
        [files("c", 2), files("b", 2)],
    ),
    "three parts beside one": ([ONE, files("a", 3)], [files("a", 3), ONE]),
    "three parts after three": ([files("a", 3), files("b", 3)], [files("b", 3)]),
    "four parts": ([ONE, TWO, files("a", 4)], [files("a", 4)]),
    "one after four parts": ([files("a", 4), ONE], [ONE]),
}


@pytest.mark.parametrize(("sets", "kept"), KEPT.values(), ids=KEPT.keys())
def test_what_can_be_read_after(sets: list[Files], kept: list[Files]) -> None:
    assert stored(after(*sets)) == kept


@pytest.mark.parametrize("done", range(2), ids=["before it wrote", "after one of two parts"])
def test_a_writer_of_two_parts_that_dies_leaves_the_set_before(done: int) -> None:
    slots = after(ONE, files("a", 2))
    torn = written(slots, parts(slots, files("b", 2), "r", NOW)[:done])
    assert stored(torn)[0] == files("a", 2)
    assert stored(after(files("b", 2), slots=torn))[0] == files("b", 2)


@pytest.mark.parametrize("done", range(1, 4))
def test_a_writer_of_four_parts_that_dies_leaves_no_half_of_one(done: int) -> None:
    slots = after(files("a", 4))
    torn = written(slots, parts(slots, files("b", 4), "r", NOW)[:done])
    assert stored(torn) == []
    assert stored(after(files("c", 4), slots=torn)) == [files("c", 4)]


def test_two_writers_at_once_leave_no_mixture() -> None:
    slots = after(ONE)
    one, other = (parts(slots, files(name, 3), "r", NOW) for name in ("a", "b"))
    mixed = written(slots, (one[0], other[1], one[2]))
    assert stored(mixed) == [ONE]


def test_more_than_they_hold_is_said_with_what_it_means() -> None:
    with pytest.raises(TooLarge) as raised:
        parts(EMPTY, files("a", 5), "r", NOW)
    size, said = str(raised.value).split(" bytes", 1)
    assert size.startswith("the policy set takes 450")
    assert said == (
        " when compressed, and 4 ConfigMaps hold 4000000: shorten it; until then a replica that "
        "starts while a bad set is stored is not ready"
    )


def test_fewer_configmaps_hold_fewer_parts() -> None:
    assert stored(after(ONE, TWO, THREE, slots=EMPTY[:2])) == [THREE, TWO]


STORED = {
    "nothing": ([], False),
    "this one": ([ONE], True),
    "another": ([TWO], False),
    "this one, and then another": ([ONE, TWO], False),
}


@pytest.mark.parametrize(("sets", "is_there"), STORED.values(), ids=STORED.keys())
def test_whether_a_set_is_the_newest_that_is_stored(sets: list[Files], is_there: bool) -> None:
    assert is_stored(after(*sets), ONE) is is_there


HEAD = {"generation": "1", "part": "1", "parts": "1", "archive": "a", "set": "s"}
WHOLE = HEAD | {"revision": "r", "storedAt": "t"}
BINARY = {"policies.tar.gz": b"x"}
NO_PARTS: dict[str, tuple[dict[str, str] | None, dict[str, bytes] | None]] = {
    "an empty ConfigMap": (None, None),
    "a head without a part": (WHOLE, None),
    "a part without a head": (None, BINARY),
    "a head that lacks something": (HEAD, BINARY),
    "a head with words for numbers": (WHOLE | {"parts": "two"}, BINARY),
}


@pytest.mark.parametrize(("data", "binary"), NO_PARTS.values(), ids=NO_PARTS.keys())
def test_what_is_no_part(data: dict[str, str] | None, binary: dict[str, bytes] | None) -> None:
    assert slot("taxiway-last-good-0", "7", data, binary) == Slot("taxiway-last-good-0", "7")


# A head of a part, changed by somebody.
LIES = {
    "another digest": {"archive": "0" * 64},
    "more parts than there are": {"parts": "2"},
    "a billion parts": {"parts": "1000000000"},
    "no part": {"parts": "0"},
    "another place": {"part": "2"},
    "a place before the first": {"part": "-1"},
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
def test_a_head_that_lies_is_no_set_and_the_one_before_is_read(lie: dict[str, str]) -> None:
    slots = after(ONE)
    (part,) = parts(slots, TWO, "r", NOW)
    head = {key: str(value) for key, value in msgspec.to_builtins(part.head).items()} | lie
    binary = {"policies.tar.gz": part.content}
    changed = [slot(each.name, "2", head, binary) if each is part.slot else each for each in slots]
    assert stored(tuple(changed)) == [ONE]
