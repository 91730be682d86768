"""What each replica says of itself in the ConfigMap `taxiway-status`, under its own name.

A replica writes its entry when something in it has changed, and every 30 s so that it is known to
live: ten replicas are a write in 3 s. The ConfigMap carries no policy label, so no watch of a
replica hears of it. The answer to a write holds the entries of all; the leader takes out those
that have not changed for two minutes by its own clock, whatever the clocks of others say.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Literal, Protocol

import msgspec
from msgspec import Struct
from msgspec.structs import replace

EVERY_SECONDS = 30.0
# Changes that follow each other closely: a set that goes back and forth is a write a second.
APART_SECONDS = 1.0
DEAD_SECONDS = 120.0  # three renewals may fail
# 1,000 characters an entry: a ConfigMap's 1 MiB holds more replicas than a cluster has nodes.
MOST_ERRORS = 3
MOST_CHARACTERS = 300  # of an error
_NO_KEY = re.compile(r"[^-._a-zA-Z0-9]")  # what a key of a ConfigMap may not hold
_KEY_CHARACTERS = 253

Policies = Literal["live", "last-good"]
Patch = Mapping[str, Mapping[str, str | None]]


class Entry(Struct, frozen=True, kw_only=True, rename="camel"):
    """What one replica says. Times are RFC 3339, UTC, by its own clock."""

    version: str
    revision: str | None = None  # of the set in force; None: there is none yet
    since: str | None = None  # when that came into force here
    policies: Policies = "live"  # or read from where the last good are kept
    errors: tuple[str, ...] = ()  # of the last load: the first few
    more_errors: int = 0
    shadow: str | None = None  # the revision of the set as it is planned, if that is good
    trouble: str | None = None  # why the ConfigMaps cannot be read
    seen: str | None = None  # when the replica last knew all that is stored
    written: str = ""


class BadEntry(Exception):
    """An entry that is none; the message says what is wrong with it."""


def entry_of(text: str) -> Entry:
    """The entry as it is stored. Keys of a later version are passed over. Raises BadEntry."""
    try:
        return msgspec.json.decode(text, type=Entry)
    except msgspec.DecodeError as error:
        raise BadEntry(str(error)) from error


def key_of(identity: str) -> str:
    """The key of a replica's entry."""
    return _NO_KEY.sub("-", identity)[:_KEY_CHARACTERS]


def shortened(errors: Iterable[str]) -> tuple[tuple[str, ...], int]:
    """The first few errors, and how many more there are."""
    every = list(errors)
    return tuple(map(_short, every[:MOST_ERRORS])), max(0, len(every) - MOST_ERRORS)


def text(seconds: float) -> str:
    """A time, given in seconds since 1970."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"


class StatusWriter(Protocol):
    """The API server, for this one ConfigMap."""

    def patch_status(self, change: Patch) -> Mapping[str, str]:
        """Merge into the ConfigMap. Returns its `data` then. Raises ApiError."""


class Status:
    """Call `turn` every second or so. `clock` gives seconds, monotonic; `now` since 1970."""

    def __init__(
        self,
        writer: StatusWriter,
        identity: str,
        clock: Callable[[], float],
        now: Callable[[], float],
    ) -> None:
        self._writer = writer
        self._key = key_of(identity)
        self._clock = clock
        self._now = now
        self._said: Entry | None = None
        self._said_at = float("-inf")
        self._heard: dict[str, tuple[str, float]] = {}  # of others: what, and since when

    def turn(self, entry: Entry, *, leads: bool) -> None:
        """Say this of ourselves if it is time to. Raises ApiError; then call again later."""
        passed = self._clock() - self._said_at
        is_new = self._said is None or _bare(entry) != _bare(self._said)
        if passed < (APART_SECONDS if is_new else EVERY_SECONDS):
            return
        written = replace(entry, written=text(self._now()))
        self._hear(self._patch({self._key: msgspec.json.encode(written).decode()}))
        self._said, self._said_at = entry, self._clock()
        dead = self._dead() if leads else []
        if dead:
            self._hear(self._patch(dict.fromkeys(dead)))

    def leave(self) -> None:
        """Take our own entry out, where there is one. Raises ApiError; then call again later."""
        if self._said is not None:
            self._patch({self._key: None})
            self._said = None

    def _patch(self, entries: Mapping[str, str | None]) -> Mapping[str, str]:
        return self._writer.patch_status({"data": entries})

    def _hear(self, stored: Mapping[str, str]) -> None:
        now = self._clock()
        self._heard = {
            key: (value, since if value == before else now)
            for key, value in stored.items()
            if key != self._key
            for before, since in (self._heard.get(key, (None, now)),)
        }

    def _dead(self) -> list[str]:
        now = self._clock()
        return [key for key, (_, since) in self._heard.items() if now - since >= DEAD_SECONDS]


def _bare(entry: Entry) -> Entry:
    """Without what changes all the time."""
    return replace(entry, seen=None, written="")


def _short(error: str) -> str:
    return error if len(error) <= MOST_CHARACTERS else error[: MOST_CHARACTERS - 1] + "…"
