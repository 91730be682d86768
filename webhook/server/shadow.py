"""Each request is also decided by the planned set, once its answer is sent, and compared.

A request waits in a queue and is decided by both sets, live and planned, in slices of the serving
loop. What that may take is bounded, and what is too much is dropped and counted:

| bound                         | why                                                              |
|-------------------------------|------------------------------------------------------------------|
| 50 ms, before the first slice | requests are decided together: to wake for each costs more       |
| a slice of 0.3 ms             | an answer waits for no more than a few decisions                 |
| a pause of 9 times the slice  | all of it is at most a tenth of a second's work each second      |
| 256 requests, or 2 MiB, wait  | a burst of pods, held for a fifth of a second; they have secrets |
| 10 bugs or decisions of 50 ms | then this planned set is not asked any more, and that is said    |

A pod is counted once: at `/mutate`, as its author sent it, because what `/validate` sees has the
live set's patch already. A second pass, whose pod names a set that this replica knows, is no
other pod. Of an UPDATE, which is not patched, `/validate` counts. Requests that were decided by
another set than the one in force, in the minute after a change, are left out.

Counts begin anew when the live or the planned set is another: they are about these two.
"""

import random
import time
from collections import deque
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import NamedTuple, Protocol

from webhook.admission import PolicySets, Record
from webhook.airflow.workload import Workload
from webhook.engine import Engine
from webhook.engine.difference import differences
from webhook.kube.review import AdmissionRequest
from webhook.names import APPLIED
from webhook.server.application import Afterwards, places
from webhook.server.differences import Tally, example_of, likeness_of

GATHER_SECONDS = 0.05
SLICE_SECONDS = 0.0003
PAUSES = 9  # times what a slice took
MOST_WAITING = 256
MOST_WAITING_BYTES = 2 * 1024 * 1024  # of bodies; decoded they take some times as much
STRIKES = 10
SLOW_SECONDS = 0.05  # a decision takes 10 to 20 µs
MUTATED = frozenset({"patched", "unchanged", "audited"})
JUDGED = frozenset({"allowed", "warned", "audited", "denied"})


class Waiting(NamedTuple):
    """A request that was answered, and its parts that are certain to be there."""

    record: Record
    request: AdmissionRequest
    workload: Workload


class Plan(NamedTuple):
    """A planned set, and the revision of the live one that it was made beside."""

    engine: Engine
    beside: str


class Answering(Protocol):
    """Who answers, and tells of it afterwards."""

    afterwards: Afterwards | None


class Surroundings(NamedTuple):
    """What deciding needs to know of the world."""

    clock: Callable[[], float]  # seconds, as exact as can be
    call_later: Callable[[float, Callable[[], None]], object]
    today: Callable[[], date]
    now: Callable[[], str]


class Listener(Protocol):
    """Who wants to know of counts that are over, and of a planned set that is not asked any more.

    `places`: the lines of code that led to the last failure.
    """

    def ended(self, tally: Tally) -> None: ...
    def turned_off(self, reason: str, places: list[str]) -> None: ...


class Shadow:
    """Decides by the planned set, as long as there is one. `share`: of the requests, 0.0 to 1.0."""

    def __init__(
        self,
        sets: PolicySets,
        answering: Answering,
        share: float,
        around: Surroundings,
        listener: Listener,
    ) -> None:
        self._sets = sets
        self._answering = answering
        self.share = share
        self._around = around
        self._listener = listener
        self._waiting: deque[Waiting] = deque()
        self._waiting_bytes = 0
        self._is_near = False  # whether a slice is to come
        self._strikes = 0
        self.plan: Plan | None = None
        self.off: str | None = None  # why this planned set is not asked any more
        self.since: str | None = None
        self.tally = Tally()

    def begin(self, plan: Plan) -> None:
        """Decide by this planned set from now on."""
        before, self.plan = self.plan, plan
        is_same = before is not None and (before.engine.revision, before.beside) == (
            plan.engine.revision,
            plan.beside,
        )
        if not is_same:
            self._restart()
        if self.off is None and self.share > 0:
            self._answering.afterwards = self.offer

    def end(self) -> None:
        """There is no planned set, or none that is good."""
        self.plan = None
        self._restart()
        self._answering.afterwards = None

    def _restart(self) -> None:
        self._forget_waiting()
        self._strikes, self.off = 0, None
        self._listener.ended(self.tally)
        self.tally, self.since = Tally(), self._around.now()

    def offer(self, record: Record) -> None:
        """A request whose answer was sent."""
        request, workload = record.request, record.made_by
        if not isinstance(request, AdmissionRequest) or workload is None:
            return
        if not self._counts(record, request):
            return
        if random.random() >= self.share:  # noqa: S311  a sample
            return
        self._waiting_bytes += request.size
        if len(self._waiting) >= MOST_WAITING or self._waiting_bytes > MOST_WAITING_BYTES:
            self._waiting_bytes -= request.size
            self.tally.dropped += 1
            return
        self._waiting.append(Waiting(record, request, workload))
        self._soon(GATHER_SECONDS)

    def _counts(self, record: Record, request: AdmissionRequest) -> bool:
        if request.operation == "UPDATE":
            return record.decision in JUDGED and record.endpoint.startswith("validate")
        if record.decision not in MUTATED or not record.endpoint.startswith("mutate"):
            return False
        applied = (request.pod.metadata.annotations or {}).get(APPLIED)
        return applied is None or self._sets.find(applied.rpartition("@")[2]) is None

    def _soon(self, seconds: float) -> None:
        if not self._is_near:
            self._is_near = True
            self._around.call_later(seconds, self._slice)

    def _slice(self) -> None:
        self._is_near = False
        started = self._around.clock()
        took = 0.0
        while self._waiting and took < SLICE_SECONDS:
            waiting = self._waiting.popleft()
            self._waiting_bytes -= waiting.request.size
            self._decide(waiting)
            took = self._around.clock() - started
        if self._waiting:
            self._soon(PAUSES * took)

    def _decide(self, waiting: Waiting) -> None:
        live, plan = self._sets.current, self.plan
        if live is None or plan is None:
            return
        if not live.revision == plan.beside == waiting.record.revision:
            return
        started = time.thread_time()
        try:
            self._compare(waiting, live, plan.engine)
        except Exception as error:  # noqa: BLE001  the edge: what is planned harms nobody
            self._strike(f"{type(error).__name__}, a bug: report it", places(error))
            return
        took = time.thread_time() - started
        if took > SLOW_SECONDS:
            self._strike(f"a decision took {took * 1000:.0f} ms", [])

    def _compare(self, waiting: Waiting, live: Engine, planned: Engine) -> None:
        record, request, workload = waiting
        today, now = self._around.today(), self._around.now()
        before = live.review(request, workload, today)
        after = planned.review(request, workload, today)
        self.tally.decided += 1
        found = differences(before, after)
        if not found:
            return
        docs = (live.policies.spec.docs, planned.policies.spec.docs)
        likeness = likeness_of(record, found, before, after)
        made = partial(example_of, record, found, (before, after), docs, now)
        self.tally.add(likeness, before.team or after.team or "", now, made)

    def _strike(self, what: str, where: list[str]) -> None:
        self.tally.failed += 1
        self._strikes += 1
        if self._strikes < STRIKES:
            return
        self.off = f"not asked any more after {STRIKES} failures, the last: {what}"
        self._answering.afterwards = None
        self._forget_waiting()
        self._listener.turned_off(self.off, where)

    def _forget_waiting(self) -> None:
        self._waiting.clear()
        self._waiting_bytes = 0
