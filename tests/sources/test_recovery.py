"""What a loader that never had a good load makes of what is stored; the ConfigMaps are given."""

import time
from datetime import UTC, datetime

import pytest

from tests.sources.test_last_good import EMPTY, after
from webhook.sources.archive import Damaged
from webhook.sources.cluster import Cluster
from webhook.sources.directory import Files
from webhook.sources.duties import Duties, Outcome, Undone
from webhook.sources.frames import Begin, Complete, Teams
from webhook.sources.last_good import Slot
from webhook.sources.loader import Loader
from webhook.sources.recovery import Recovery

TODAY = datetime(2026, 5, 28, tzinfo=UTC)
GOOD = Outcome(TODAY, (), revision="r1")
BAD = Outcome(TODAY, (), reason="nothing there")
NOTHING = (
    "no last good policies are stored: ConfigMaps taxiway-last-good-0 to 3 hold none, or not all "
    "parts of one; mend the policies, so that this replica becomes ready"
)


def policy(text: str) -> Files:
    return (("base/teams.yaml", f"apiVersion: taxiway/v1\n{text}\n".encode()),)


OLD, NEW = policy("teams: {old: {}}"), policy("teams: {new: {}}")
STRANGE = policy("teams: {strange: {later: true}}")  # as a later version may have stored it
UNKNOWN = (
    "the last good policies of 2026-05-28T20:26:40Z, stored in {}, cannot be served: "
    "base/teams.yaml:2:19: teams.strange.later: unknown key; there is apply, contact, costCenters, "
    "members; mend the live policies, so that this replica becomes ready"
)


class Scene:
    """`slots` is what is stored; `asked`, how often it was read."""

    def __init__(self, *sets: Files) -> None:
        self.slots = after(*sets)
        self.asked = 0
        self.recovery = Recovery(self._read)
        self.duties = Duties([self.recovery], time.monotonic)
        self.cluster = Cluster(self.duties, None, self.recovery)
        self.loader = Loader()

    def _read(self) -> tuple[Slot, ...]:
        self.asked += 1
        return self.slots

    def load(self, outcome: Outcome) -> list[object]:
        """What the loader says when there was such a load, and its duties have been done."""
        self.cluster.tell(outcome)
        self.duties.turn()
        return list(self.cluster.frames(self.loader.take_stored))


def served(said: list[object]) -> tuple[list[str], str | None]:
    """The teams of the set that was said, and when it was stored."""
    begin, teams, complete = said
    assert isinstance(begin, Begin)
    assert isinstance(teams, Teams)
    assert isinstance(complete, Complete)
    return [team.name for team in teams.teams], complete.stored


SERVED: dict[str, tuple[list[Files], list[str]]] = {
    "the one there is": ([OLD], ["old"]),
    "the newest": ([OLD, NEW], ["new"]),
    "the newest that this version can read": ([OLD, STRANGE], ["old"]),
    "the newest that is a policy": ([OLD, policy("nonsense")], ["old"]),
}


@pytest.mark.parametrize(("sets", "teams"), SERVED.values(), ids=SERVED.keys())
def test_what_is_served_after_a_bad_load(sets: list[Files], teams: list[str]) -> None:
    scene = Scene(*sets)
    assert served(scene.load(BAD)) == (teams, "2026-05-28T20:26:40Z")
    assert scene.load(BAD) == [], "it is said once"
    assert scene.asked == 1


UNSERVED: dict[str, tuple[list[Files], str]] = {
    "nothing is stored": ([], NOTHING),
    "none can be read": ([STRANGE], UNKNOWN.format("taxiway-last-good-0")),
    "none of two can be read": ([OLD[:0], STRANGE], UNKNOWN.format("taxiway-last-good-1")),
}


@pytest.mark.parametrize(("sets", "trouble"), UNSERVED.values(), ids=UNSERVED.keys())
def test_why_nothing_is_served(sets: list[Files], trouble: str) -> None:
    scene = Scene(*sets)
    scene.load(BAD)
    scene.load(BAD)
    assert scene.duties.troubles == {"recovery": trouble}


def test_what_is_stored_later_is_served_then() -> None:
    scene = Scene(STRANGE)
    scene.load(BAD)
    scene.slots = after(NEW, slots=scene.slots)
    assert served(scene.load(BAD))[0] == ["new"]


def test_an_archive_that_is_none_is_no_end() -> None:
    scene = Scene(NEW)
    scene.recovery.turn(BAD)
    ((_, stored),) = scene.recovery.sets()
    scene.recovery.refuse(stored, str(Damaged("it ends too early")))
    with pytest.raises(Undone) as raised:
        scene.recovery.turn(BAD)
    assert str(raised.value) == (
        "the last good policies of 2026-05-28T20:26:40Z, stored in taxiway-last-good-0, cannot be "
        "served: it ends too early; mend the live policies, so that this replica becomes ready"
    )


def test_who_had_a_good_load_never_asks() -> None:
    scene = Scene(OLD)
    assert (scene.load(GOOD), scene.load(BAD), scene.asked) == ([], [], 0)


def test_a_set_that_was_found_is_not_served_after_a_good_load() -> None:
    scene = Scene(OLD)
    scene.recovery.turn(BAD)
    assert scene.load(GOOD) == []


def test_four_empty_configmaps_hold_nothing() -> None:
    assert Scene().slots == EMPTY
