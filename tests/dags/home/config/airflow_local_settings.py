"""What a platform team has Airflow do to every pod."""

from typing import Any


def pod_mutation_hook(pod: Any) -> None:
    pod.metadata.annotations = {**(pod.metadata.annotations or {}), "example.com/hooked": "yes"}
