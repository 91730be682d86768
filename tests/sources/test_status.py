"""When a replica writes its entry, and when those of others are taken out."""

import json
from collections.abc import Callable, Mapping

import pytest

from webhook.sources.api_errors import Unreachable
from webhook.sources.status import BadEntry, Entry, Patch, Status, entry_of, key_of, shortened

BEGAN = 1_780_000_000.0
ENTRY = Entry(version="1.0", revision="r1", since="2026-05-28T20:26:40Z", seen="never")


class Stored:
    """The ConfigMap's data, as the API server keeps it; `writes` says when it was written."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.data: dict[str, str] = {}
        self.writes: list[tuple[float, list[str]]] = []
        self.is_down = False
        self._clock = clock

    def patch_status(self, change: Patch) -> Mapping[str, str]:
        if self.is_down:
            raise Unreachable("the API server does not answer")
        self.writes.append((self._clock(), sorted(change["data"])))
        for key, value in change["data"].items():
            if value is None:
                self.data.pop(key, None)
            else:
                self.data[key] = value
        return dict(self.data)


class Scene:
    def __init__(self) -> None:
        self.passed = 0.0
        self.stored = Stored(lambda: self.passed)
        self.entry = ENTRY
        self.status = self.replica("one")
        self.leads = True

    def replica(self, identity: str) -> Status:
        return Status(self.stored, identity, lambda: 7.0 + self.passed, lambda: BEGAN + self.passed)

    def turn(self) -> None:
        try:
            self.status.turn(self.entry, leads=self.leads)
        except Unreachable:
            assert self.stored.is_down

    def wait(self, seconds: int) -> None:
        for _ in range(seconds):
            self.passed += 1.0
            self.turn()


def nothing_changes(scene: Scene) -> None:
    scene.wait(60)


def another_revision(scene: Scene) -> None:
    scene.wait(5)
    scene.entry = Entry(version="1.0", revision="r2")
    scene.wait(5)


def only_the_view_is_newer(scene: Scene) -> None:
    scene.entry = Entry(version="1.0", revision="r1", since=ENTRY.since, seen="now")
    scene.wait(20)


def every_turn_another(scene: Scene) -> None:
    for number in range(8):
        scene.entry = Entry(version="1.0", revision=str(number))
        scene.turn()
        scene.passed += 0.25


def the_server_is_down(scene: Scene) -> None:
    scene.stored.is_down = True
    scene.wait(40)
    scene.stored.is_down = False
    scene.wait(1)


WRITES: dict[str, tuple[Callable[[Scene], None], list[float]]] = {
    "every 30 s while nothing changes": (nothing_changes, [0, 30, 60]),
    "at once when another set is in force": (another_revision, [0, 6]),
    "not because the view is newer": (only_the_view_is_newer, [0]),
    "once a second at most": (every_turn_another, [0, 1]),
    "when the API server can be reached again": (the_server_is_down, [0, 41]),
}


@pytest.mark.parametrize(("steps", "writes"), WRITES.values(), ids=WRITES)
def test_an_entry_is_written(steps: Callable[[Scene], None], writes: list[float]) -> None:
    scene = Scene()
    scene.turn()
    steps(scene)
    assert [at for at, _ in scene.stored.writes] == writes


def test_an_entry_says_when_it_was_written_and_reads_back() -> None:
    scene = Scene()
    scene.turn()
    assert json.loads(scene.stored.data["one"]) == {
        "version": "1.0",
        "revision": "r1",
        "since": "2026-05-28T20:26:40Z",
        "policies": "live",
        "errors": [],
        "moreErrors": 0,
        "shadow": None,
        "trouble": None,
        "seen": "never",
        "written": "2026-05-28T20:26:40Z",
    }
    assert entry_of(scene.stored.data["one"]).revision == "r1"


def renewed(scene: Scene) -> None:
    for number in range(8):
        scene.stored.data["two"] = str(number)
        scene.wait(30)
        assert "two" in scene.stored.data


def silent(scene: Scene) -> None:
    scene.wait(150)


def silent_for_not_so_long(scene: Scene) -> None:
    scene.wait(119)


def another_leads(scene: Scene) -> None:
    scene.leads = False
    scene.wait(150)


def taken_over(scene: Scene) -> None:
    another_leads(scene)
    scene.leads = True
    scene.wait(30)


def restarted(scene: Scene) -> None:
    scene.wait(100)
    scene.status = scene.replica("one")
    scene.wait(60)


DEATHS: dict[str, tuple[Callable[[Scene], None], bool]] = {
    "stays while it is renewed": (renewed, True),
    "stays when it has been silent for less than 2 minutes": (silent_for_not_so_long, True),
    "is taken out when it has been silent for longer": (silent, False),
    "stays as far as a replica is concerned that does not lead": (another_leads, True),
    "is taken out by one that has become the leader": (taken_over, False),
    "stays until a leader that has just started has waited itself": (restarted, True),
}


@pytest.mark.parametrize(("steps", "stays"), DEATHS.values(), ids=DEATHS)
def test_the_entry_of_another(steps: Callable[[Scene], None], stays: bool) -> None:
    scene = Scene()
    scene.stored.data["two"] = "anything"
    scene.turn()
    steps(scene)
    assert sorted(scene.stored.data) == (["one", "two"] if stays else ["one"])


def test_an_entry_of_a_later_version_is_read_as_far_as_it_is_known() -> None:
    assert entry_of('{"version": "9.0", "revision": "r9", "mood": "good"}') == Entry(
        version="9.0", revision="r9"
    )


NONSENSE = {
    "no JSON": ("one", "JSON is malformed: invalid character (byte 0)"),
    "no version": ("{}", "Object missing required field `version`"),
    "another type": (
        '{"version": "1", "errors": "many"}',
        "Expected `array`, got `str` - at `$.errors`",
    ),
}


@pytest.mark.parametrize(("stored", "said"), NONSENSE.values(), ids=NONSENSE)
def test_what_is_no_entry(stored: str, said: str) -> None:
    with pytest.raises(BadEntry) as caught:
        entry_of(stored)
    assert str(caught.value) == said


KEYS = {
    "a pod's name": ("taxiway-5d8f9-abcde", "taxiway-5d8f9-abcde"),
    "what no key may hold": ("host name:8443/a", "host-name-8443-a"),
    "what is too long": ("a" * 300, "a" * 253),
}


@pytest.mark.parametrize(("identity", "key"), KEYS.values(), ids=KEYS)
def test_the_key_of_an_entry(identity: str, key: str) -> None:
    assert key_of(identity) == key


ERRORS: dict[str, tuple[list[str], tuple[tuple[str, ...], int]]] = {
    "none": ([], ((), 0)),
    "three": (["a", "b", "c"], (("a", "b", "c"), 0)),
    "more": (["a", "b", "c", "d", "e"], (("a", "b", "c"), 2)),
    "a long one": (["a" * 301], (("a" * 299 + "…",), 0)),
}


@pytest.mark.parametrize(("given", "said"), ERRORS.values(), ids=ERRORS)
def test_errors_are_shortened(given: list[str], said: tuple[tuple[str, ...], int]) -> None:
    assert shortened(given) == said


def test_who_ends_takes_its_own_entry_out_once_and_no_other() -> None:
    scene = Scene()
    scene.stored.data["two"] = "another's"
    scene.turn()
    for _ in range(2):
        scene.status.leave()
    assert scene.stored.data == {"two": "another's"}
    assert [keys for _, keys in scene.stored.writes] == [["one"], ["one"]]


def test_an_entry_that_cannot_be_taken_out_is_tried_again() -> None:
    scene = Scene()
    scene.turn()
    scene.stored.is_down = True
    with pytest.raises(Unreachable):
        scene.status.leave()
    scene.stored.is_down = False
    scene.status.leave()
    assert scene.stored.data == {}


def test_who_never_said_anything_takes_nothing_out() -> None:
    scene = Scene()
    scene.stored.data["one"] = "of the container before"
    scene.status.leave()
    assert scene.stored.writes == []
