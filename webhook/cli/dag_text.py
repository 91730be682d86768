"""What is said of DAGs for a person: a block for each task that is not simply allowed.

DENIED   dags/payments.py:12  payments_daily.load  (pod-operator)
  requirement  label cost-center is missing: add labels={"cost-center": "CC-1001"} to ...
UNKNOWN  dags/payments.py:20  payments_daily.report  (pod-operator)
  cannot be known before the run: metadata.labels.team is {{ var.value.team }}
3 pods of 2 dags: 1 allowed, 1 denied, 1 unknown; policy set 61b49dcc34
"""

from collections import Counter
from collections.abc import Iterator

from webhook.cli import spark
from webhook.cli.dag_unknown import Open
from webhook.cli.dag_verdict import ALLOWED, DENIED, FAILED, LEFT_ALONE, UNKNOWN, Finding
from webhook.cli.terminal import Row, paragraph, row

_COLOURS = {
    DENIED: "bold red",
    FAILED: "bold red",
    UNKNOWN: "bold yellow",
    ALLOWED: "bold green",
    LEFT_ALONE: "bold",
}


def rows(finding: Finding, width: int | None) -> Iterator[Row]:
    yield _heading(finding)
    if finding.reason is not None:
        yield from paragraph("  ", finding.reason, width)
    for violation in finding.violations:
        soft = "" if violation.mode == "enforce" else f" ({violation.mode})"
        label = f"  {violation.rule + soft:<11}  "
        yield from paragraph(label, violation.message, width, "yellow" if soft else "red")
    for one in finding.open if finding.result == UNKNOWN else ():
        yield from paragraph("  unknown      ", needed(one), width, "yellow")
    for note in finding.notes:
        yield from paragraph("  note         ", note, width, "yellow")
    yield row()


def said(finding: Finding) -> bool:
    """Whether there is more to say than that the pod is allowed."""
    return finding.result not in (ALLOWED, LEFT_ALONE) or (
        bool(finding.violations) or any(note != spark.NOTE for note in finding.notes)
    )


def needed(one: Open) -> str:
    """What cannot be known, and what would make it known."""
    where = one.unknown.path.strip("/").replace("/", ".") or "the whole pod"
    where = where.replace("~1", "/").replace("~0", "~")
    if one.unknown.path == "/metadata/namespace" and "{" not in one.unknown.text:
        return f"the namespace comes from {one.unknown.text}: give --namespace"
    return f"{where} is {one.unknown.text}, which cannot be known before the run"


def summary(findings: list[Finding], dags: int, revision: str) -> Row:
    results = Counter(finding.result for finding in findings)
    parts = [f"{results[one]} {one}" for one in _COLOURS if results[one]]
    bad = results[DENIED] or results[FAILED]
    colour = _COLOURS[DENIED if bad else UNKNOWN if results[UNKNOWN] else ALLOWED]
    pods = sum(finding.verdict is not None for finding in findings)
    text = f"{_count(pods, 'pod')} of {_count(dags, 'dag')}: {', '.join(parts) or 'none at all'}"
    return (text, colour), (f"; policy set {revision}", "dim")


def _heading(finding: Finding) -> Row:
    kind = finding.verdict and finding.verdict.workload and finding.verdict.workload.kind
    return (
        (finding.result.upper(), _COLOURS[finding.result]),
        (f"  {finding.file}:{finding.line}", ""),
        (f"  {finding.name}", "bold"),
        (f"  {kind}" if kind else "", "dim"),
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
