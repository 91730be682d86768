"""The service is down: nothing is admitted that policy has not placed."""

from collections.abc import Iterator

import pytest

from tests.cluster import pods
from tests.cluster.api import Api, Object
from tests.cluster.replica import Replica, running_replica
from tests.cluster.webhooks import registered
from tests.cluster.world import WORKER

pytestmark = pytest.mark.cluster

NOT_APPLIED = 'admission webhook "validate.pods.taxiway" denied the request: '


def test_a_pod_is_refused_while_nobody_can_validate_it(taxiway: Replica, api: Api) -> None:
    written = pods.pod_operator("payments_daily")
    with taxiway.stopped():
        code, reason, message = api.create(written, user=WORKER).refusal
    assert (code, reason) == (500, "InternalError")
    assert message.startswith(
        'Internal error occurred: failed calling webhook "validate.pods.taxiway": '
    )
    assert api.get("Pod", written["metadata"]["name"], "data").code == 404


def test_pods_that_are_not_airflows_come_in_while_the_service_is_down(
    taxiway: Replica, api: Api
) -> None:
    with taxiway.stopped():
        api.create(pods.pod("data"), user=WORKER).made()


@pytest.fixture
def mutating_replica(
    api: Api, replica: Replica, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Replica]:
    """A second replica that answers `/mutate` alone; the first answers `/validate`."""
    with (
        running_replica(replica.policies, tmp_path_factory.mktemp("second")) as second,
        registered(api, second.endpoint, replica.endpoint),
    ):
        yield second


def test_a_pod_that_mutation_passed_over_is_refused_for_another_try(
    mutating_replica: Replica, api: Api
) -> None:
    """Code 500, since it is no fault of the author's and Airflow tries again."""
    written = pods.pod_operator("team_payments__nightly")
    with mutating_replica.stopped():
        refusal = api.create(written, user=WORKER).refusal
    missing = (
        "label cost-center=CC-9000",
        "label team=platform",
        "nodeSelector dedicated=platform",
        "toleration dedicated=platform:NoSchedule",
    )
    breaks = f"pod {written['metadata']['name']} (dag team_payments__nightly, task load) breaks "
    assert refusal == (
        500,
        "InternalError",
        f"{NOT_APPLIED}{breaks}4 rules: {' '.join(map(not_applied, missing))} "
        "See https://wiki.example.com/airflow-pods",
    )
    assert api.get("Pod", written["metadata"]["name"], "data").code == 404
    api.create(written, user=WORKER).made()


def not_applied(part: str) -> str:
    return (
        f"[not-applied] {part} of team platform is missing from the final pod: it was not added, "
        "or another webhook took it away; run the task again, then ask who runs the cluster."
    )


def test_a_pod_that_policy_changes_in_nothing_needs_no_mutation(
    mutating_replica: Replica, api: Api
) -> None:
    written = pods.pod_operator("team_payments__nightly")
    placed = api.create(written, user=WORKER, dry_run=True).made()
    again = placement_of(placed) | {"apiVersion": "v1", "kind": "Pod"}
    with mutating_replica.stopped():
        api.create(again, user=WORKER).made()


def placement_of(placed: Object) -> Object:
    """A new pod that says by itself all that policy would say, but for our annotation."""
    spec = {key: placed["spec"][key] for key in ("containers", "nodeSelector", "tolerations")}
    containers = [{key: one[key] for key in ("name", "image")} for one in spec["containers"]]
    meta = {key: placed["metadata"][key] for key in ("namespace", "labels")}
    return {
        "metadata": {**meta, "name": pods.fresh("pod")},
        "spec": {**spec, "containers": containers},
    }
