"""Deciding by a planned set too: what is counted, what is left out, and what it may take."""

import time
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from tests.engine.given import engine, pod, request, workload_of
from webhook.admission import Record
from webhook.engine import Decision, Engine
from webhook.server import shadow as module
from webhook.server.application import Afterwards
from webhook.server.differences import EXAMPLES_A_KIND, Count, Tally
from webhook.server.shadow import (
    MOST_WAITING,
    MOST_WAITING_BYTES,
    STRIKES,
    Plan,
    Shadow,
    Surroundings,
)

TODAY = date(2026, 6, 1)
PLAIN = engine(teams={"payments": {}})
STRICT = engine(teams={"payments": {}}, requirements=[{"label": "data-class"}])


class World:
    """Sets, the one who answers, a clock, and a loop whose timers fire when they are told to."""

    def __init__(self, share: float = 1.0) -> None:
        self.current: Engine | None = PLAIN
        self.afterwards: Afterwards | None = None
        self.timers: list[tuple[float, Callable[[], None]]] = []
        self.over: list[Tally] = []
        self.off: list[str] = []
        self.second = 0
        self.clock: Callable[[], float] = time.perf_counter
        around = Surroundings(lambda: self.clock(), self.later, lambda: TODAY, self.now)
        self.shadow = Shadow(self, self, share, around, self)

    def later(self, seconds: float, what: Callable[[], None]) -> None:
        self.timers.append((seconds, what))

    def find(self, revision: str) -> Engine | None:
        return self.current if self.current and self.current.revision == revision else None

    def now(self) -> str:
        self.second += 1
        return f"2026-06-01T00:{self.second // 60:02}:{self.second % 60:02}.000Z"

    def ended(self, tally: Tally) -> None:
        self.over.append(tally)

    def turned_off(self, reason: str, places: list[str]) -> None:
        self.off.append(reason)
        assert all("hunter2" not in place for place in places)

    def plan(self, planned: Engine = STRICT) -> None:
        assert self.current is not None
        self.shadow.begin(Plan(planned, self.current.revision))

    def answered(self, record: Record) -> None:
        if self.afterwards is not None:
            self.afterwards(record)

    def run(self) -> None:
        """Until nothing is to come any more."""
        while self.timers:
            self.timers.pop(0)[1]()


def record(
    decision: str = "patched",
    endpoint: str = "mutate",
    sent: dict[str, Any] | None = None,
    revision: str = PLAIN.revision,
    **keys: Any,
) -> Record:
    asked = request(sent or pod(), **keys)
    made_by = workload_of(asked)
    return Record(endpoint, decision, asked.uid, asked, made_by, "payments", revision)


def annotated(revision: str) -> dict[str, Any]:
    return pod(annotations={"taxiway/applied": f"payments@{revision}"})


OLD: dict[str, Any] = {"old_pod": request(pod()).pod, "operation": "UPDATE"}
COUNTED: dict[str, tuple[Record, int]] = {
    "a pod at /mutate": (record(), 1),
    "a pod of a governed namespace": (record(endpoint="mutate-all"), 1),
    "a pod in audit": (record("audited"), 1),
    "the same pod at /validate": (record("allowed", "validate"), 0),
    "a second pass of one that this set patched": (record(sent=annotated(PLAIN.revision)), 0),
    "a pod whose author wrote an annotation of no set": (record(sent=annotated("made-up")), 1),
    "an update at /validate": (record("allowed", "validate", **OLD), 1),
    "the same update at /mutate": (record("unchanged", "mutate", **OLD), 0),
    "a pod that was decided by the set before": (record(revision="before"), 0),
    "a pod that nobody governs": (Record("mutate", "ignored", "uid", request(pod())), 0),
    "a request that was none": (Record("mutate", "bad-request"), 0),
    "a pod that another set is waited for": (record("another-set"), 0),
}


@pytest.mark.parametrize(("answered", "count"), COUNTED.values(), ids=COUNTED.keys())
def test_which_requests_count(answered: Record, count: int) -> None:
    world = World()
    world.plan()
    world.answered(answered)
    world.run()
    assert world.shadow.tally.decided == count


def test_without_a_plan_nobody_is_told_of_requests() -> None:
    world, told = World(), []
    steps: list[Callable[[], None]] = [lambda: None, world.plan, world.shadow.end]
    for step in steps:
        step()
        told.append(world.afterwards is not None)
    assert told == [False, True, False]


@pytest.mark.parametrize(("share", "decided"), [(0.0, 0), (1.0, 200)], ids=["none", "all"])
def test_the_share_of_requests(share: float, decided: int) -> None:
    world = World(share)
    world.plan()
    for _ in range(200):
        world.answered(record())
        world.run()
    assert world.shadow.tally.decided == decided
    assert (world.afterwards is None) == (share == 0)


def test_half_of_the_requests_are_about_half() -> None:
    world = World(0.5)
    world.plan()
    for _ in range(1000):
        world.answered(record())
        world.run()
    assert 400 < world.shadow.tally.decided < 600  # 6 standard deviations


def test_what_would_be_denied_is_counted_by_rule_and_team() -> None:
    world = World()
    world.plan()
    world.answered(record())
    world.run()
    tally = world.shadow.tally
    assert tally.results() == {"same": 0, "differs": 1, "dropped": 0, "failed": 0}
    assert tally.counts == {Count("newly-denied", "requirement", "payments"): 1}
    assert (tally.examples()[0].live.outcome, tally.examples()[0].planned.outcome) == (
        "allowed",
        "denied",
    )


def test_a_flood_of_one_kind_hides_no_other() -> None:
    world = World()
    world.plan(
        engine(
            teams={"payments": {}, "fraud": {"members": {"dags": ["f"]}}},
            requirements=[{"label": "data-class"}],
        )
    )
    unlabelled = {"team": None, "dag_id": "f", "data-class": "x"}
    world.answered(record(sent=pod(unlabelled)))
    for number in range(EXAMPLES_A_KIND + 10):
        world.answered(record(sent=pod({"dag_id": f"dag-{number}"})))
        world.run()
    kept = [example.dag for example in world.shadow.tally.examples()]
    assert kept == [*(f"dag-{number}" for number in range(49, 9, -1)), "f"]
    kinds = {"newly-denied": 50, "team-changed": 1, "placed-elsewhere": 1}
    assert world.shadow.tally.kinds == kinds


def named(name: str, dag: str) -> Record:
    made = pod({"dag_id": dag})
    return record(sent={**made, "metadata": {**made["metadata"], "name": name}})


def test_pods_of_one_task_are_one_example_and_the_last_seen_comes_first() -> None:
    world = World()
    world.plan()
    for name, dag in (("a", "first"), ("b", "second"), ("c", "first")):
        world.answered(named(name, dag))
        world.run()
    told = [
        (each.pod, each.requests, each.time, each.last) for each in world.shadow.tally.examples()
    ]
    assert told == [
        ("a", 2, "2026-06-01T00:00:02.000Z", "2026-06-01T00:00:04.000Z"),
        ("b", 1, "2026-06-01T00:00:03.000Z", "2026-06-01T00:00:03.000Z"),
    ]


def test_what_waits_is_bounded_by_number_and_the_rest_is_dropped() -> None:
    world = World()
    world.plan()
    for _ in range(MOST_WAITING + 5):
        world.answered(record(size=10))
    world.run()
    assert world.shadow.tally.results()["dropped"] == 5
    assert world.shadow.tally.decided == MOST_WAITING


def test_what_waits_is_bounded_by_bytes() -> None:
    world = World()
    world.plan()
    for _ in range(3):
        world.answered(record(size=MOST_WAITING_BYTES // 2))
    world.run()
    assert (world.shadow.tally.dropped, world.shadow.tally.decided) == (1, 2)
    world.answered(record(size=MOST_WAITING_BYTES))  # what was decided waits no more
    world.run()
    assert (world.shadow.tally.dropped, world.shadow.tally.decided) == (1, 3)


def test_a_slice_ends_in_time_and_pauses_nine_times_as_long() -> None:
    world = World()
    ticks = iter(range(1000))
    world.clock = lambda: next(ticks) * 0.0002
    world.plan()
    for _ in range(3):
        world.answered(record())
    (first,) = world.timers
    assert first[0] == 0.05
    world.timers.clear()
    first[1]()
    assert world.shadow.tally.decided == 2  # 0.2 ms each
    ((pause, _),) = world.timers
    assert pause == pytest.approx(9 * 0.0004)


class Broken(Engine):
    def review(self, *_: object) -> Decision:
        raise ZeroDivisionError


def test_a_planned_set_that_fails_ten_times_is_not_asked_any_more() -> None:
    world = World()
    world.plan(Broken(STRICT.policies))
    for _ in range(STRIKES + 1):
        world.answered(record())
    world.run()
    assert world.shadow.tally.results() == {"same": 0, "differs": 0, "dropped": 0, "failed": 10}
    said = "not asked any more after 10 failures, the last: ZeroDivisionError, a bug: report it"
    assert (world.off, world.shadow.off, world.afterwards) == ([said], said, None)
    world.plan(Broken(STRICT.policies))  # another load of the same
    assert (world.shadow.off, world.afterwards) == (said, None)
    world.plan(engine(teams={}))
    assert world.shadow.off is None
    assert world.afterwards is not None


class Slow(Engine):
    def review(self, *asked: Any) -> Decision:
        began = time.thread_time()
        while time.thread_time() - began < 2 * module.SLOW_SECONDS:
            pass
        return super().review(*asked)


def test_a_planned_set_that_is_slow_ten_times_is_not_asked_any_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "SLOW_SECONDS", 0.002)
    world = World()
    world.plan(Slow(STRICT.policies))
    for _ in range(STRIKES):
        world.answered(record())
    world.run()
    assert world.off[0].startswith(
        "not asked any more after 10 failures, the last: a decision took"
    )


@pytest.mark.parametrize("is_live", [True, False], ids=["the live set", "the planned set"])
def test_counts_begin_anew_when_a_set_is_another(is_live: bool) -> None:
    world = World()
    world.plan()
    world.answered(record())
    world.run()
    world.plan()  # the same two: a load that changed nothing
    assert world.shadow.tally.decided == 1
    since = world.shadow.since
    other = engine(teams={"payments": {}, "fraud": {}})
    if is_live:
        world.current = other
    world.plan(STRICT if is_live else other)
    assert world.shadow.tally.decided == 0
    assert since is not None
    assert world.shadow.since is not None
    assert since < world.shadow.since
    assert [tally.decided for tally in world.over] == [0, 1]


def test_until_a_plan_stands_beside_the_new_live_set_nothing_is_decided() -> None:
    world = World()
    world.plan()
    world.answered(record())
    world.current = STRICT
    world.answered(record(revision=STRICT.revision))
    world.run()
    assert world.shadow.tally.decided == 0


def test_nothing_of_the_author_but_names_is_kept() -> None:
    private = "hunter2-in-a-value"
    sent = pod(
        spec={
            "containers": [
                {
                    "name": "base",
                    "image": private,
                    "args": [private],
                    "env": [{"name": "TOKEN", "value": private}],
                }
            ]
        }
    )
    planned = engine(
        requirements=[{"label": "data-class", "mode": "warn"}],
        teams={"payments": {"apply": {"container": {"env": [{"name": "POOL", "value": private}]}}}},
    )
    world = World()
    world.plan(planned)
    world.answered(record(sent=sent))
    world.run()
    (example,) = world.shadow.tally.examples()
    assert example.kinds == ("placed-elsewhere", "told-differently")
    assert private not in repr(example)
