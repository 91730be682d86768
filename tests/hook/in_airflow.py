"""What a real Airflow makes of the hook. It runs in Airflow's Python, and prints one JSON object.

It is given, on standard input, pods and the policies to hold them against (`pods`: what is sent of
each). With the policies that the environment names it then calls Airflow's own code, which finds
the hook in `airflow_local_settings.py` (`calls`).
"""

import json
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from airflow.exceptions import AirflowException
from airflow.providers.cncf.kubernetes.operators.job import KubernetesJobOperator
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.providers.cncf.kubernetes.pod_generator import PodGenerator
from kubernetes.client import ApiClient
from kubernetes.client import models as k8s

from webhook.hook import mutation, pod_mutation_hook
from webhook.hook.settings import POLICIES

Json = dict[str, Any]
CLIENT = ApiClient()
DAG, TASK, RUN = "payments_daily", "load", "manual__2026-01-02T00:00:00+00:00"
# Shared by tasks, as `default_args` are.
SHARED = [k8s.V1Toleration(key="spot", operator="Exists")]


def sent(pod: Any) -> Json:
    body: Json = CLIENT.sanitize_for_serialization(pod)
    return body


def v1_pod(body: Json) -> Any:
    """As Airflow reads a pod template file."""
    return PodGenerator.deserialize_model_dict(body)


def after_the_hook(pod: Any) -> Json:
    pod_mutation_hook(pod)
    return sent(pod)


def hooked(given: Json) -> Json:
    """One pod by one policy: what is sent, with plain data in the place of models or not."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "policy.yaml").write_text(given["policy"])
        before, os.environ[POLICIES] = os.environ[POLICIES], folder
        mutation._configured.cache_clear()
        try:
            pod = v1_pod(given["pod"])
            if given["plain"]:  # authors do write `affinity={"nodeAffinity": …}`
                pod.spec.affinity = given["pod"]["spec"].get("affinity")
                pod.spec.tolerations = given["pod"]["spec"].get("tolerations")
            return told(lambda: after_the_hook(pod))
        finally:
            os.environ[POLICIES] = before
            mutation._configured.cache_clear()


def told(what: Callable[[], Json]) -> Json:
    """What it returns, or what Airflow would show of its error."""
    try:
        return {"sent": what()}
    except Exception as error:  # noqa: BLE001  whatever it is, it is told
        name = type(error).__name__
        cause = f"{type(error.__cause__).__name__}: {error.__cause__}" if error.__cause__ else None
        return {
            "error": name,
            "is Airflow's": isinstance(error, AirflowException),
            "says": str(error),
            "because of": cause,
        }


def context() -> Json:
    ti = SimpleNamespace(dag_id=DAG, task_id=TASK, run_id=RUN, map_index=-1, try_number=1)
    dag = SimpleNamespace(dag_id=DAG, parent_dag=None, is_subdag=False)
    return {"ti": ti, "task_instance": ti, "dag": dag, "run_id": RUN, "params": {}}


def operator(kind: type, **arguments: Any) -> Any:
    task = kind(
        task_id=TASK,
        namespace="airflow",
        name="load",
        image="busybox",
        in_cluster=True,
        **arguments,
    )
    vars(task)["hook"] = SimpleNamespace(is_in_cluster=True, get_namespace=lambda: "airflow")
    return task


def launched(**arguments: Any) -> Json:
    task = operator(KubernetesPodOperator, tolerations=SHARED, **arguments)
    return sent(task.build_pod_request_obj(context()))


def executed(**labels: str) -> Json:
    template = v1_pod({"spec": {"containers": [{"name": "base", "image": "airflow"}]}})
    pod = PodGenerator.construct_pod(
        dag_id=DAG,
        task_id=TASK,
        pod_id="payments-daily-load",
        try_number=1,
        kube_image="airflow",
        date=None,
        args=["airflow"],
        pod_override_object=k8s.V1Pod(metadata=k8s.V1ObjectMeta(labels=labels)),
        base_worker_pod=template,
        namespace="airflow",
        scheduler_job_id="1",
        run_id=RUN,
        with_mutation_hook=True,
    )
    return sent(pod)


def main() -> None:
    given = json.load(sys.stdin)
    job = operator(KubernetesJobOperator, labels={"cost-center": "CC-1001"})
    calls = {
        "pod operator": told(lambda: launched(labels={"cost-center": "CC-1001"})),
        "pod operator again": told(lambda: launched(labels={"cost-center": "CC-1001"})),
        "pod operator, denied": told(launched),
        "executor": told(lambda: executed(**{"cost-center": "CC-1001"})),
        "executor, denied": told(executed),
        "job operator": told(lambda: sent(job.build_job_request_obj(context()))),
    }
    print(json.dumps({"calls": calls, "pods": [hooked(each) for each in given]}))


if __name__ == "__main__":
    main()
