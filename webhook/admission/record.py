"""What a log, a metric or a page may say of a request: never args, env or a body."""

from msgspec import Struct

from webhook.engine import Operation, Violation

DECISIONS = (
    "ignored",  # not a governed pod, or an operation or kind that is not ours
    "unchanged",  # mutating, and nothing to add
    "patched",
    "allowed",  # validating, and nothing is broken
    "warned",  # admitted with a warning for each violation
    "audited",  # admitted silently, and recorded
    "denied",
    "not-applied",  # our mutating call failed open: HTTP 200, code 500
    "another-set",  # HTTP 503: the annotation names a set that is not here
    "not-ready",  # HTTP 503
    "bad-request",  # HTTP 400
    "error",  # HTTP 500: a bug of ours
)


class Record(Struct, frozen=True, gc=False, kw_only=True):
    """One request and what became of it. Unknown is None or empty."""

    endpoint: str  # the name of the endpoint: mutate, validate, mutate-all, validate-all
    decision: str  # one of DECISIONS
    uid: str | None = None
    operation: str | None = None
    namespace: str | None = None
    pod: str | None = None  # its name, else its generateName
    workload: str | None = None
    dag: str | None = None
    task: str | None = None
    run: str | None = None
    team: str | None = None
    revision: str | None = None
    mode: str | None = None
    violations: tuple[Violation, ...] = ()
    operations: tuple[Operation, ...] = ()  # in audit alone: what would have been patched
    message: str | None = None  # a denial's, whole; of a bad request its reason
    warnings: tuple[str, ...] = ()
    dry_run: bool = False
