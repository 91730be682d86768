"""One line for each decided request: what an author or an SRE wants to know, and nothing of theirs.

Everything comes from admission's Record, which holds no args, env or body. A denial's line has
its full message: the author of a KubernetesExecutor's task finds it nowhere else. A line of a
pod in audit also says what would have been patched and what is broken; of operations on
containers only op and path, so that no env goes out, not even one of the policy's.
"""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from webhook.admission import Record
from webhook.airflow.workload import Workload
from webhook.engine.decision import Violation
from webhook.engine.operation import Operation
from webhook.kube.review import AdmissionRequest
from webhook.server.logs import Log

# Kubernetes' names and labels have at most 253 characters, the annotation with a dag's id 250.
# Who calls us directly may send more.
LONGEST = 256
CONTAINERS = ("/spec/containers", "/spec/initContainers")


class Line(Struct, omit_defaults=True):
    time: str
    level: str
    event: str
    uid: str | None
    endpoint: str
    decision: str
    ms: float
    operation: str | None = None
    namespace: str | None = None
    pod: str | None = None
    configmap: str | None = None
    workload: str | None = None
    dag: str | None = None
    task: str | None = None
    run: str | None = None
    team: str | None = None
    revision: str | None = None
    rules: tuple[str, ...] = ()
    dry_run: bool = False
    message: str | None = None
    violations: tuple[Violation, ...] = ()
    patch: tuple[dict[str, Any], ...] = ()


LEVELS = {"denied": "warning", "not-applied": "warning", "error": "error", "ignored": "debug"}
NOTHING = Workload("")  # what Airflow says of a pod that it did not make
URGENT = frozenset({"denied", "not-applied", "error"})


class RequestLog:
    """Writes lines of requests; pods that are none of our business only if `with_ignored`."""

    def __init__(self, log: Log, with_ignored: bool = False) -> None:
        self._log = log
        self._with_ignored = with_ignored

    def write(self, record: Record, seconds: float, now: str) -> None:
        """One line about one request; `seconds` from its head to its answer, `now` as `line_of`."""
        if record.decision == "ignored" and not self._with_ignored:
            return
        line = line_of(record, now, seconds)
        (self._log.urgent if record.decision in URGENT else self._log.line)(line)


def line_of(record: Record, now: str, seconds: float = 0.0) -> Line:
    """What is said of a request, with every name of its author's cut to what is sensible.

    `now` is the time as RFC 3339.
    """
    request, made_by, decision = record.request, record.made_by or NOTHING, record.decision
    operation = namespace = pod = config_map = None
    if request is not None:
        operation, namespace = request.operation, request.namespace
        if isinstance(request, AdmissionRequest):
            pod = request.pod_name()
        else:
            config_map = request.config_map
    names: Sequence[str | None] = (
        record.uid,
        namespace,
        pod,
        config_map,
        made_by.dag,
        made_by.task,
        made_by.run,
    )
    if len("".join(filter(None, names))) > LONGEST:  # one look, as none is nearly always
        names = [short(name) for name in names]
    uid, namespace, pod, config_map, dag, task, run = names
    in_audit = decision == "audited"
    return Line(
        now,
        LEVELS.get(decision, "info"),
        "request",
        uid,
        record.endpoint,
        decision,
        int(seconds * 1_000_000 + 0.5) / 1000,
        operation,
        namespace,
        pod,
        config_map,
        made_by.kind or None,
        dag,
        task,
        run,
        record.team,
        record.revision,
        broken_rules(record) if record.violations else (),
        request is not None and request.dry_run,
        record.message,
        record.violations if in_audit else (),
        tuple(map(shown, record.operations)) if in_audit else (),
    )


def broken_rules(record: Record) -> tuple[str, ...]:
    """The names of the rules that are broken, each once, in the order of the violations."""
    return tuple(dict.fromkeys(violation.rule for violation in record.violations))


def short(text: str | None) -> str | None:
    """A name of the request's, cut where no true one is as long."""
    return text if text is None or len(text) <= LONGEST else text[:LONGEST] + "…"


def shown(operation: Operation) -> dict[str, Any]:
    """What a log may say of an operation."""
    line: dict[str, Any] = {"op": operation.op, "path": operation.path}
    if operation.op in ("add", "replace") and not operation.path.startswith(CONTAINERS):
        line["value"] = operation.value
    return line
