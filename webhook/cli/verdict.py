"""What `review` says of one pod: the decision, and the pod as the patch leaves it.

The patch is applied by `jsonpatch`, and it is the very one that `/mutate` sends: what is shown
is what happens, not a second opinion of it.
"""

import json
from datetime import date
from typing import Any

import jsonpatch
from msgspec import Struct

from webhook.admission import operations_json
from webhook.airflow.workload import Workload
from webhook.cli.subject import Subject, workload_of
from webhook.engine import Decision, Engine, Violation

UNGOVERNED = Decision()


class PatchFailed(Exception):
    """Our own bug: a patch of ours does not fit the pod that it was made for."""

    def __str__(self) -> str:
        return "the patch for this pod cannot be applied; that is a bug of Taxiway: report it"


class Verdict(Struct, frozen=True, kw_only=True):
    """`operations` would be made, `patch` is what is sent: in audit the one without the other."""

    subject: Subject
    decision: Decision
    operations: list[dict[str, Any]]
    after: dict[str, Any]

    @property
    def workload(self) -> Workload | None:
        return self.decision.workload

    @property
    def violations(self) -> tuple[Violation, ...]:
        return self.decision.violations

    @property
    def warnings(self) -> tuple[str, ...]:
        return self.decision.warnings + self.subject.notes

    @property
    def allowed(self) -> bool:
        return not any(violation.mode == "enforce" for violation in self.violations)

    @property
    def patch(self) -> list[dict[str, Any]]:
        return [] if self.decision.mode == "audit" else self.operations


def judge(engine: Engine, subject: Subject, today: date, *, govern_all: bool) -> Verdict:
    """`govern_all`: as in a namespace labelled `taxiway/govern: all`."""
    request = subject.request
    workload = workload_of(request, govern_all=govern_all)
    if workload is None or not subject.judged:
        return Verdict(subject=subject, decision=UNGOVERNED, operations=[], after=subject.raw)
    decided = engine.review(request, workload, today)
    operations = json.loads(operations_json(decided.operations))
    after = patched(subject.raw, operations)
    return Verdict(subject=subject, decision=decided, operations=operations, after=after)


def patched(pod: dict[str, Any], operations: list[dict[str, Any]]) -> dict[str, Any]:
    """A copy of the pod with the patch applied. Raises PatchFailed."""
    try:
        after: dict[str, Any] = jsonpatch.apply_patch(pod, operations)
    except (jsonpatch.JsonPatchException, jsonpatch.JsonPointerException):
        raise PatchFailed from None  # jsonpatch's own message holds the pod, args and all
    return after
