"""Two replicas learn of a change at different moments, and one pod is decided by one policy set."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.cluster import pods
from tests.cluster.api import Api, Reply
from tests.cluster.replica import Replica, running_replica
from tests.cluster.webhooks import registered
from tests.cluster.world import WORKER

pytestmark = pytest.mark.cluster

OLD = """
apiVersion: taxiway/v1
requirements: [{label: team}]
teams:
  payments: {members: {namespaces: [data], dags: ["payments_*"]}}
"""
WITH_GROWTH = f"{OLD}  growth: {{members: {{namespaces: [data], dags: ['growth_*']}}}}\n"
STRICTER = OLD.replace("{label: team}", "{label: team}, {label: data-class}")

Replicas = tuple[Replica, Replica]


@pytest.fixture
def replicas(api: Api, tmp_path: Path) -> Iterator[Replicas]:
    """The first answers `/mutate`, the second `/validate`; both have the old policies."""
    policies = tmp_path / "policies"
    policies.mkdir()
    (policies / "teams.yaml").write_text(OLD)
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
    with (
        running_replica(policies, tmp_path / "first") as first,
        running_replica(policies, tmp_path / "second") as second,
        registered(api, first.endpoint, second.endpoint),
    ):
        yield first, second


def test_a_pod_waits_for_the_set_that_the_validating_replica_does_not_have_yet(
    api: Api, replicas: Replicas
) -> None:
    """By its old set the second would deny: no team claims this dag. The API server asks again."""
    first, second = replicas
    first.give(WITH_GROWTH)
    written = pods.pod_operator("growth_daily")
    with ThreadPoolExecutor(1) as threads:
        creation = threads.submit(api.create, written, user=WORKER)
        second.write(WITH_GROWTH)
        stored = creation.result().made()
    assert stored["metadata"]["annotations"]["taxiway/applied"] == f"growth@{first.revision()}"


def test_a_set_that_never_comes_is_an_outage_and_no_denial(api: Api, replicas: Replicas) -> None:
    first, _ = replicas
    first.give(WITH_GROWTH)
    reply: Reply = api.create(pods.pod_operator("growth_daily"), user=WORKER)
    code, reason, message = reply.refusal
    assert (code, reason) == (500, "InternalError")
    assert message.startswith(
        'Internal error occurred: failed calling webhook "validate.pods.taxiway": '
    )


def test_a_pod_is_judged_by_the_set_that_changed_it_while_that_is_remembered(
    api: Api, replicas: Replicas
) -> None:
    """The second has stricter policies already; they hold for pods that `/mutate` saw by them."""
    first, second = replicas
    old = first.revision()
    second.give(STRICTER)
    stored = api.create(pods.pod_operator("payments_daily"), user=WORKER).made()
    assert stored["metadata"]["annotations"]["taxiway/applied"] == f"payments@{old}"
    first.give(STRICTER)
    assert api.create(pods.pod_operator("payments_daily"), user=WORKER).refusal[:2] == (
        400,
        "BadRequest",
    )


def test_a_revision_that_an_author_wrote_does_not_choose_the_set(
    api: Api, replicas: Replicas
) -> None:
    first, _ = replicas
    written = pods.pod_operator("payments_daily")
    written["metadata"]["annotations"] = {"taxiway/applied": "payments@0000000000"}
    stored = api.create(written, user=WORKER).made()
    assert stored["metadata"]["annotations"]["taxiway/applied"] == f"payments@{first.revision()}"
