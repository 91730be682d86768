"""The work of one request without a server: decode, decide, encode, by `admission.answer`.

Rounds are interleaved: each measures every case once, so that whatever else the machine does
falls on all of them, and ratios are taken within a round. A case's sample is the mean of 64
calls, because one call is too short for the clock, and counts the thread's own time on a core:
another process that is given the core meanwhile is none of our cost.
"""

import gc
from collections.abc import Callable, Iterator
from datetime import date
from itertools import cycle
from time import thread_time_ns

from msgspec import Struct

from benchmarks import policies, reviews
from benchmarks.figures import Key, Row, Values
from benchmarks.plan import Plan
from webhook.admission import ENDPOINTS, Answer, Settings, answer
from webhook.engine import Engine
from webhook.policy.compile import compile_policy
from webhook.policy.load import load

CALLS = 64
ROUNDS = 20  # of a plan's one: each takes 20 ms
TODAY = date(2026, 1, 2)
SIZES = {"1 team": (1, 0), "10,000 teams, 200 profiles": (10_000, 200)}


class OneSet(Struct, frozen=True):
    """A replica that never had another set."""

    current: Engine

    def find(self, revision: str) -> Engine | None:
        return self.current if revision == self.current.revision else None


class Case(Struct, frozen=True):
    kind: str
    size: str
    call: Callable[[bytes], Answer]
    bodies: list[bytes]


def measure(plan: Plan) -> list[Row]:
    """Every case in every round, and what it takes with the smallest set."""
    every = [case for size in SIZES for case in cases(size, plan.most_teams)]
    values = Values("work")
    gc.collect()
    gc.freeze()  # as the service does after a load
    for case in every:  # once unmeasured: a first call is cold
        _microseconds(case)
    for number in range(plan.rounds * ROUNDS):
        for case in reversed(every) if number % 2 else every:
            values.add(_key(case.kind, case.size), _microseconds(case))
    smallest = next(iter(SIZES))
    return values.rows(
        {
            _key(case.kind, case.size): [_key(case.kind, smallest)]
            for case in every
            if case.size != smallest
        }
    )


def engine(size: str, most_teams: int) -> Engine:
    """Load and compile a set of this size."""
    teams, profiles = SIZES[size]
    return Engine(compile_policy(load(policies.files(min(teams, most_teams), profiles)).spec))


def cases(size: str, most_teams: int) -> Iterator[Case]:
    """The kinds of request, by a set of this size."""
    return cases_by(engine(size, most_teams), size)


def cases_by(engine: Engine, size: str) -> Iterator[Case]:
    """The same, by an engine that is at hand; `new` ones are unlike all before them."""
    sets = OneSet(engine)
    mutate, validate = _calling("/mutate", sets), _calling("/validate", sets)
    plain = reviews.created(reviews.POD)
    final = reviews.patched(reviews.POD, mutate(plain[0]).body)
    # A typing error, so that the nearest name is looked up.
    wrong = reviews.labelled({"team": "paymnets"})
    wrong = reviews.patched(wrong, mutate(reviews.created(wrong)[0]).body)
    yield _checked(Case("mutate", size, mutate, plain), "patched")
    yield _checked(Case("validate", size, validate, reviews.created(final)), "allowed")
    yield _checked(Case("mutate new", size, mutate, reviews.unlike(reviews.POD)), "patched")
    yield _checked(Case("validate new", size, validate, reviews.unlike(final)), "allowed")
    yield _checked(Case("deny", size, validate, reviews.created(wrong)), "denied")
    yield _checked(Case("ignore", size, mutate, reviews.created(reviews.ORDINARY)), "ignored")


def _calling(path: str, sets: OneSet) -> Callable[[bytes], Answer]:
    endpoint, settings = ENDPOINTS[path], Settings()
    return lambda body: answer(endpoint, body, sets, TODAY, settings)


def _checked(case: Case, decision: str) -> Case:
    """A benchmark that measures the wrong thing is worse than none."""
    decisions = {case.call(body).record.decision for body in case.bodies}
    assert decisions == {decision}, f"{case.kind} with {case.size}: {decisions}"
    return case


def _microseconds(case: Case) -> float:
    """The mean of CALLS calls."""
    call, bodies = case.call, cycle(case.bodies)
    batch = [next(bodies) for _ in range(CALLS)]
    start = thread_time_ns()
    for body in batch:
        call(body)
    return (thread_time_ns() - start) / CALLS / 1000


def _key(kind: str, size: str) -> Key:
    return Key(size, kind, "work")
