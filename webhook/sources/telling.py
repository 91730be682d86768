"""Two duties that tell people how it stands: Events beside ConfigMaps, and this replica's status.

`events` and `status` say what is told and when. Here they are given what they go by: how the last
load went, what is stored, and whether this replica leads.
"""

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from webhook import __version__, names
from webhook.sources.api_errors import Refused
from webhook.sources.duties import Outcome, Undone
from webhook.sources.events import Events, Findings, Json
from webhook.sources.frames import InForce
from webhook.sources.objects import CONFIG_MAPS, EVENTS, Objects
from webhook.sources.offences import offences
from webhook.sources.status import Entry, Patch, Status, shortened, text

MISSING = (
    f"ConfigMap {names.STATUS} is missing in namespace {{}}: make an empty one of this name, as "
    "the installation does; until then `taxiway policies` cannot show this replica"
)


class View(Protocol):
    """What is known of the ConfigMaps. Asked from another thread than the one that loads."""

    @property
    def trouble(self) -> str | None: ...
    def age(self) -> float | None: ...
    def uids(self) -> Mapping[str, str]:
        """By the names of the policy ConfigMaps that are stored."""


class Serving(Protocol):
    """What the serving process has told of itself."""

    @property
    def in_force(self) -> InForce | None: ...


class Leader(Protocol):
    @property
    def is_leader(self) -> bool: ...


class Counted(Struct, frozen=True):
    """The part of an Event that is read."""

    count: int | None = None


class Stored(Struct, frozen=True):
    """The part of a ConfigMap that is read."""

    data: dict[str, str] | None = None


class EventsDuty:
    """Tells beside each offending ConfigMap why its policies are not taken up."""

    name = "events"

    def __init__(
        self,
        objects: Objects,
        namespace: str,
        view: View,
        leader: Leader,
        clock: Callable[[], float],
    ) -> None:
        self._objects = objects
        self._view = view
        self._leader = leader
        self._events = Events(self, namespace, clock, time.time)
        self._loaded_at: datetime | None = None
        self._found = Findings(0, None)

    def turn(self, outcome: Outcome) -> None:
        if outcome.at != self._loaded_at:  # what was learnt of a load later makes it no other
            self._loaded_at = outcome.at
            said = offences(outcome.errors, [name for name, _ in outcome.files])
            self._found = Findings(self._found.loads + 1, outcome.revision, said)
        self._events.turn(self._found, self._view.uids(), leads=self._leader.is_leader)

    def patch_event(self, name: str, change: Json) -> int | None:
        try:
            return self._objects.patch(EVENTS, name, change, Counted).count or 1
        except Refused as error:
            if error.is_missing:
                return None
            raise

    def create_event(self, body: Json) -> None:
        self._objects.create(EVENTS, body, Counted)


class StatusDuty:
    """Tells in ConfigMap `taxiway-status` which set this replica answers by, and its errors."""

    name = "status"

    def __init__(
        self,
        objects: Objects,
        namespace: str,
        replica: str,
        view: View,
        serving: Serving,
        leader: Leader,
        clock: Callable[[], float],
    ) -> None:
        self._objects = objects
        self._namespace = namespace
        self._view = view
        self._serving = serving
        self._leader = leader
        self._status = Status(self, replica, clock, time.time)

    def turn(self, outcome: Outcome) -> None:
        self._status.turn(self._entry(outcome), leads=self._leader.is_leader)

    def leave(self) -> None:
        """The entry of a replica that ends: without it nobody has to wait until it is silent."""
        self._status.leave()

    def patch_status(self, change: Patch) -> Mapping[str, str]:
        try:
            return self._objects.patch(CONFIG_MAPS, names.STATUS, change, Stored).data or {}
        except Refused as error:
            if error.is_missing:
                raise Undone(MISSING.format(self._namespace)) from None
            raise

    def _entry(self, outcome: Outcome) -> Entry:
        age, trouble, in_force = self._view.age(), self._view.trouble, self._serving.in_force
        reasons = [outcome.reason] if outcome.reason not in (None, trouble) else []
        errors, more = shortened([*map(str, outcome.errors), *map(str, reasons)])
        return Entry(
            version=__version__,
            revision=None if in_force is None else in_force.revision,
            since=None if in_force is None else text(in_force.since),
            policies="last-good" if in_force is not None and in_force.is_stored else "live",
            errors=errors,
            more_errors=more,
            shadow=outcome.shadow,
            trouble=trouble,
            seen=None if age is None else text(time.time() - age),
        )
