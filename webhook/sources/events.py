"""What is said beside a ConfigMap, as Kubernetes Events: why its policies are not taken up.

| the set                                      | what is written                                   |
|----------------------------------------------|---------------------------------------------------|
| is refused, for errors that are new to it    | a Warning, at once; 5 s after the one before      |
| is refused again, for the same errors        | the same Event, counted up, once a minute         |
| stays refused, and nothing is tried          | the same Event, counted up, every 5 minutes       |
| is good, and it was told of errors before    | one Normal Event                                  |

An Event's name comes from the ConfigMap's uid and from what is said: all replicas, and one after a
restart, mean the same Event, and nothing has to be looked up. The API server forgets an Event an
hour after it was written last (`--event-ttl`), so one that is still true is written now and then.

Source of the fields: Kubernetes API reference, core/v1 Event. `kubectl describe` finds those whose
`involvedObject` has the object's kind, namespace, name and uid.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Protocol

from msgspec import Struct

APART_SECONDS = 5.0
AGAIN_SECONDS = 60.0
LASTING_SECONDS = 300.0
# Whoever has become the leader meanwhile still says that all is well; not longer than
# AGAIN_SECONDS, so that it is said once.
ACCEPTED_SECONDS = 60.0
# 50 are one write a second while loads fail again and again; the log and `/readyz` name them all.
MOST_CONFIG_MAPS = 50
MOST_COUNTS = 1000  # of Events, at 100 bytes
REJECTED, ACCEPTED = "PolicyRejected", "PolicyAccepted"
IN_FORCE = "policy set {} is in force, with the policies of this ConfigMap"
COMPONENT = "taxiway"
_STEM = 200  # characters of the ConfigMap's name; a name has 253 in all

Json = dict[str, Any]


class Findings(Struct, frozen=True):
    """What the last load found. `loads` counts them, so that two alike are told apart."""

    loads: int
    revision: str | None  # None: the set was refused
    offences: Mapping[str, str] = {}  # what to say beside each offending ConfigMap, by its name

    @property
    def is_good(self) -> bool:
        return self.revision is not None


class Event(Struct, frozen=True):
    """What is to be said beside one ConfigMap."""

    config_map: str
    uid: str
    reason: str
    message: str

    @property
    def name(self) -> str:
        said = f"{self.uid}\0{self.reason}\0{self.message}"
        stem = self.config_map[:_STEM].rstrip("-.")
        return f"{stem}.{sha256(said.encode()).hexdigest()[:16]}"

    def body(self, namespace: str, now: str) -> Json:
        """The object, as it is created."""
        return {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {"name": self.name, "namespace": namespace},
            "involvedObject": {
                "apiVersion": "v1",
                "kind": "ConfigMap",
                "namespace": namespace,
                "name": self.config_map,
                "uid": self.uid,
            },
            "type": "Warning" if self.reason == REJECTED else "Normal",
            "reason": self.reason,
            "message": self.message,
            "source": {"component": COMPONENT},
            "reportingComponent": COMPONENT,
            "firstTimestamp": now,
            "lastTimestamp": now,
            "count": 1,
        }


class EventWriter(Protocol):
    """The API server, for Events of one namespace. Both raise ApiError."""

    def patch_event(self, name: str, change: Json) -> int | None:
        """Merge into the Event. Returns its count then; None where none has that name."""

    def create_event(self, body: Json) -> None: ...


class _Told(Struct, frozen=True):
    """What was last written about one ConfigMap, when, and by which load."""

    event: str
    at: float
    loads: int


class Events:
    """Call `turn` every second or so. `clock` gives seconds, monotonic; `now` seconds since 1970.

    Every replica follows what happens; only the one that leads writes.
    """

    def __init__(
        self,
        writer: EventWriter,
        namespace: str,
        clock: Callable[[], float],
        now: Callable[[], float],
    ) -> None:
        self._writer = writer
        self._namespace = namespace
        self._clock = clock
        self._now = now
        self._offending: frozenset[str] = frozenset()  # all that were, since the last good load
        self._accepted: frozenset[str] = frozenset()
        self._accepted_until = 0.0
        self._told: dict[str, _Told] = {}
        self._counts: dict[str, int] = {}

    def turn(self, found: Findings, uids: Mapping[str, str], *, leads: bool) -> None:
        """`uids` are those of the ConfigMaps that are stored, by name. Raises ApiError."""
        self._follow(found)
        if not leads:
            self._counts.clear()  # another counts on
            return
        self._told = {name: told for name, told in self._told.items() if name in uids}
        for event in self._wanted(found, uids):
            if self._is_due(event, found.loads):
                self._write(event)
                self._told[event.config_map] = _Told(event.name, self._clock(), found.loads)

    def _follow(self, found: Findings) -> None:
        if not found.is_good:
            self._offending |= frozenset(_first(found.offences))
            self._accepted = frozenset()
        elif self._offending:
            self._accepted, self._offending = self._offending, frozenset()
            self._accepted_until = self._clock() + ACCEPTED_SECONDS

    def _wanted(self, found: Findings, uids: Mapping[str, str]) -> Iterator[Event]:
        if found.is_good:
            wanted = self._clock() < self._accepted_until
            said = IN_FORCE.format(found.revision)
            messages = dict.fromkeys(sorted(self._accepted), said) if wanted else {}
        else:
            messages = {name: found.offences[name] for name in _first(found.offences)}
        reason = ACCEPTED if found.is_good else REJECTED
        for name, message in messages.items():
            if name in uids:
                yield Event(name, uids[name], reason, message)

    def _is_due(self, event: Event, loads: int) -> bool:
        told = self._told.get(event.config_map)
        if told is None:
            return True
        passed = self._clock() - told.at
        if told.event != event.name:
            return passed >= APART_SECONDS
        return passed >= (LASTING_SECONDS if told.loads == loads else AGAIN_SECONDS)

    def _write(self, event: Event) -> None:
        """One more of this Event. How many there were is asked for once: by writing the time."""
        moment = _text(self._now())
        change: Json = {"lastTimestamp": moment}
        count = self._counts.get(event.name)
        if count is None:
            count = self._writer.patch_event(event.name, change)
        if count is not None:
            count = self._writer.patch_event(event.name, {**change, "count": count + 1})
        if count is None:
            self._writer.create_event(event.body(self._namespace, moment))
            count = 1
        if len(self._counts) >= MOST_COUNTS:
            self._counts.clear()
        self._counts[event.name] = count


def _first(offences: Mapping[str, str]) -> list[str]:
    return sorted(offences)[:MOST_CONFIG_MAPS]


def _text(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"
