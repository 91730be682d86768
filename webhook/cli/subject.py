"""A pod to be reviewed, with the request that would bring it, and where it was read.

| of the request | is the AdmissionReview's, else                               |
|----------------|--------------------------------------------------------------|
| namespace      | the pod's, else its owner's, else `--namespace`, else default |
| user           | the controller that makes pods of this kind, else `--user`   |
| operation      | CREATE                                                       |
"""

from typing import Any

from msgspec import Struct

from webhook.airflow.workload import Workload, recognise
from webhook.kube.review import AdmissionRequest

JUDGED_OPERATIONS = ("CREATE", "UPDATE")


class Defaults(Struct, frozen=True, kw_only=True):
    """What the command line says about pods that do not say it themselves."""

    namespace: str | None = None
    user: str | None = None


class Subject(Struct, frozen=True, kw_only=True):
    """`raw` is the whole pod as it came; `request` holds the parts that are judged."""

    origin: str
    request: AdmissionRequest
    raw: dict[str, Any]
    notes: tuple[str, ...] = ()  # what is not known about a pod that something else will make

    @property
    def name(self) -> str | None:
        meta = self.request.pod.metadata
        return meta.name or meta.generate_name or self.request.name

    @property
    def judged(self) -> bool:
        """False for a request that the service answers without looking: a deletion, say."""
        return self.request.operation in JUDGED_OPERATIONS


class Refusal(Struct, frozen=True):
    """Something that was given for review and cannot be."""

    origin: str
    reason: str

    def __str__(self) -> str:
        return f"{self.origin}: {self.reason}"


def workload_of(
    request: AdmissionRequest, *, govern_all: bool, own_namespace: str | None = None
) -> Workload | None:
    """As the service: a pod that was governed before an update still is, label or no label."""
    for pod in filter(None, (request.pod, request.old_pod)):
        found = recognise(
            pod, namespace=request.namespace, govern_all=govern_all, own_namespace=own_namespace
        )
        if found is not None:
            return found
    return None
