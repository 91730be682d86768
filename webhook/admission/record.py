"""What a log, a metric or a page may say of a request: never args, env or a body."""

from collections.abc import Sequence

from msgspec import Struct

from webhook.airflow.workload import Workload
from webhook.engine import Operation, Violation
from webhook.kube.review import AdmissionRequest

DECISIONS = (
    "ignored",  # not a governed pod, or an operation or kind that is not ours
    "unchanged",  # mutating, and nothing to add
    "patched",
    "allowed",  # validating, and nothing is broken
    "warned",  # admitted with a warning for each violation
    "audited",  # admitted silently, and recorded
    "denied",
    "not-applied",  # our mutating call failed open: HTTP 200, code 500
    "unchecked",  # a policy that is admitted though nobody could judge it
    "another-set",  # HTTP 503: the annotation names a set that is not here
    "not-ready",  # HTTP 503
    "bad-request",  # HTTP 400
    "error",  # HTTP 500: a bug of ours
)


class ConfigMapRequest(Struct, frozen=True, gc=False):
    """A request about a policy ConfigMap, as far as it may be told."""

    uid: str
    operation: str  # CREATE | UPDATE | DELETE
    config_map: str
    namespace: str = "default"
    dry_run: bool = False


class Record(Struct, frozen=True, gc=False):
    """One request and what became of it. Unknown is None or empty."""

    endpoint: str  # its name: mutate, validate, mutate-all, validate-all, validate-policy
    decision: str  # one of DECISIONS
    uid: str | None = None
    request: AdmissionRequest | ConfigMapRequest | None = None  # where it could be decoded
    made_by: Workload | None = None  # where it is governed
    team: str | None = None
    revision: str | None = None
    mode: str | None = None
    violations: tuple[Violation, ...] = ()
    operations: Sequence[Operation] = ()  # in audit alone: what would have been patched
    message: str | None = None  # a denial's, whole; of a bad request its reason
    warnings: Sequence[str] = ()

    @property
    def operation(self) -> str | None:
        return None if self.request is None else self.request.operation

    @property
    def namespace(self) -> str | None:
        return None if self.request is None else self.request.namespace

    @property
    def pod(self) -> str | None:
        """The pod's name, else its generateName."""
        return self.request.pod_name() if isinstance(self.request, AdmissionRequest) else None

    @property
    def config_map(self) -> str | None:
        return self.request.config_map if isinstance(self.request, ConfigMapRequest) else None

    @property
    def workload(self) -> str | None:
        return None if self.made_by is None else self.made_by.kind

    @property
    def dag(self) -> str | None:
        return None if self.made_by is None else self.made_by.dag

    @property
    def task(self) -> str | None:
        return None if self.made_by is None else self.made_by.task

    @property
    def run(self) -> str | None:
        return None if self.made_by is None else self.made_by.run

    @property
    def dry_run(self) -> bool:
        return self.request is not None and self.request.dry_run
