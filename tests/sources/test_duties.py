"""When duties are done, and what comes of one that fails: no clock but the test's own."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from tests.serving import until
from webhook.sources.api_errors import Refused, Unreachable
from webhook.sources.duties import Duties, Outcome, Undone

GOOD = Outcome(datetime(2026, 5, 28, tzinfo=UTC), (("a.yaml", b""),), revision="r1")
BAD = Outcome(datetime(2026, 5, 28, tzinfo=UTC), (), reason="nothing there")


class Doing:
    """A duty that remembers, and fails as it is told."""

    def __init__(self, name: str, clock: Callable[[], float]) -> None:
        self.name = name
        self._clock = clock
        self.at: list[float] = []
        self.saw: list[Outcome] = []
        self.error: Exception | None = None

    def turn(self, outcome: Outcome) -> None:
        self.at.append(self._clock())
        self.saw.append(outcome)
        if self.error is not None:
            raise self.error


class Scene:
    def __init__(self) -> None:
        self.now = 0.0
        self.one, self.other = Doing("one", self.clock), Doing("other", self.clock)
        self.farewell = Doing("one", self.clock)
        self.duties = Duties([self.one, self.other], self.clock, [self.farewell])

    def clock(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        """As the thread does it: until something is due, again and again."""
        end = self.now + seconds
        while self.now + self.duties.wait_seconds() <= end:
            self.now += max(0.001, self.duties.wait_seconds())
            self.duties.turn()
        self.now = end


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_nothing_is_done_before_the_first_load(scene: Scene) -> None:
    scene.wait(60)
    assert scene.one.saw == []


def test_they_are_done_at_once_after_a_load_and_every_2_s_besides(scene: Scene) -> None:
    scene.duties.tell(GOOD)
    scene.duties.turn()
    assert (scene.one.at, scene.one.saw) == ([0.0], [GOOD])
    scene.wait(100)
    pauses = [later - sooner for sooner, later in zip(scene.one.at, scene.one.at[1:], strict=False)]
    assert all(1.5 <= pause <= 2.51 for pause in pauses)
    assert len(pauses) in range(40, 67)
    assert len(set(pauses)) > 20, "replicas would come in step"


def test_of_several_loads_the_last_one_counts(scene: Scene) -> None:
    scene.duties.tell(GOOD)
    scene.duties.tell(BAD)
    scene.duties.turn()
    assert scene.one.saw == [BAD]


def test_one_that_fails_is_left_alone_for_longer_and_longer_and_the_other_is_not(
    scene: Scene,
) -> None:
    scene.one.error = Unreachable("the API server does not answer")
    scene.duties.tell(GOOD)
    scene.duties.turn()
    scene.wait(60)
    assert scene.duties.troubles == {"one": "the API server does not answer"}
    assert len(scene.one.at) in range(8, 13)
    assert len(scene.other.at) in range(24, 41)
    assert max(b - a for a, b in zip(scene.one.at, scene.one.at[1:], strict=False)) <= 10.01
    scene.one.error = None
    scene.wait(10)
    assert scene.duties.troubles == {}


def test_a_load_gives_one_that_fails_another_try_at_once(scene: Scene) -> None:
    scene.one.error = Undone("there is no Lease")
    scene.duties.tell(GOOD)
    scene.duties.turn()
    scene.duties.tell(BAD)
    scene.duties.turn()
    assert scene.one.saw == [GOOD, BAD]


def test_an_api_server_that_is_busy_is_left_alone_for_as_long_as_it_wants(scene: Scene) -> None:
    scene.one.error = Refused(429, "HTTP 429 Too Many Requests", retry_after=20.0)
    scene.duties.tell(GOOD)
    scene.duties.turn()
    scene.wait(14.9)
    assert len(scene.one.at) == 1
    scene.wait(10.2)
    assert len(scene.one.at) == 2


def test_a_bug_in_one_is_told_by_its_place_alone(scene: Scene) -> None:
    scene.one.error = ZeroDivisionError("a secret")
    scene.duties.tell(GOOD)
    scene.duties.turn()
    trouble = scene.duties.troubles["one"]
    assert trouble.startswith("a duty cannot be done for a bug: ZeroDivisionError at ")
    assert trouble.endswith(": report it")
    assert "secret" not in trouble
    assert scene.other.saw == [GOOD]


def test_the_thread_does_not_wait_for_its_2_s_when_there_is_a_load() -> None:
    doing = Doing("one", lambda: 0.0)
    duties = Duties([doing], lambda: 0.0)
    duties.start()
    for outcome in (GOOD, BAD):
        duties.tell(outcome)
        until("it is done", lambda outcome=outcome: doing.saw[-1:] == [outcome], 1.0)  # type: ignore[misc]


def test_when_the_replica_ends_only_farewells_are_left(scene: Scene) -> None:
    scene.duties.tell(GOOD)
    scene.duties.turn()
    scene.one.error = Unreachable("the API server does not answer")
    scene.wait(4)
    done = len(scene.other.at)
    scene.duties.leave()
    scene.duties.turn()
    assert scene.farewell.at == [4.0], "it is said at once"
    scene.duties.tell(BAD)
    scene.wait(10)
    assert (len(scene.other.at), scene.duties.troubles) == (done, {})


def test_a_farewell_that_fails_is_told_and_tried_again(scene: Scene) -> None:
    scene.farewell.error = Unreachable("the API server does not answer")
    scene.duties.tell(GOOD)
    scene.duties.leave()
    scene.duties.turn()
    assert scene.duties.troubles == {"one": "the API server does not answer"}
    scene.farewell.error = None
    scene.wait(2)
    assert (len(scene.farewell.at), scene.duties.troubles) == (2, {})


def test_who_ends_before_the_first_load_has_nothing_to_take_back(scene: Scene) -> None:
    scene.duties.leave()
    scene.wait(10)
    assert scene.farewell.at == []
