"""What the loader process says to the serving process, as frames on a pipe.

A frame is its length, four bytes, big-endian, then one message in MessagePack. A good load is
`Begin`, any number of `Teams`, `Complete`; a bad one is `Failed` alone. Only the teams that
changed since they were told last are sent, in pieces small enough to be decoded in under 5 ms, so
that no request waits for a load. The first teams of a large set are told before it is known whether
the set is good: they are no load yet, and what `Begin` and `Complete` enclose differs from them.
`Alive` comes in between, so that silence has a meaning.
Whoever serves may ask about a change that is not stored yet: `Asked` goes the other way, and
`Judged` is the answer; `InForce` goes there too, and says what became of a load, and `Leaving`,
that this replica is about to end. What is said of the set that is only planned stands in
`planned_frames`. The loader need not import asyncio: `frame_reader` does.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import BinaryIO

import msgspec
from msgspec import Struct

from webhook.policy.question import Change, Verdict
from webhook.policy.spec import PolicySpec, Team
from webhook.sources.planned_frames import PlannedFrame

# A team with tolerations, members and IAM takes about 0.5 KiB and 10 µs to decode; 100 take 1 ms.
TEAMS_A_FRAME = 100
# msgspec decodes specs at about 50 MiB/s: 128 KiB take 2.5 ms, whatever is in them.
BYTES_A_FRAME = 128 * 1024
# One document is at most a few MiB (a ConfigMap holds 1 MiB): more is a broken pipe's nonsense.
MOST_BYTES = 64 * 1024 * 1024
LENGTH_BYTES = 4
MOST_LINES = 200  # of errors and warnings each; what follows is counted
MOST_CHARACTERS = 1000  # a line


class Begin(Struct, tag=True, frozen=True):
    """A load follows: the set without its teams, and the names of teams that are no more."""

    spec: PolicySpec
    gone: tuple[str, ...] = ()


class Teams(Struct, tag=True, frozen=True):
    """Some of the teams that are new or have changed."""

    teams: tuple[Team, ...]


class AllTold(Struct, tag=True, frozen=True):
    """All teams were told that could be before their set is known as a whole: it is checked now."""


class Complete(Struct, tag=True, frozen=True):
    """All of the load was sent. `warnings` are lint's, one line each."""

    files: int
    seconds: float  # what reading, parsing and checking took
    warnings: tuple[str, ...] = ()
    stored: str | None = None  # when this set was stored as the last good one; None: it is live


class Failed(Struct, tag=True, frozen=True):
    """The load failed; each error is one line, with file, line and column where it has them."""

    errors: tuple[str, ...]


class Alive(Struct, tag=True, frozen=True):
    """The loader still looks.

    `age`: seconds since what it last told of was known to be all that is stored; None: it never
    was. `trouble`: why nothing can be read now, in one line.
    """

    age: float | None = None
    trouble: str | None = None


class Judged(Struct, tag=True, frozen=True):
    """The answer to the question of this number."""

    number: int
    verdict: Verdict


class Asked(Struct, tag=True, frozen=True):
    """The other way: a question of the serving process. It counts them."""

    number: int
    change: Change


class Standing(Struct, tag=True, frozen=True):
    """What this replica does in its cluster: sent when something of it has changed.

    `troubles`: why duties cannot be done now, by their names; one line each.
    """

    is_leader: bool = False
    troubles: dict[str, str] = {}


class InForce(Struct, tag=True, frozen=True):
    """The other way: requests are answered by the set of this revision."""

    revision: str
    since: float  # seconds since 1970
    is_stored: bool  # the last good one, as it was kept: this process has seen no better one


class Leaving(Struct, tag=True, frozen=True):
    """The other way: this replica was told to end. Loads go on, since it answers for a while."""


Said = Asked | InForce | Leaving  # by the serving process
Frame = Begin | Teams | AllTold | Complete | Failed | Alive | Standing | Judged | PlannedFrame

_encode = msgspec.msgpack.Encoder().encode
_decoder: msgspec.msgpack.Decoder[Frame] = msgspec.msgpack.Decoder(Frame)
_said: msgspec.msgpack.Decoder[Said] = msgspec.msgpack.Decoder(Said)


class BrokenFrame(Exception):
    """The loader said something that is no frame."""


def encoded(frame: Frame | Said) -> bytes:
    body = _encode(frame)
    return len(body).to_bytes(LENGTH_BYTES) + body


def decoded(body: bytes) -> Frame:
    """What a frame holds after its length. Raises BrokenFrame."""
    try:
        return _decoder.decode(body)
    except msgspec.DecodeError as error:
        raise BrokenFrame(str(error)) from error


def read_said(pipe: BinaryIO) -> Said | None:
    """What the serving process says next; None at the end of the pipe. Raises BrokenFrame."""
    head = pipe.read(LENGTH_BYTES)
    body = pipe.read(int.from_bytes(head)) if len(head) == LENGTH_BYTES else b""
    if len(head) < LENGTH_BYTES or len(body) < int.from_bytes(head):
        return None
    try:
        return _said.decode(body)
    except msgspec.DecodeError as error:
        raise BrokenFrame(str(error)) from error


def changes(before: Mapping[str, Team], spec: PolicySpec) -> Iterator[Begin | Teams]:
    """What has to be said to one who knows the teams `before`, so that it knows `spec`."""
    gone = tuple(name for name in before if name not in spec.teams)
    yield Begin(msgspec.structs.replace(spec, teams={}), gone)
    changed = (team for name, team in spec.teams.items() if before.get(name) != team)
    yield from map(Teams, _pieces(changed))


def ahead(teams: Iterable[Team]) -> Iterator[Teams]:
    """Teams that are told before their set is known as a whole; `AllTold` follows the last."""
    yield from map(Teams, _pieces(teams))


def lines(messages: Iterable[str]) -> tuple[str, ...]:
    """The first of these, shortened, and how many more there are."""
    every = [message[:MOST_CHARACTERS] for message in messages]
    if len(every) <= MOST_LINES:
        return tuple(every)
    return (*every[:MOST_LINES], f"... and {len(every) - MOST_LINES} more")


def _pieces(teams: Iterable[Team]) -> Iterator[tuple[Team, ...]]:
    piece: list[Team] = []
    size = 0
    for team in teams:
        weight = len(_encode(team))
        if piece and (len(piece) == TEAMS_A_FRAME or size + weight > BYTES_A_FRAME):
            yield tuple(piece)
            piece, size = [], 0
        piece.append(team)
        size += weight
    if piece:
        yield tuple(piece)
