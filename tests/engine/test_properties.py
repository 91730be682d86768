"""What holds of every pod and every policy.

The number of examples is set by the environment variable TAXIWAY_PROPERTIES (default: 100).
"""

import json
import os
from copy import deepcopy
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engine import generated
from tests.engine.api_server import defaulted
from tests.engine.given import Json, apply, decide, engine
from tests.engine.kept import lost
from webhook.admission import operations_json
from webhook.engine import Decision
from webhook.names import RULES

EXAMPLES = int(os.environ.get("TAXIWAY_PROPERTIES", "100"))
of_all = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="TAXIWAY_PROPERTIES" not in os.environ,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
pods_and_policies = given(pod=generated.pod(), policy=generated.policy())


@of_all
@pods_and_policies
def test_a_second_pass_over_a_pod_from_a_file_gives_no_operation(pod: Json, policy: Json) -> None:
    by = engine(**policy)
    after = apply(pod, decide(by, pod).operations)
    assert decide(by, after).operations == ()


@of_all
@pods_and_policies
def test_a_second_pass_after_the_api_server_filled_in_its_defaults_gives_no_operation(
    pod: Json, policy: Json
) -> None:
    by, seen = engine(**policy), defaulted(_without_priority(pod))
    after = defaulted(apply(seen, decide(by, seen).operations))
    assert decide(by, after).operations == ()


@of_all
@pods_and_policies
def test_nothing_of_the_authors_is_lost_or_changed_or_moved(pod: Json, policy: Json) -> None:
    decision = decide(engine(**policy), pod)
    assert lost(pod, apply(pod, decision.operations), decision, policy) == []


@of_all
@pods_and_policies
def test_the_same_input_gives_the_same_bytes(pod: Json, policy: Json) -> None:
    first, second = decide(engine(**policy), pod), decide(engine(**policy), _reversed(pod))
    assert operations_json(first.operations) == operations_json(second.operations)
    assert (first.violations, first.warnings) == (second.violations, second.warnings)


@of_all
@given(pods=st.lists(generated.pod(), min_size=2, max_size=4), policy=generated.policy())
def test_a_decision_does_not_depend_on_the_ones_before_it(pods: list[Json], policy: Json) -> None:
    warm = engine(**policy)
    for pod in pods:
        assert decide(warm, pod) == decide(engine(**policy), pod)


@of_all
@pods_and_policies
def test_the_patched_pod_is_judged_as_the_patch_was(pod: Json, policy: Json) -> None:
    by = engine(**policy)
    before = decide(by, pod)
    after = decide(by, apply(pod, before.operations), patched=False)
    assert after.violations == before.violations


@of_all
@pods_and_policies
def test_violations_stand_in_the_order_of_the_rules_then_of_their_paths(
    pod: Json, policy: Json
) -> None:
    for patched in (True, False):
        found = decide(engine(**policy), pod, patched=patched).violations
        places = [(RULES.index(each.rule), each.path or "") for each in found]
        assert places == sorted(places)


@of_all
@pods_and_policies
def test_what_is_added_is_what_is_missing(pod: Json, policy: Json) -> None:
    """A pod that lacks something is `not-applied`, and one that lacks nothing is not."""
    by = engine(**policy)
    decision = decide(by, pod, patched=False)
    missing = {each.path for each in decision.violations if each.rule == "not-applied"}
    touched = {
        path for path in _paths(decision) if path != "/metadata/annotations/taxiway~1applied"
    }
    assert bool(missing) == bool(touched)


def _paths(decision: Decision) -> set[str]:
    """What is written, but for the empty objects and lists that hold it."""
    every = [json.loads(operation.encoded) for operation in decision.operations]
    return {each["path"] for each in every if each.get("value") not in ({}, [])}


def _without_priority(pod: Json) -> Json:
    """As an author writes it: the API server refuses a number that is not the class's."""
    plain = deepcopy(pod)
    plain["spec"].pop("priority", None)
    return plain


def _reversed(value: Any) -> Any:
    """The same object with its keys the other way round."""
    if isinstance(value, dict):
        return {key: _reversed(value[key]) for key in reversed(value)}
    return [_reversed(each) for each in value] if isinstance(value, list) else value
