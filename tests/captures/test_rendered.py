"""What a real Airflow sent for the same DAGs, and what `taxiway dags` says that it would send."""

from collections.abc import Iterator

import pytest

from tests.airflow_real import environments
from tests.captures.alike import differences, without_run
from tests.captures.place import NAMESPACE, TEMPLATE, place
from tests.captures.recorded import Recorded, Sent, stored
from tests.captures.rendered import Rendered, rendered

pytestmark = pytest.mark.airflow

Key = tuple[str, str, str, int | None, str]

# What `taxiway dags` says that only a run can tell, of all these DAGs, and why that is so.
UNKNOWN = {
    "connection kubernetes_default": "whether Airflow's worker is in the cluster: a label",
    "the scheduler's job": "the number of a process: a label of workers",
    "the arguments, pickled": "what another task returned is among them",
    "{{ ti.map_index }}": "how many there are is another task's result, or the group's",
    "{{ ti.xcom_pull('names') }}": "another task's result, by the corpus",
    "{{ ds }}": "asked for by the corpus",
    "{{ ds_nodash }}": "asked for by the corpus",
    "{{ run_id }}": "asked for by the corpus",
}
UNKNOWN_IN_3 = {
    "{{ the task as JSON, with a token }}": "ids and times of the run are in it",
    "what apply_templating returns": "the function makes the command: an example",
    "what execute_in_k8s_pod_args_only returns": "the same",
    "what execute_in_k8s_pod_full_cmd returns": "the same",
}

# What a task creates that is no pod, and makes none.
NO_PODS = ("persistentvolumeclaims", "resourceflavors", "clusterqueues", "localqueues")


@pytest.fixture(scope="module")
def recorded() -> Recorded:
    return stored(environments.wanted())


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[Key, Rendered]:
    scratch = tmp_path_factory.mktemp("rendered")
    there = place(environments.wanted(), scratch)
    settings = {"--namespace": NAMESPACE, "--executor": "KubernetesExecutor"}
    settings |= {"--dags-folder": str(there.dags), "--pod-template-file": str(TEMPLATE)}
    options = [word for pair in settings.items() for word in pair]
    every = rendered(there.python, there.folders, scratch, {"PYTHONPATH": there.path}, *options)
    return {key(one): one for one in every}


def key(one: Sent | Rendered) -> Key:
    return one.file, one.dag_id, one.task_id, one.map_index, one.by


def test_what_is_stored_is_of_the_airflow_that_is_installed(recorded: Recorded) -> None:
    airflow = environments.wanted()
    assert (recorded.airflow, recorded.provider) == (
        environments.version(airflow),
        environments.version(airflow, environments.PROVIDER),
    )


def test_every_object_that_airflow_sent_is_rendered_and_equal(
    recorded: Recorded, found: dict[Key, Rendered]
) -> None:
    wrong = [line for one in pods_of(recorded) for line in compared(one, found)]
    assert wrong == []


def test_nothing_is_rendered_that_airflow_did_not_send(
    recorded: Recorded, found: dict[Key, Rendered]
) -> None:
    """Of each file by what ran it: the KubernetesExecutor ran `workers`, and nothing else."""
    sent = {key(one) for one in recorded.sent}
    mapped = {(*key(one)[:3], None, one.by) for one in recorded.sent if one.map_index >= 0}
    workers = {one.file for one in recorded.sent if one.by == "executor"}
    more = [
        name
        for name, one in found.items()
        if one.object is not None and name not in sent | mapped
        if (one.by == "executor") == (one.file in workers)
    ]
    assert more == []


def test_what_is_not_known_before_the_run_is_this(found: dict[Key, Rendered]) -> None:
    expected = UNKNOWN | (UNKNOWN_IN_3 if environments.wanted() == "3" else {})
    assert {text for one in found.values() for _, text in one.unknown} == set(expected)


def pods_of(recorded: Recorded) -> list[Sent]:
    """Pods, and what other controllers make pods of."""
    return [one for one in recorded.sent if one.path.rpartition("/")[2] not in NO_PODS]


def compared(sent: Sent, found: dict[Key, Rendered]) -> Iterator[str]:
    """What is otherwise, each line beginning with the task."""
    name = f"{sent.file} {sent.dag_id}.{sent.task_id}[{sent.map_index}] {sent.by}"
    one = found.get(key(sent)) or found.get((*key(sent)[:3], None, sent.by))
    if one is None or one.object is None:
        yield f"{name}: not rendered: {one.reason if one else 'no such task'}"
        return
    yield from (
        f"{name}: {line}"
        for line in differences(sent.object, without_run(one.object), dict(one.unknown))
    )
