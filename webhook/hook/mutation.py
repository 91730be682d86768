"""What becomes of one V1Pod: the hook itself, and everything that can go wrong in it.

| the decision                              | what comes of it                             |
|-------------------------------------------|----------------------------------------------|
| nothing to add, not governed, or in audit | nothing                                      |
| something to add                          | the pod is changed, in place                 |
| a denial                                  | an AirflowException with the denial; nothing |
|                                           | is changed                                   |
| in warn, or not sure who will ask         | a warning in the log                         |
| no policies, no pod, or a bug of ours     | an error in the log, and the pod as it is: a |
|                                           | mutating webhook that fails is ignored too.  |
|                                           | With `TAXIWAY_HOOK_FAILURE=fail` an error    |

The log is Airflow's own: for a KubernetesPodOperator its task's, else the scheduler's.
"""

import logging
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from types import FrameType
from typing import Any

import jsonpatch

from webhook.admission import operations_json
from webhook.hook.config_maps import reader
from webhook.hook.deciding import UNREADABLE, Json, Outcome, decide, described
from webhook.hook.job import is_of_job
from webhook.hook.models import NotTheSame, as_json, change
from webhook.hook.policies import Policies, Unavailable
from webhook.hook.refusing import refusal
from webhook.hook.settings import Misconfigured, Settings, fails, settings
from webhook.sources.directory import SUFFIXES, Files, Unreadable, listing, read

_log = logging.getLogger("taxiway")


def mutate(pod: Any, caller: FrameType) -> None:
    """The hook. `caller` is the frame that it was called from. Raises what `refusal` gives."""
    try:
        before = as_json(pod)
        outcome = _outcome(before, is_of_job(caller))
        if outcome.denial is None and outcome.operations:
            change(pod, before, _patched(before, outcome))
    except (Misconfigured, Unavailable, UNREADABLE, NotTheSame) as error:
        _undecided(pod, str(error))
    except Exception as error:  # noqa: BLE001  the task must not fail because of us
        _undecided(pod, f"that is a bug of Taxiway, report it: {_where(error)}")
    else:
        _tell(before, outcome)


def _outcome(pod: Json, is_of_job: bool) -> Outcome:
    said, policies = _configured()
    today = datetime.now(UTC).date()
    return decide(policies.current(), pod, today, is_of_job=is_of_job, own_namespace=said.namespace)


@cache
def _configured() -> tuple[Settings, Policies]:
    """The environment is read once. Raises Misconfigured."""
    said = settings(os.environ)
    return said, Policies(_reader(said), said.refresh_seconds, time.monotonic)


def _reader(said: Settings) -> Callable[[], Files]:
    if said.directory is not None:
        return partial(_read, said.directory)
    return reader(said.namespace or "")


def _read(directory: Path) -> Files:
    """Raises Unreadable."""
    files = read(directory, listing(directory))
    if not files:
        raise Unreadable(
            f"{directory}: no file in it ends in {' or '.join(SUFFIXES)}: policies are read from "
            "those"
        )
    return files


def _patched(pod: Json, outcome: Outcome) -> Json:
    """By the very patch that the webhook would send."""
    try:
        after: Json = jsonpatch.apply_patch(pod, operations_json(outcome.operations).decode())
    except (jsonpatch.JsonPatchException, jsonpatch.JsonPointerException):
        raise NotTheSame from None  # its own message holds the pod, args and all
    return after


def _tell(pod: Json, outcome: Outcome) -> None:
    if outcome.denial is not None:
        raise refusal(outcome.denial)
    if outcome.unsure is not None:
        _log.info("taxiway: %s is left as it is: %s", described(pod), outcome.unsure)
    for warning in outcome.warnings:
        _log.warning("taxiway: %s: %s", described(pod), warning)


def _undecided(pod: Any, why: str) -> None:
    name = getattr(getattr(pod, "metadata", None), "name", None) or "without a name"
    said = f"pod {name} is left as it is, because Taxiway cannot decide: {why}"
    if _fails():
        raise refusal(f"{said} (TAXIWAY_HOOK_FAILURE=fail)")
    _log.error("taxiway: %s", said)


def _fails() -> bool:
    try:
        return fails(os.environ)
    except Misconfigured as error:
        _log.error("taxiway: %s", error)
        return False


def _where(error: Exception) -> str:
    """The place in the code, and no word of the message: it may hold a pod's args."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f" in {trace.tb_frame.f_code.co_name}:{trace.tb_lineno}" if trace else ""
    return f"{type(error).__name__}{place}"
