"""The leader's duty to store each good set, so that it survives a restart of every replica.

Nothing is written where the newest stored set is this one already: replicas that start together
write nothing. What is stored is looked at when there is something new to store, when this replica
has become the leader, and once a minute, because a deployment tool may have emptied it.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

import msgspec
from msgspec import Struct

from webhook import names
from webhook.sources.api_errors import Refused
from webhook.sources.duties import Leads, Outcome, Undone
from webhook.sources.last_good import KEY, Part, Slot, TooLarge, is_stored, parts, slot
from webhook.sources.mirror import ObjectMeta
from webhook.sources.objects import CONFIG_MAPS, Objects

LOOK_SECONDS = 60.0
MISSING = (
    "missing in namespace {}: ConfigMap {}: make an empty one of each name, as the installation "
    "does; the last good policies are kept there for a restart"
)


class Stored(Struct, rename="camel", frozen=True):
    """The parts of a ConfigMap that are read here."""

    metadata: ObjectMeta
    data: dict[str, str] | None = None
    binary_data: dict[str, bytes] | None = None


class Slots:
    """The ConfigMaps of the last good sets. Every call raises Refused and Unreachable."""

    def __init__(self, objects: Objects, namespace: str) -> None:
        self._objects = objects
        self._namespace = namespace

    def read(self) -> tuple[Slot, ...]:
        """Those that there are. Raises Undone where there is none."""
        found = tuple(each for each in map(self._get, names.LAST_GOOD) if each is not None)
        if not found:
            raise Undone(self.missing(found))
        return found

    def write(self, every: Iterable[Part]) -> None:
        """Refused as a conflict where somebody has written to one since it was read."""
        for part in every:
            self._write(part)

    def _write(self, part: Part) -> None:
        head = {key: str(value) for key, value in msgspec.to_builtins(part.head).items()}
        change = {
            "metadata": {"resourceVersion": part.slot.resource_version},
            "data": head,
            "binaryData": {KEY: part.content},
        }
        self._objects.patch(CONFIG_MAPS, part.slot.name, change, Stored)

    def missing(self, found: tuple[Slot, ...]) -> str:
        """What to do about those that are not there; empty where all are."""
        there = {each.name for each in found}
        gone = ", ".join(name for name in names.LAST_GOOD if name not in there)
        return gone and MISSING.format(self._namespace, gone)

    def _get(self, name: str) -> Slot | None:
        try:
            found = self._objects.get(CONFIG_MAPS, name, Stored)
        except Refused as error:
            if error.is_missing:
                return None
            raise
        return slot(name, found.metadata.resource_version, found.data, found.binary_data)


class Looked(Struct, frozen=True):
    """What is stored was looked at, and is `good`. `at`: seconds, monotonic."""

    good: Outcome
    at: float


class Keeping:
    """A duty. `clock` gives seconds, monotonic."""

    name = "last-good"

    def __init__(self, slots: Slots, leadership: Leads, clock: Callable[[], float]) -> None:
        self._slots = slots
        self._leadership = leadership
        self._clock = clock
        self._good: Outcome | None = None  # what this replica had in force last
        self._looked: Looked | None = None

    def turn(self, outcome: Outcome) -> None:
        if outcome.revision is not None:
            self._good = outcome
        good = self._good
        if good is None or good.revision is None or not self._leadership.is_leader:
            self._looked = None
            return
        if not self._is_recent(good):
            self._keep(good, good.revision)
            self._looked = Looked(good, self._clock())

    def _is_recent(self, good: Outcome) -> bool:
        looked = self._looked
        return (
            looked is not None and looked.good is good and self._clock() - looked.at < LOOK_SECONDS
        )

    def _keep(self, good: Outcome, revision: str) -> None:
        found = self._slots.read()
        if not is_stored(found, good.files):
            try:
                self._slots.write(parts(found, good.files, revision, datetime.now(UTC)))
            except TooLarge as error:
                raise Undone(str(error)) from None
        if missing := self._slots.missing(found):
            raise Undone(missing)
