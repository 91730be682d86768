"""`membership`: the pod claims a team whose `members` do not match it.

A claimed label holds when each key that is given and can be tested matches. Labels and `dag_id`
come from the author; the namespace and the request's user do not.
"""

from collections.abc import Sequence

from webhook.airflow import advice
from webhook.engine.decision import Violation
from webhook.engine.message import one_line, shown
from webhook.engine.operation import pointer
from webhook.engine.rules.subject import Subject


def membership(subject: Subject) -> Sequence[Violation]:
    team, outside = subject.team, subject.whose.outside
    return (_violation(subject, team.name, outside),) if team is not None and outside else ()


def _violation(subject: Subject, team: str, failing: Sequence[str]) -> Violation:
    facts, key = subject.facts, subject.policies.spec.labels.team
    outside = {
        "namespaces": f"namespace {facts.namespace}",
        "dags": f"dag {shown(facts.dag)}" if facts.dag else "a pod without a dag",
        "users": f"user {shown(facts.user)}",
    }
    why = " and ".join(outside[reason] for reason in failing)
    mend = advice.change_label(subject.workload, key, None)
    message = (
        f"label {key} claims team {team}, which {why} does not belong to: "
        f"{mend} with your own team, or ask team {team} to be added to its members"
    )
    return Violation(
        "membership", one_line(message), pointer("metadata", "labels", key), subject.mode
    )
