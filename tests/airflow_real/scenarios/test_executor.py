"""A KubernetesExecutor whose worker pods Taxiway places, watches over, or refuses.

The scheduler is the real one: it launches pods, watches them, and adopts those of a scheduler that
died. What runs in a pod runs as a process of this machine (`worker_pods`).

| a task                              | what comes of it                                         |
|-------------------------------------|----------------------------------------------------------|
| that anyone would write             | its pod runs on its team's node, and the task ends well  |
| with a KubernetesPodOperator        | its pod launches another one, which is placed as well    |
| whose scheduler dies while it runs  | another scheduler adopts its pod: nothing runs twice     |
| that policy refuses                 | fails; what was said stands where a person looks for it  |
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.airflow_real import environments
from tests.airflow_real.deployment import Deployment, TaskInstance, running_deployment
from tests.airflow_real.place import HERE, Place
from tests.airflow_real.placement import FRAUD, PAYMENTS, index_of, pods_of, summary
from tests.airflow_real.refusals import refusals
from tests.airflow_real.worker_pods import NAMESPACE, WORKERS, Kubelet, running_kubelet
from tests.cluster.api import Object
from tests.serving import until

pytestmark = [pytest.mark.airflow, pytest.mark.cluster]

UNENDED = {"Pending", "Running"}
SECONDS = 180.0  # to be seen; some 15 on an idle machine
ADOPTED = "payments_adopted"
TEMPLATE = """\
apiVersion: v1
kind: Pod
metadata: {name: template}
spec:
  serviceAccountName: airflow-worker
  restartPolicy: Never
  containers:
    - name: base
      image: registry.example/airflow:1
      env: [{name: AIRFLOW__CORE__EXECUTOR, value: LocalExecutor}]
"""


@pytest.fixture(scope="module")
def executor(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    folder = tmp_path_factory.mktemp("executor")
    settings = settings_of(place, folder)
    dags = HERE / "dags/executor"
    with running_deployment(environments.wanted(), dags, folder, settings) as running:
        yield running


@pytest.fixture(scope="module")
def kubelet(place: Place, executor: Deployment) -> Iterator[Kubelet]:
    folder = executor.home / "pods"
    folder.mkdir()
    with running_kubelet(Kubelet(place, executor, folder, {ADOPTED})) as running:
        yield running


def settings_of(place: Place, folder: Path) -> dict[str, str]:
    template = folder / "template.yaml"
    template.write_text(TEMPLATE)
    section = "AIRFLOW__KUBERNETES_EXECUTOR"
    return {
        "AIRFLOW__CORE__EXECUTOR": "KubernetesExecutor",
        f"{section}__NAMESPACE": NAMESPACE,
        f"{section}__IN_CLUSTER": "False",
        f"{section}__CONFIG_FILE": str(place.kubeconfig("airflow-scheduler")),
        f"{section}__POD_TEMPLATE_FILE": str(template),
        f"{section}__DELETE_WORKER_PODS": "False",  # so that they can be looked at
        # A scheduler that was killed is missed after this, and its pods are adopted.
        "AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_THRESHOLD": "15",
        "AIRFLOW__SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "5",
        "AIRFLOW__SCHEDULER__JOB_HEARTBEAT_SEC": "3",
    }


def workers(place: Place, dag: str, task: str) -> list[Object]:
    """The worker pods of a task, by map index."""
    selector = f"{WORKERS},dag_id={dag},task_id={task}"
    return sorted(place.api.list("Pod", NAMESPACE, selector), key=index_of)


def ended(place: Place, dag: str, task: str) -> list[Object]:
    """The same, once none of them runs any more: a task's state is known a little sooner."""

    def none_runs() -> list[Object]:
        pods = workers(place, dag, task)
        return pods if {pod["status"]["phase"] for pod in pods}.isdisjoint(UNENDED) else []

    return until(f"the pods of {dag}.{task} have ended", none_runs, SECONDS)


def done(task: str, *indexes: int) -> list[TaskInstance]:
    return [TaskInstance(task, index, "success", 1) for index in indexes or (-1,)]


@pytest.mark.usefixtures("kubelet")
def test_worker_pods_without_a_word_of_their_author_run_on_their_teams_node(
    place: Place, executor: Deployment
) -> None:
    instances = executor.until_done("payments_executed")
    assert instances == [*done("count", 0, 1), *done("paid_by_another_center")]
    pods = ended(place, "payments_executed", "count")
    worker = PAYMENTS | {"account": "airflow-worker"}
    assert [summary(place, pod) for pod in pods] == [worker, worker]
    (other,) = ended(place, "payments_executed", "paid_by_another_center")
    assert summary(place, other) == worker | {"cost center": "CC-1002"}


@pytest.mark.usefixtures("kubelet")
def test_the_executor_watches_its_pods_and_says_that_they_are_done(
    place: Place, executor: Deployment
) -> None:
    """By a label that it patches: the entry that guards updates lets it pass."""
    executor.until_done("payments_executed")

    def all_marked() -> bool:
        pods = workers(place, "payments_executed", "count")
        return {mark(pod) for pod in pods} == {"True"}

    until("the executor marks its pods", all_marked, SECONDS)


def mark(pod: Object) -> str | None:
    found: str | None = pod["metadata"]["labels"].get("airflow_executor_done")
    return found


@pytest.mark.usefixtures("kubelet")
def test_a_worker_keeps_the_account_by_which_it_launches_pods(
    place: Place, executor: Deployment
) -> None:
    """Also where its team's policy gives pods another one."""
    executor.until_done("fraud_executed")
    (pod,) = ended(place, "fraud_executed", "score")
    assert summary(place, pod) == FRAUD | {"account": "airflow-worker"}


@pytest.mark.usefixtures("kubelet")
def test_a_worker_pod_launches_a_pod_in_turn(place: Place, executor: Deployment) -> None:
    assert executor.until_done("payments_launching") == done("launch")
    (worker,) = ended(place, "payments_launching", "launch")
    (launched,) = pods_of(place, "payments_launching", "launch")
    assert summary(place, worker) == PAYMENTS | {"account": "airflow-worker"}
    assert summary(place, launched) == PAYMENTS


SEE = "See https://wiki.example.com/airflow-pods"


def of_task(label: str, value: str) -> str:
    """How the author of a task gives its pod a label."""
    labels = f'{{"{label}": "{value}"}}'
    pod = f"k8s.V1Pod(metadata=k8s.V1ObjectMeta(labels={labels}))"
    return f'executor_config={{"pod_override": {pod}}}'


REFUSED = {
    ("fraud_executed", "no_cost_center"): (
        "breaks 1 rule: [requirement] label cost-center is missing; team fraud may use CC-2001: "
        f"add {of_task('cost-center', 'CC-2001')} to the task. Ask #fraud. {SEE}"
    ),
    ("payments_barred", "frauds_nodes"): (
        "breaks 1 rule: [reserved] toleration dedicated=fraud belongs to team fraud: remove it "
        'from tolerations in the "pod_override" of the task\'s executor_config. Ask '
        f"#payments-data. {SEE}"
    ),
    ("payments_barred", "frauds_claim"): (
        "breaks 1 rule: [membership] label team claims team fraud, which dag payments_barred does "
        f"not belong to: set {of_task('team', '...')} in the task with your own team, or ask "
        f"team fraud to be added to its members. Ask #fraud. {SEE}"
    ),
}


@pytest.mark.usefixtures("kubelet")
@pytest.mark.parametrize(("dag", "task"), REFUSED)
def test_a_refused_task_fails_and_says_why_in_the_audit_log_and_the_schedulers(
    place: Place, executor: Deployment, dag: str, task: str
) -> None:
    instances = {each.task: each for each in executor.until_done(dag)}
    assert (instances[task].state, instances[task].tries) == ("failed", 1)
    assert workers(place, dag, task) == []
    wanted = f"pod POD (dag {dag}, task {task}) {REFUSED[dag, task]}"
    assert refusals(said_in_events(executor, dag, task)) == [wanted]
    assert wanted in refusals(executor.programs["scheduler"].log.read_text())


def said_in_events(executor: Deployment, dag: str, task: str) -> str:
    """What the audit log has of a task that the executor found in another state than meant."""
    query = (
        "SELECT extra FROM log WHERE event = 'state mismatch'"
        " AND dag_id = :'dag' AND task_id = :'task'"
    )
    return "".join(row["extra"] for row in executor.database.rows(query, dag=dag, task=task))


def test_another_scheduler_adopts_the_pods_of_one_that_died(
    place: Place, executor: Deployment, kubelet: Kubelet
) -> None:
    def running() -> list[Object]:
        pods = workers(place, ADOPTED, "outlive")
        return [pod for pod in pods if pod["status"]["phase"] == "Running"]

    (before,) = until("its pod runs", running, SECONDS)
    executor.programs["scheduler"].kill()
    executor.start("scheduler")

    def adopted() -> list[Object]:
        labels = before["metadata"]["labels"]
        return [pod for pod in running() if worker_of(pod) != labels["airflow-worker"]]

    (after,) = until("its pod is adopted", adopted, SECONDS)
    assert after["metadata"]["uid"] == before["metadata"]["uid"]
    assert after["spec"] == before["spec"]
    kubelet.held.remove(ADOPTED)
    assert executor.until_done(ADOPTED) == done("outlive")
    (only,) = ended(place, ADOPTED, "outlive")
    assert summary(place, only) == PAYMENTS | {"account": "airflow-worker"}


def worker_of(pod: Object) -> str:
    return str(pod["metadata"]["labels"]["airflow-worker"])
