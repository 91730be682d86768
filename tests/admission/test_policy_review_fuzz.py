"""Whatever is sent to `/validate-policy`, it is a question, an answer, or a bad request."""

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import contract
from tests.admission.mutations import Mutation, mutated
from tests.admission.test_fuzz import check_refused, understood
from tests.admission.test_policy_review import config_map, review
from webhook.admission.policy_review import Question, answered, question
from webhook.policy.question import Verdict
from webhook.sources.frames import Asked, encoded

NUMBER = st.integers(0, 4000)
MUTATIONS = st.lists(st.tuples(NUMBER, NUMBER, NUMBER), max_size=5)
BINARY = config_map("shadow", data=None, binaryData={"p.yml": "/w=="})
REVIEWS = (
    review(config_map(), None),
    review(None, config_map()),
    review(BINARY, config_map()),
    review(config_map(None), BINARY),
)


def check(body: bytes) -> None:
    """The whole contract for one body, the frame that a question becomes with it."""
    found = question(body)
    if isinstance(found, Question):
        assert encoded(Asked(1, found.change))
        found = answered(found, Verdict(("teams/p.yaml:1:1: x",)), lambda _: None)
    if found.status != 200:
        check_refused(found)
        return
    headers = {name.decode(): value.decode() for name, value in found.headers}
    contract.check("/validate-policy", understood(body), 200, headers, found.body)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(number=st.integers(0, len(REVIEWS) - 1), structure=MUTATIONS, text=MUTATIONS)
def test_fuzz_no_review_breaks_the_contract(
    number: int, structure: list[Mutation], text: list[Mutation]
) -> None:
    check(mutated(REVIEWS[number], structure, text[:2]))


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=200))
def test_fuzz_no_bytes_are_more_than_a_bad_request(body: bytes) -> None:
    check(body)


def test_half_a_character_is_a_bad_request_or_text() -> None:
    check(json.dumps(review(config_map(data={"p.yaml": "\ud800"}), None)).encode())
