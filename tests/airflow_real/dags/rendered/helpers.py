"""What the DAGs here share; no dag."""

from typing import Any

from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator


def report(task_id: str, **given: Any) -> KubernetesPodOperator:
    return KubernetesPodOperator(task_id=task_id, image="reports:1", **given)


class Audited(KubernetesPodOperator):  # type: ignore[misc]  # Airflow is not where types are
    """A team's own operator, which does more before its pod is made."""

    def execute(self, context: Any) -> Any:
        self.labels.update(audited="yes")
        return super().execute(context)
