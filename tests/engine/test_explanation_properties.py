"""What holds of every explanation: it tells what the engine did, all of it, and nothing else."""

from hypothesis import given

from tests.engine import generated
from tests.engine.given import Json, apply, decide, engine, request, workload_of
from tests.engine.test_lines import explained
from tests.engine.test_properties import of_all
from webhook.engine.lines import ADDED, CONFLICT, OUTCOMES, REPLACED

pods_and_policies = given(pod=generated.pod(), policy=generated.policy())


@of_all
@pods_and_policies
def test_the_decision_is_the_one_of_a_review(pod: Json, policy: Json) -> None:
    by = engine(**policy)
    assert explained(by, pod).decision == decide(by, pod)


@of_all
@pods_and_policies
def test_what_is_added_is_what_the_final_pod_would_miss(pod: Json, policy: Json) -> None:
    """Whatever the draft lacks has its line, and no other line says that it was added."""
    by = engine(**policy)
    asked = request(pod)
    missing = by.place(asked, workload_of(asked)).draft.missing
    lines = explained(by, pod).lines
    added = [line for line in lines if line.outcome in (ADDED, REPLACED)]
    told = [(line.text, line.path) for line in added if line.source != "taxiway"]
    assert sorted(told) == sorted((part.text, part.path) for part in missing)


@of_all
@pods_and_policies
def test_there_is_a_conflict_line_for_each_conflict(pod: Json, policy: Json) -> None:
    found = explained(engine(**{**policy, "exemptions": []}), pod)
    lines = [line for line in found.lines if line.outcome == CONFLICT]
    broken = [each for each in found.decision.violations if each.rule == "conflict"]
    assert len(lines) == len(broken)


@of_all
@pods_and_policies
def test_of_the_patched_pod_nothing_is_added(pod: Json, policy: Json) -> None:
    by = engine(**policy)
    after = explained(by, apply(pod, decide(by, pod).operations))
    assert {line.outcome for line in after.lines} <= set(OUTCOMES) - {ADDED, REPLACED}
