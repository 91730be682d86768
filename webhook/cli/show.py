"""A verdict for a person: who the pod is, what changes, what is wrong, and how it ends.

    DENIED  payments-daily-load-x7k2 in airflow
      workload  kubernetes-executor, dag payments_daily, task load
      team      payments
      mode      enforce
      patch
          spec:
        +   nodeSelector:
        +     pool: payments
      breaks
        reserved  toleration dedicated=fraud belongs to team fraud: remove it

Parent keys of a change have no sign. What was there before and is the same now is not shown.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from webhook.airflow.workload import Workload
from webhook.cli.diff import ADDED, REMOVED, pod_diff
from webhook.cli.terminal import Row, paragraph, row
from webhook.cli.verdict import Verdict
from webhook.engine.decision import Violation

ALLOWED, DENIED, LEFT_ALONE = "ALLOWED", "DENIED", "LEFT ALONE"
_COLOURS = {ALLOWED: "bold green", DENIED: "bold red", LEFT_ALONE: "bold"}
_SIGNS = {ADDED: "green", REMOVED: "red"}
_UNGOVERNED = (
    "no label says that Airflow made it, so Taxiway does not touch it; in a namespace labelled "
    "taxiway/govern: all it would (try --all)"
)
_UNTOUCHED = "a request that Taxiway answers without looking"


def result(verdict: Verdict) -> str:
    if verdict.workload is None:
        return LEFT_ALONE
    return ALLOWED if verdict.allowed else DENIED


def pod_rows(verdict: Verdict, docs: str | None, width: int | None) -> Iterator[Row]:
    """`docs` is where the policies say more. `width` in columns; None: as wide as it comes."""
    subject = verdict.subject
    yield heading(result(verdict), subject.name, subject.request.namespace)
    if verdict.workload is None:
        why = _UNGOVERNED if subject.judged else _UNTOUCHED
        yield from paragraph("  ", why, width)
    else:
        yield from _governed(verdict, verdict.workload, docs, width)
    for warning in verdict.warnings:
        yield from paragraph("  warning   ", warning, width, "yellow")
    yield row()


def heading(result: str, name: str | None, namespace: str) -> Row:
    return (result, _COLOURS[result]), (f"  {name or '(no name)'} in {namespace}", "bold")


def _governed(
    verdict: Verdict, workload: Workload, docs: str | None, width: int | None
) -> Iterator[Row]:
    yield from fact("workload", workload_text(workload), width)
    yield from fact("team", verdict.decision.team or "none", width)
    yield from fact("mode", verdict.decision.mode or "", width)
    yield from _patch(verdict)
    if verdict.violations:
        yield row("  breaks")
        for violation in verdict.violations:
            yield from _violation(violation, width)
        told = [whom for whom in (verdict.decision.contact, docs) if whom]
        yield from fact("ask", ", ".join(told), width) if told else ()


def fact(label: str, text: str, width: int | None) -> list[Row]:
    return paragraph(f"  {label:<10}", text, width, "dim")


def workload_text(workload: Workload) -> str:
    ids = (("dag", workload.dag), ("task", workload.task), ("run", workload.run))
    return ", ".join([workload.kind, *(f"{key} {value}" for key, value in ids if value)])


def _patch(verdict: Verdict) -> Iterator[Row]:
    title, nothing = "patch", "nothing to add"
    if verdict.subject.request.operation == "UPDATE":
        nothing = "none: an UPDATE is judged, and never patched"
    elif verdict.decision.mode == "audit":
        title = "would patch (in audit nothing is sent)"
    return patch_rows(verdict.subject.raw, verdict.after, title, nothing)


def patch_rows(
    before: dict[str, Any], after: dict[str, Any], title: str = "patch", nothing: str = "none"
) -> Iterator[Row]:
    lines = pod_diff(before, after)
    yield row(f"  {title}" if lines else f"  {'patch':<10}{nothing}", "dim")
    for line in lines:
        yield row(f"    {line}", _SIGNS.get(line.sign, ""))


def _violation(violation: Violation, width: int | None) -> list[Row]:
    soft = "" if violation.mode == "enforce" else f" ({violation.mode})"
    where = f" [{violation.path}]" if violation.path else ""
    colour = "yellow" if soft else "red"
    label = f"    {violation.rule + soft:<11}  "
    return paragraph(label, f"{violation.message}{where}", width, colour)


def summary(verdicts: Iterable[tuple[str, bool]], refused: int, revision: str) -> Row:
    """The last line. Of each verdict its result, and whether it is sent a patch."""
    every = list(verdicts)
    results = Counter(ended for ended, _ in every)
    parts = [f"{results[one]} {one.lower()}" for one in _COLOURS if results[one]]
    if patched := every.count((ALLOWED, True)):
        parts[0] += f" ({patched} patched)"
    if refused:
        parts.append(f"{refused} not reviewed")
    text = f"{len(every)} pod{'' if len(every) == 1 else 's'}: {', '.join(parts) or 'none at all'}"
    colour = _COLOURS[DENIED if results[DENIED] or refused else ALLOWED]
    return (text, colour), (f"; policy set {revision}", "dim")
