"""What is said of one pod of one task: allowed, denied, or that nobody can know before the run.

| result       | when                                                                          |
|--------------|-------------------------------------------------------------------------------|
| `denied`     | a rule is broken by what is known                                              |
| `unknown`    | none is, and the decision depends on something that is not known               |
| `allowed`    | neither                                                                        |
| `left alone` | Taxiway does not govern it                                                     |
| `failed`     | there is no pod: Airflow cannot import the file, or make it                    |

Where the pod would only be warned of, or is in audit, nothing unknown can deny it.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from msgspec import Struct, structs

from webhook.cli.dag_process import Failed, More, Rendered
from webhook.cli.dag_unknown import FIELDS, Open, Unknown, opened, overlap
from webhook.cli.objects import pods_in
from webhook.cli.subject import Defaults, Refusal, Subject
from webhook.cli.verdict import PatchFailed, Verdict, judge
from webhook.dags.unknown import cleared
from webhook.engine import Engine, Violation

ALLOWED, DENIED, UNKNOWN = "allowed", "denied", "unknown"
LEFT_ALONE, FAILED = "left alone", "failed"
_NAMESPACE = "/metadata/namespace"  # what the mode depends on


class Finding(Struct, frozen=True, kw_only=True):
    """`verdict` is None where `reason` says why there is no pod."""

    file: str
    line: int
    result: str
    dag: str | None = None
    task: str | None = None
    map_index: int | None = -1
    operator: str | None = None
    reason: str | None = None
    verdict: Verdict | None = None
    violations: tuple[Violation, ...] = ()  # those that are certain
    open: tuple[Open, ...] = ()
    unknown: tuple[Unknown, ...] = ()
    notes: tuple[str, ...] = ()
    posted: dict[str, Any] | None = None  # the whole object, of which the pod may be a part
    posted_unknown: tuple[dict[str, str], ...] = ()

    @property
    def name(self) -> str:
        """The task as a person calls it."""
        if self.dag is None:
            return "import"
        at = f"[{self.map_index}]" if self.map_index not in (-1, None) else ""
        return f"{self.dag}.{self.task}{at}"


def shown(file: str) -> str:
    """As it was given, if it was below where the command was started."""
    path, here = Path(file), Path.cwd().resolve()
    return str(path.relative_to(here)) if path.is_relative_to(here) else file


def of_failed(record: Failed) -> Finding:
    reason = f"Airflow cannot import this file: {record.message}"
    return Finding(file=shown(record.file), line=record.line, result=FAILED, reason=reason)


def of_more(record: More) -> Finding:
    return Finding(
        file=shown(record.file),
        line=record.line,
        result=UNKNOWN,
        dag=record.dag,
        task=record.task,
        reason=f"{record.count} more mapped tasks were not rendered",
    )


def of_rendered(
    record: Rendered, engine: Engine, defaults: Defaults, today: date, *, govern_all: bool
) -> Iterator[Finding]:
    """A finding for each pod of the object: a Job has one, a SparkApplication two."""
    if record.object is None:
        yield _without(record)
        return
    posted, holes = cleared(record.object, record.told)
    for found in pods_in(_typed(record.object), shown(record.file), defaults):
        if isinstance(found, Refusal):
            yield _failed(record, found.reason)
            continue
        raw, places = cleared(found.raw, record.told)
        unknown = (*_fields(record), *(Unknown(**place) for place in places))
        subject = _known(raw, unknown, found, defaults)
        if isinstance(subject, Refusal):
            yield _failed(record, subject.reason)
            continue
        try:
            verdict = judge(engine, subject, today, govern_all=govern_all)
        except PatchFailed as error:
            yield _failed(record, str(error))
            continue
        found_ = _judged(record, verdict, unknown, engine)
        yield structs.replace(found_, posted=posted, posted_unknown=tuple(holes))


def _judged(
    record: Rendered,
    verdict: Verdict,
    unknown: tuple[Unknown, ...],
    engine: Engine,
) -> Finding:
    open_ = tuple(opened(engine.policies.spec, unknown)) if verdict.workload else ()
    certain = tuple(one for one in verdict.violations if _stands(one, open_))
    return Finding(
        file=shown(record.file),
        line=record.line,
        result=_result(verdict, certain, open_),
        dag=record.dag,
        task=record.task,
        map_index=record.map_index,
        operator=record.operator,
        verdict=verdict,
        violations=certain,
        open=open_,
        unknown=unknown,
        notes=(*record.notes, *verdict.subject.notes),
    )


def _result(verdict: Verdict, certain: tuple[Violation, ...], open_: tuple[Open, ...]) -> str:
    if verdict.workload is None:
        return LEFT_ALONE
    if any(violation.mode == "enforce" for violation in certain):
        return DENIED
    is_soft = verdict.decision.mode != "enforce"
    softened = is_soft and not any(overlap(one.unknown.path, _NAMESPACE) for one in open_)
    return UNKNOWN if open_ and not softened else ALLOWED


def _stands(violation: Violation, open_: tuple[Open, ...]) -> bool:
    """Whether it is broken whatever the unknown turns out to be."""
    if any(one.decides for one in open_):
        return False
    path = violation.path
    return path is None or not any(overlap(path, one.unknown.path) for one in open_)


def _known(
    raw: dict[str, Any], unknown: tuple[Unknown, ...], found: Subject, defaults: Defaults
) -> Subject | Refusal:
    """The pod without its tokens; a namespace that is not known is left out."""
    if any(one.path == _NAMESPACE for one in unknown):
        metadata = {key: part for key, part in raw["metadata"].items() if key != "namespace"}
        raw = raw | {"metadata": metadata}
    user = found.request.user
    own = Defaults(namespace=defaults.namespace, user=user)
    clear = next(pods_in(raw, found.origin, own))
    if isinstance(clear, Refusal):
        return clear
    return Subject(origin=clear.origin, request=clear.request, raw=clear.raw, notes=found.notes)


def _fields(record: Rendered) -> list[Unknown]:
    """Arguments that are unknown as a whole and go into what is judged."""
    given = record.fields.items()
    return [Unknown(FIELDS[field], text) for field, text in given if field in FIELDS]


def _typed(posted: dict[str, Any]) -> dict[str, Any]:
    """An executor's pod is sent without saying that it is one."""
    return posted if posted.get("kind") else {"apiVersion": "v1", "kind": "Pod", **posted}


def _without(record: Rendered) -> Finding:
    if record.legacy is not None:
        return _failed(
            record,
            'its executor_config is in the style of Airflow 1.10 ({"KubernetesExecutor": {...}}), '
            f"which this Airflow refuses: write {record.legacy}",
        )
    return _failed(record, f"Airflow cannot make its pod: {record.error}")


def _failed(record: Rendered, reason: str) -> Finding:
    return Finding(
        file=shown(record.file),
        line=record.line,
        result=FAILED,
        dag=record.dag,
        task=record.task,
        map_index=record.map_index,
        operator=record.operator,
        reason=reason,
        notes=record.notes,
    )
