"""`taxiway audit`: whether what runs in a cluster now keeps the policies, and who pays for it.

Pods are judged as they stand (see `engine.standing`), templates as `review` judges them. Read page
by page with the rights of who asks; what one may not see is said, and makes the exit code 2.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from msgspec import Struct

from webhook.airflow.workload import Workload
from webhook.cli import exits
from webhook.cli.audit_json import audit_json
from webhook.cli.audit_markdown import audit_markdown
from webhook.cli.audit_text import audit_rows
from webhook.cli.audited import DENIED, POD, Audited, Thing
from webhook.cli.cluster_policies import policies_in, unreadable
from webhook.cli.exits import complain, quiet_broken_pipe
from webhook.cli.kubernetes_yaml import write_yaml
from webhook.cli.objects import creation, pods_in
from webhook.cli.policies import read_policies
from webhook.cli.policy_report import Reports
from webhook.cli.policy_report_apply import applied
from webhook.cli.progress import Advance, progress
from webhook.cli.subject import Defaults, Refusal, Subject, workload_of
from webhook.cli.terminal import Terminal, printable
from webhook.engine import Decision, Engine
from webhook.engine.standing import standing
from webhook.kube.review import AdmissionRequest
from webhook.policy.compile import compile_policy
from webhook.policy.errors import PolicyErrors
from webhook.policy.load import load
from webhook.policy.users import names_users
from webhook.sources.api_errors import ApiError
from webhook.sources.connection import Connection
from webhook.sources.directory import Unreadable
from webhook.sources.inventory import Cluster
from webhook.sources.running import Running

EVERY = 250  # pods between two looks at the progress bar
AGAIN = "name namespaces by --in, or try again"
NO_USERS = (
    "members.users and match.users of these policies could not be tested: a pod does not tell "
    "who made it"
)
_NOBODY = Defaults()


class AuditSettings(Struct, frozen=True, kw_only=True):
    policies: Path | None  # None: those in force in `namespace`
    namespace: str | None  # the service's own
    within: tuple[str, ...] = ()  # the namespaces that are looked at; none is all
    kubeconfig: Path | None = None
    context: str | None = None
    today: date  # UTC; exemptions end with it
    output: str = "text"  # text | json | markdown | report
    findings: int = 20  # shown at most
    applies: bool = False  # reports are put into the cluster

    @property
    def wants_reports(self) -> bool:
        return self.applies or self.output == "report"


def audit(settings: AuditSettings) -> int:
    """The exit code; see `exits`."""
    connection = Connection(settings.kubeconfig, settings.context)
    try:
        engine = _engine(settings, connection)
        running = Running(connection, settings.within)
        found = Audited(engine.policies)
        reports = Reports() if settings.wants_reports else None
        _look(engine, running, settings, found, reports)
        for line in running.unread:
            complain(line)
        with quiet_broken_pipe():
            _print(found, reports, engine, running.unread, settings)
        is_whole = not running.unread
        if settings.applies and reports is not None:
            is_whole = applied(reports, connection, everywhere=not settings.within) and is_whole
    except (Unreadable, PolicyErrors) as error:
        complain(str(error))
        return exits.BAD_INPUT
    except ApiError as error:
        complain(str(unreadable(error, AGAIN)))
        return exits.BAD_INPUT
    if not is_whole:
        return exits.BAD_INPUT
    return exits.DENIED if found.results[DENIED] else exits.OK


def _engine(settings: AuditSettings, connection: Connection) -> Engine:
    if settings.policies is not None:
        files = read_policies(settings.policies)
    elif settings.namespace is not None:
        files = policies_in(Cluster(connection), settings.namespace)
    else:
        raise Unreadable("no policies: give --policies DIR, or the service's --namespace")
    return Engine(compile_policy(load(files).spec))


def _look(
    engine: Engine,
    running: Running,
    settings: AuditSettings,
    found: Audited,
    reports: Reports | None,
) -> None:
    """At every pod and template, one at a time."""
    governed = running.governed()
    with progress(None) as advance:
        for thing, subject in _things(running):
            request, own = subject.request, settings.namespace
            decided = judged(engine, thing, request, governed, own, settings.today)
            if decided is not None:
                found.add(thing, request, *decided)
                if reports is not None:
                    reports.add(thing, decided[1])
                _tell(found, advance)


def judged(
    engine: Engine,
    thing: Thing,
    request: AdmissionRequest,
    governed: frozenset[str],
    own_namespace: str | None,
    today: date,
) -> tuple[Workload, Decision] | None:
    """A pod as it stands, a template as its pods would be; None: it is not governed."""
    workload = workload_of(
        request, govern_all=request.namespace in governed, own_namespace=own_namespace
    )
    if workload is None:
        return None
    if thing.kind == POD:
        return workload, standing(engine, request, workload, today)
    return workload, engine.decide(request, workload, today, patched=True)


def _tell(found: Audited, advance: Advance) -> None:
    count = found.pods + found.templates
    if count % EVERY == 1:
        advance(count, f"{found.pods:,} pods, {found.templates:,} templates")


def _things(running: Running) -> Iterator[tuple[Thing, Subject]]:
    for pod in running.pods(with_ended=False):
        request = creation(pod, _NOBODY)
        thing = Thing("v1", POD, request.namespace, request.name or "")
        yield thing, Subject(origin="", request=request, raw={})
    for owner in running.owners():
        meta = owner.get("metadata") or {}
        name, namespace = str(meta.get("name")), str(meta.get("namespace"))
        thing = Thing(owner["apiVersion"], owner["kind"], namespace, name)
        for made in pods_in(owner, f"{thing.kind} {namespace}/{name}", _NOBODY):
            if isinstance(made, Refusal):
                running.unread.append(printable(str(made)))
            else:
                yield thing, made


def _print(
    found: Audited,
    reports: Reports | None,
    engine: Engine,
    unread: list[str],
    settings: AuditSettings,
) -> None:
    where = str(settings.policies or f"namespace {settings.namespace}")
    notes = [NO_USERS] if names_users(engine.policies.spec) else []
    heading = f"{where}, policy set {engine.revision}"
    if settings.output == "json":
        print(audit_json(found, (where, engine.revision), unread, notes))
    elif settings.output == "markdown":
        print("\n".join(audit_markdown(found, heading, notes, settings.findings)))
    elif settings.output == "report":
        for report in reports.all(set()) if reports is not None else ():
            print("\n".join(["---", *write_yaml(report)]))
    else:
        terminal = Terminal()
        terminal.rows(audit_rows(found, heading, notes, settings.findings, terminal.wrap_at))
