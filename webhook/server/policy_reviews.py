"""How `/validate-policy` is answered: the question is put to a judge, who may take seconds.

The serving loop goes on meanwhile. A judge is whoever can say what a change of policies would do;
in the service that is the loader process.
"""

from collections.abc import Awaitable, Callable

from webhook.admission import Answer
from webhook.admission.policy_review import Seen, answered, question
from webhook.policy.question import Change, Verdict

Judge = Callable[[Change], Awaitable[Verdict]]
PolicyReviews = Callable[[bytes], Awaitable[Answer]]


def reviewing(judge: Judge, seen: Seen) -> PolicyReviews:
    """Answers bodies by what this judge says; `seen` tells what was seen of a team's pods."""

    async def review(body: bytes) -> Answer:
        asked = question(body)
        if isinstance(asked, Answer):
            return asked
        return answered(asked, await judge(asked.change), seen)

    return review


async def nobody(_: Change) -> Verdict:
    """A judge for where there is none."""
    return Verdict(unchecked="nobody here reads policies")


unjudged = reviewing(nobody, lambda _: None)
