"""`requirement`: a required label is missing, empty, or not allowed.

With nothing else a requirement means present and not empty; or one of `values`, a `pattern`, or
one of the codes that the pod's team may spend on. A requirement on the team's own label key also
means that the value must name a team.
"""

from webhook.airflow import advice
from webhook.engine.decision import Violation
from webhook.engine.message import one_line, shown
from webhook.engine.operation import pointer
from webhook.engine.rules.subject import Subject
from webhook.engine.whose import untested
from webhook.policy.compile import CompiledRequirement, softest
from webhook.policy.enumeration import listed, some

_LONGEST_VALUE = 63  # a label's; a longer one is refused by the API server, and is no match here


def requirement(subject: Subject) -> list[tuple[str | None, Violation]]:
    """The broken requirements, each with its label."""
    return [
        (required.requirement.label, _violation(subject, required, problem))
        for required in subject.requirements
        if (problem := _problem(subject, required)) is not None
    ]


def judged(subject: Subject, required: CompiledRequirement) -> Violation | None:
    """The same of one requirement; None: it is met."""
    problem = _problem(subject, required)
    return None if problem is None else _violation(subject, required, problem)


def wanted(subject: Subject, required: CompiledRequirement) -> str:
    """What the label must be, in words, given whose pod it is."""
    allowed, _ = _expected(subject, required)
    if allowed is None and required.is_team:
        return "it must name a team of the policy"
    return allowed or "it must be there and not empty"


def _problem(subject: Subject, required: CompiledRequirement) -> str | None:
    label = required.label
    value = subject.labels.get(label)
    if not value:
        return f"label {label} is {'missing' if value is None else 'empty'}"
    if required.is_team and value not in subject.policies.teams:
        return f"label {label} is {shown(value)}, which is no team of the policy"
    if len(value) > _LONGEST_VALUE or not _allowed(subject, required, value):
        return f"label {label} is {shown(value)}"
    return None


def _allowed(subject: Subject, required: CompiledRequirement, value: str) -> bool:
    if required.cost_centers:
        team = subject.whose.team
        return team is not None and value in team.cost_centers
    if required.values is not None:
        return value in required.values
    return required.pattern is None or bool(required.pattern(value))


def _violation(subject: Subject, required: CompiledRequirement, problem: str) -> Violation:
    given = required.requirement
    allowed, example = _expected(subject, required)
    hint = (given.message or allowed or "").rstrip(".")
    there = subject.labels.get(given.label)
    mend = advice.add_label if there is None else advice.change_label
    told = f"{problem}; {hint}" if hint else problem
    message = one_line(f"{told}: {mend(subject.workload, given.label, example)}")
    mode = softest(subject.mode, given.mode)
    return Violation("requirement", message, pointer("metadata", "labels", given.label), mode)


def _expected(subject: Subject, required: CompiledRequirement) -> tuple[str | None, str | None]:
    """What is allowed, in words, and an example of it."""
    given, team = required.requirement, subject.team
    if given.label == subject.policies.spec.labels.team and team is None:
        return _expected_team(subject)
    if given.values is not None:
        return f"it must be one of {listed(given.values)}", given.values[0]
    if given.pattern is not None:
        return f"it must match {given.pattern}", None
    if given.cost_centers:
        return _expected_code(subject)
    if required.is_team and team is not None:
        return None, team.name  # whose it is by its members: an update took the label off
    return None, None


def _expected_code(subject: Subject) -> tuple[str, str | None]:
    team = subject.team
    if team is None:
        return "which codes are allowed depends on the team, and this pod has none", None
    if not team.cost_centers:
        return f"team {team.name} has no cost center in the policy yet", None
    return f"team {team.name} may use {listed(team.cost_centers)}", team.cost_centers[0]


def _expected_team(subject: Subject) -> tuple[str | None, str | None]:
    """The nearest team to a wrong name; the teams whose members match, or nearly, to none."""
    whose, policies = subject.whose, subject.policies
    if whose.label:
        nearest = policies.nearest.find(whose.label)
        hint = f"the nearest is {nearest}" if nearest else "name one that is"
        return hint, nearest
    if whose.candidates:
        return f"it could be a pod of {some(whose.candidates)}, so say which", None
    nearly = policies.members.nearly(subject.facts, untested(policies, subject.facts))
    if not nearly:
        return None, None
    names = [name for name, _ in nearly]
    return (
        f"it looks like a pod of {some(names)}, but {nearly[0][1]} cannot be tested here",
        names[0] if len(names) == 1 else None,
    )
