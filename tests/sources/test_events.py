"""Which Events are written beside ConfigMaps, and how often."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from webhook.sources.events import Event, Events, Findings

Json = dict[str, Any]
UIDS = {"growth": "1111", "fraud": "2222"}
BEGAN = 1_780_000_000.0
BAD = "PolicyRejected growth bad x1"


class Stored:
    """The Events of a namespace, as the API server keeps them."""

    def __init__(self) -> None:
        self.events: dict[str, Json] = {}
        self.writes = 0

    def patch_event(self, name: str, change: Json) -> int | None:
        self.writes += 1
        if name not in self.events:
            return None
        self.events[name] |= change
        return int(self.events[name]["count"])

    def create_event(self, body: Json) -> None:
        self.writes += 1
        assert body["metadata"]["name"] not in self.events
        self.events[body["metadata"]["name"]] = deepcopy(body)

    def said(self) -> list[str]:
        return [
            f"{each['reason']} {each['involvedObject']['name']} {each['message']} x{each['count']}"
            for each in self.events.values()
        ]


class Scene:
    """Some replicas, and what they do."""

    def __init__(self) -> None:
        self.stored = Stored()
        self.passed = 0.0
        self.uids = dict(UIDS)
        self.found = Findings(1, "r1")
        self.replicas = [self.replica(), self.replica()]
        self.leader: int | None = 0

    def replica(self) -> Events:
        return Events(self.stored, "ns", lambda: 7.0 + self.passed, lambda: BEGAN + self.passed)

    def turn(self) -> None:
        for number, replica in enumerate(self.replicas):
            replica.turn(self.found, self.uids, leads=number == self.leader)

    def load(self, revision: str | None = None, **offences: str) -> None:
        """A load that ends so; without a revision it is refused."""
        self.found = Findings(self.found.loads + 1, revision, offences)
        self.turn()

    def wait(self, seconds: int) -> None:
        for _ in range(seconds):
            self.passed += 1.0
            self.turn()


def fails(scene: Scene) -> None:
    scene.load(growth="bad")


def then_waits(before: Callable[[Scene], None], seconds: int) -> Callable[[Scene], None]:
    def steps(scene: Scene) -> None:
        before(scene)
        scene.wait(seconds)

    return steps


def fails_and_leader_restarts(scene: Scene) -> None:
    fails(scene)
    scene.wait(60)
    scene.replicas[0] = scene.replica()
    scene.turn()


def another_leads(scene: Scene) -> None:
    fails(scene)
    scene.wait(301)
    scene.leader = 1
    scene.turn()


def leads_again(scene: Scene) -> None:
    another_leads(scene)
    scene.leader = 0
    scene.wait(300)


def mended(scene: Scene) -> None:
    fails(scene)
    scene.wait(20)
    scene.load("r2")


def mended_under_nobody(seconds: int) -> Callable[[Scene], None]:
    def steps(scene: Scene) -> None:
        fails(scene)
        scene.leader = None
        scene.load("r2")
        scene.wait(seconds)
        scene.leader = 1
        scene.turn()

    return steps


def one_of_two_mended(scene: Scene) -> None:
    scene.load(growth="bad", fraud="bad")
    scene.wait(20)
    scene.load(growth="bad")


def both_mended(scene: Scene) -> None:
    one_of_two_mended(scene)
    scene.load("r2")
    scene.wait(20)


def again_every(seconds: int, times: int) -> Callable[[Scene], None]:
    def steps(scene: Scene) -> None:
        for _ in range(times):
            fails(scene)
            scene.wait(seconds)

    return steps


def other_errors(seconds: int) -> Callable[[Scene], None]:
    def steps(scene: Scene) -> None:
        fails(scene)
        scene.wait(3)
        scene.load(growth="worse")
        scene.wait(seconds)

    return steps


def expired(scene: Scene) -> None:
    fails(scene)
    scene.stored.events.clear()
    scene.wait(301)


def broken_again(scene: Scene) -> None:
    mended(scene)
    scene.wait(20)
    fails(scene)


def made_anew(scene: Scene) -> None:
    fails(scene)
    scene.wait(20)
    scene.uids["growth"] = "3333"
    scene.turn()


def gone(scene: Scene) -> None:
    fails(scene)
    del scene.uids["growth"]
    scene.load("r2")
    scene.wait(20)


def many(scene: Scene) -> None:
    scene.uids = {f"cm-{number:03}": str(number) for number in range(200)}
    scene.load(**dict.fromkeys(scene.uids, "bad"))


IN_FORCE = "policy set r2 is in force, with the policies of this ConfigMap"
ACCEPTED = f"PolicyAccepted growth {IN_FORCE} x1"
CASES: dict[str, tuple[Callable[[Scene], None], list[str]]] = {
    "nothing while all is well": (lambda scene: scene.wait(400), []),
    "one of an error": (fails, [BAD]),
    "no other while it stands, for 5 minutes": (
        then_waits(fails, 299),
        [BAD],
    ),
    "the same, counted up, after 5 minutes": (
        then_waits(fails, 301),
        ["PolicyRejected growth bad x2"],
    ),
    "the same, counted up once a minute, when loads fail every 2 s": (
        again_every(2, 61),
        ["PolicyRejected growth bad x3"],
    ),
    "another of other errors, 5 s later": (
        other_errors(2),
        [BAD, "PolicyRejected growth worse x1"],
    ),
    "not yet after 4 s": (other_errors(1), [BAD]),
    "the same, counted up, by a replica that has restarted": (
        fails_and_leader_restarts,
        ["PolicyRejected growth bad x2"],
    ),
    "the same, counted up, by a replica that has become the leader": (
        another_leads,
        ["PolicyRejected growth bad x3"],
    ),
    "never a lower count, by one that leads again": (leads_again, ["PolicyRejected growth bad x4"]),
    "one anew that the API server has forgotten": (expired, [BAD]),
    "a good one when it is mended": (mended, [BAD, ACCEPTED]),
    "one good one": (then_waits(mended, 400), [BAD, ACCEPTED]),
    "a good one by who leads within a minute": (mended_under_nobody(59), [BAD, ACCEPTED]),
    "no good one by who leads later": (mended_under_nobody(61), [BAD]),
    "none of one that is mended while another is not": (
        one_of_two_mended,
        ["PolicyRejected fraud bad x1", BAD],
    ),
    "a good one of each when all are mended": (
        both_mended,
        [
            "PolicyRejected fraud bad x1",
            BAD,
            f"PolicyAccepted fraud {IN_FORCE} x1",
            f"PolicyAccepted growth {IN_FORCE} x1",
        ],
    ),
    "the first one, counted up, when it is broken again": (
        broken_again,
        ["PolicyRejected growth bad x2", ACCEPTED],
    ),
    "another of a ConfigMap that was made anew": (made_anew, [BAD, BAD]),
    "none of one that is gone": (gone, [BAD]),
    "none where no ConfigMap is to blame": (lambda scene: scene.load(), []),
    "50 at most": (many, [f"PolicyRejected cm-{number:03} bad x1" for number in range(50)]),
}


@pytest.mark.parametrize(("steps", "said"), CASES.values(), ids=CASES)
def test_it_is_said(steps: Callable[[Scene], None], said: list[str]) -> None:
    scene = Scene()
    scene.turn()
    steps(scene)
    assert scene.stored.said() == said


def test_a_day_of_failure_is_a_write_in_5_minutes() -> None:
    scene = Scene()
    scene.load(growth="bad")
    scene.wait(3600)
    assert scene.stored.writes == 2 + 12  # a try to count up, one made, and twelve


def test_an_event_is_written_as_kubectl_looks_for_it() -> None:
    event = Event("growth", "1111", "PolicyRejected", "bad")
    assert event.body("ns", "2026-05-28T20:26:40Z") == {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": event.name, "namespace": "ns"},
        "involvedObject": {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "namespace": "ns",
            "name": "growth",
            "uid": "1111",
        },
        "type": "Warning",
        "reason": "PolicyRejected",
        "message": "bad",
        "source": {"component": "taxiway"},
        "reportingComponent": "taxiway",
        "firstTimestamp": "2026-05-28T20:26:40Z",
        "lastTimestamp": "2026-05-28T20:26:40Z",
        "count": 1,
    }


NAMES = {
    "a short name": ("growth", "growth."),
    "the longest name": ("a" * 253, "a" * 200 + "."),
    "a name that is cut at a dot": ("a" * 199 + ".b", "a" * 199 + "."),
    "a name that is cut at a dash": ("a" * 199 + "-b", "a" * 199 + "."),
}


@pytest.mark.parametrize(("name", "stem"), NAMES.values(), ids=NAMES)
def test_the_name_of_an_event_begins_with_that_of_the_configmap(name: str, stem: str) -> None:
    event = Event(name, "1111", "PolicyRejected", "bad")
    assert event.name[:-16] == stem


def test_the_name_of_an_event_says_what_it_is_about() -> None:
    kinds = {
        Event("growth", uid, reason, message).name
        for uid in ("1", "2")
        for reason in ("PolicyRejected", "PolicyAccepted")
        for message in ("a", "b")
    }
    assert len(kinds) == 8
