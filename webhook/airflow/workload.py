"""Which pods Airflow made: the first row that applies, and a marker counts by its value.

| workload              | sign                                                                    |
|-----------------------|-------------------------------------------------------------------------|
| `job-operator`        | `kubernetes_pod_operator: "True"`, and an ownerReference of kind Job    |
| `pod-operator`        | `kubernetes_pod_operator: "True"`                                       |
| `kubernetes-executor` | `kubernetes_executor: "True"`                                           |
| `spark`               | `spark_kubernetes_operator: "True"`, or `spark-role` with `dag_id`      |
| `celery-worker`       | the worker labels of the official, Bitnami and community charts         |
| `other`               | none of these, in a namespace labelled `taxiway/govern: all`            |

By value, because Astronomer's chart puts both operator markers on every pod, one of them
"False". `pod-operator` comes before the executor whatever else is there: the more is checked,
the less it pays to pretend.
"""

from msgspec import Struct

from webhook import names
from webhook.kube.pod import ObjectMeta, Pod


class Workload(Struct, frozen=True, gc=False):
    """What Airflow says of a pod. `dag`, `task` and `run` are None where it does not say."""

    kind: str  # one of names.WORKLOADS
    dag: str | None = None
    task: str | None = None
    run: str | None = None
    airflow_version: str | None = None
    chart: str | None = None  # of a celery-worker: official | bitnami | community
