"""An explanation for a person, in the order in which the engine goes.

DENIED  daily-load-x7k2 in airflow
  governed  pod-operator: label kubernetes_pod_operator is "True"
  team      payments (teams.yaml:4): label team names it
  mode      enforce: the policy's own (cluster.yaml:4)
  gives
    added     label cost-center=CC-1001
                team payments, teams.yaml:12
    there     nodeSelector pool=payments
                team payments, teams.yaml:14
  requires
    met       label cost-center is CC-1001
                cluster.yaml:11
  breaks
    reserved     toleration gpu:NoSchedule belongs to team fraud: remove it
"""

from collections.abc import Iterator

from msgspec import Struct

from webhook.airflow.signs import why_not
from webhook.cli.explain_words import exemption_text, mode_text, team_text, tested_text
from webhook.cli.places import Places
from webhook.cli.show import fact, heading, result, workload_text
from webhook.cli.terminal import Row, paragraph, row
from webhook.cli.verdict import Verdict
from webhook.engine import Violation
from webhook.engine.explanation import Explanation
from webhook.engine.lines import Line
from webhook.names import APPLIED
from webhook.policy.spec import Exemption

_COLOURS = {
    "added": "green",
    "replaced": "green",
    "conflict": "red",
    "kept": "yellow",
    "left-out": "yellow",
    "met": "green",
    "broken": "red",
    "waived": "yellow",
}
_GIVES_NOTHING = "nothing: no team and no profile has anything for this pod"
_UPDATE = "nothing: an UPDATE is never patched, and only what it changes is judged"
_STORED = (
    "the pod is shown as it is stored, and is not patched any more: what is added here it lacks"
)
_ALREADY = f"it carries {APPLIED}: {{}}, so what is there may be what Taxiway added to it"


class Explained(Struct, frozen=True):
    """A pod with why; `explanation` is None where it is not governed."""

    verdict: Verdict
    explanation: Explanation | None


def rows(explained: Explained, places: Places, width: int | None) -> Iterator[Row]:
    """`width` in columns; None: as wide as it comes."""
    verdict = explained.verdict
    subject = verdict.subject
    yield heading(result(verdict), subject.name, subject.request.namespace)
    if explained.explanation is None:
        yield from _left_alone(verdict, width)
    else:
        yield from _governed(verdict, explained.explanation, places, width)
    for warning in verdict.warnings:
        yield from paragraph("  warning   ", warning, width, "yellow")
    yield from _note(verdict, width)
    yield row()


def _left_alone(verdict: Verdict, width: int | None) -> Iterator[Row]:
    subject = verdict.subject
    if not subject.judged:
        yield from fact("why", "a request that Taxiway answers without looking", width)
        return
    for at, why in enumerate(why_not(subject.request.pod, subject.request.namespace)):
        yield from fact("why" if at == 0 else "", why, width)


def _governed(
    verdict: Verdict, why: Explanation, places: Places, width: int | None
) -> Iterator[Row]:
    workload = why.decision.workload
    if workload is not None:
        yield from fact("governed", f"{workload.kind}: {'; '.join(why.signs)}", width)
        _, _, ids = workload_text(workload).partition(", ")
        yield from fact("", ids, width) if ids else ()
    yield from fact("team", team_text(why, places), width)
    for test in why.ownership.tests:
        yield from paragraph(f"{'':<14}{test.key:<12}", tested_text(test, why), width, "dim")
    yield from fact("mode", mode_text(why, places), width)
    yield from _gives(verdict, why, places, width)
    yield from _requires(why, places, width)
    yield from _breaks(why, places, width)


def _gives(verdict: Verdict, why: Explanation, places: Places, width: int | None) -> Iterator[Row]:
    if not why.lines:
        is_update = verdict.subject.request.operation == "UPDATE"
        yield from fact("gives", _UPDATE if is_update else _GIVES_NOTHING, width)
        return
    audit = " (in audit nothing is sent)" if why.decision.mode == "audit" else ""
    yield row(f"  gives{audit}", "dim")
    for line in why.lines:
        because = f", because {line.why}" if line.why else ""
        yield from _entry(line.outcome, f"{line.text}{because}", width)
        yield from _place(_source(line, places), width)


def _source(line: Line, places: Places) -> str:
    where = places.line(line)
    return f"{line.source}, {where}" if where else "Taxiway itself"


def _requires(why: Explanation, places: Places, width: int | None) -> Iterator[Row]:
    if why.requirements:
        yield row("  requires", "dim")
    for each in why.requirements:
        place = places.requirement(each.requirement)
        if each.violation is None:
            yield from _entry("met", f"label {each.requirement.label} is {each.value}", width)
            yield from _place(place, width)
        else:
            yield from _broken(each.violation, why, place, places, width)


def _broken(
    violation: Violation,
    why: Explanation,
    place: str,
    places: Places,
    width: int | None,
) -> Iterator[Row]:
    waiver = _exemption_of(violation, why)
    soft = "" if violation.mode == "enforce" else f", in {violation.mode}"
    outcome = "broken" if waiver is None else "waived"
    yield from _entry(outcome, violation.message, width)
    yield from _place(f"{place}{soft}", width)
    yield from _exempted(violation, why, places, width)


def _breaks(why: Explanation, places: Places, width: int | None) -> Iterator[Row]:
    """The other rules; requirements were told above."""
    waived = [each.violation for each in why.waived]
    others = [each for each in (*why.decision.violations, *waived) if each.rule != "requirement"]
    if others:
        yield row("  breaks", "dim")
    for violation in others:
        soft = "" if violation.mode == "enforce" else f" (in {violation.mode})"
        where = f" [{violation.path}]" if violation.path else ""
        state = " (waived)" if violation in waived else ""
        said = f"{violation.message}{where}{soft}{state}"
        colour = "yellow" if soft or state else "red"
        yield from paragraph(f"    {violation.rule:<12}", said, width, colour)
        yield from _exempted(violation, why, places, width)


def _exempted(
    violation: Violation, why: Explanation, places: Places, width: int | None
) -> Iterator[Row]:
    waiver = _exemption_of(violation, why)
    if waiver is not None:
        yield from _place(f"waived by {exemption_text(waiver, places)}", width)
    for each in why.lapsed:
        if each.violation == violation:
            yield from _place(f"no more waived by {exemption_text(each.exemption, places)}", width)


def _exemption_of(violation: Violation, why: Explanation) -> Exemption | None:
    return next((each.exemption for each in why.waived if each.violation == violation), None)


def _entry(outcome: str, text: str, width: int | None) -> list[Row]:
    label = f"    {outcome.replace('-', ' '):<10}"
    return paragraph(label, text, width, _COLOURS.get(outcome, "dim"))


def _place(text: str, width: int | None) -> list[Row]:
    """Where the entry above comes from, beneath it."""
    lines = paragraph(" " * 16, text, width)
    return [tuple((part, "dim") for part, _ in line) for line in lines]


def _note(verdict: Verdict, width: int | None) -> Iterator[Row]:
    request = verdict.subject.request
    applied = (request.pod.metadata.annotations or {}).get(APPLIED)
    notes = [_STORED] if request.from_cluster else []
    notes += [_ALREADY.format(applied)] if applied is not None else []
    for note in notes if verdict.workload is not None else ():
        yield from paragraph("  note      ", note, width, "yellow")
