"""What a rule finds in each team, remembered with the document that the team stands in.

After a change of one team of 10,000 the rules are asked about that one alone; about all, where
what else they depend on has changed.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from webhook.policy.documents import ParsedDocument
from webhook.policy.places import BAD
from webhook.policy.spec import Team
from webhook.policy.union import Part, Parts

C = TypeVar("C")
F = TypeVar("F")
Rule = Callable[[Team, C], Iterable[F]]


def of_teams(parts: Parts, rule: Rule[C, F], context: C) -> Iterator[tuple[Part, F]]:
    """What `rule` finds in each team that has no problem, in their order.

    A rule is a function of a team and of `context`, which holds all else that it asks about, and
    is compared by value.
    """
    for document in parts.documents:
        known = document.memo.get(rule)
        if known is None or known[0] is not context:
            if known is None or known[0] != context:
                known = document.memo[rule] = context, _found(document, rule, context)
            context = known[0]  # the same object is the quickest to compare
        for name, found in known[1]:
            part = parts.teams[name]
            if part.document is document:  # else the name is given twice, and the first counts
                yield part, found


def _found(document: ParsedDocument, rule: Rule[C, F], context: C) -> tuple[tuple[str, F], ...]:
    teams: dict[str, Any] = document.content.teams
    every: list[tuple[str, F]] = []
    for name, team in teams.items():
        if team is not BAD:
            every += [(name, found) for found in rule(team, context)]
    return tuple(every)
