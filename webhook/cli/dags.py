"""`taxiway dags`: the pods of every task of a DAG folder, judged before any of them runs.

Airflow itself renders them, in a process of its own (`dag_process`); the engine is the one that
runs in the cluster. What no one can know before the run is said to be unknown.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from msgspec import Struct

from webhook.cli import dag_process, dag_text, exits
from webhook.cli.dag_github import annotations
from webhook.cli.dag_json import json_line
from webhook.cli.dag_process import Failed, Ignored, Loaded, More, Record, Rendered, Started
from webhook.cli.dag_verdict import (
    DENIED,
    FAILED,
    UNKNOWN,
    Finding,
    of_failed,
    of_more,
    of_rendered,
)
from webhook.cli.exits import complain, quiet_broken_pipe
from webhook.cli.policies import load_policies
from webhook.cli.review import NO_USER
from webhook.cli.subject import Defaults
from webhook.cli.terminal import Terminal, paragraph, printable
from webhook.engine import Engine
from webhook.policy.compile import compile_policy
from webhook.policy.users import names_users

_POD_EXECUTOR = "KubernetesExecutor"


class DagsSettings(Struct, frozen=True, kw_only=True):
    asked: dag_process.Asked
    policies: Path
    today: date  # UTC; exemptions end with it
    output: str = "text"  # text | json | github
    user: str | None = None
    govern_all: bool = False
    show_pods: bool = False
    allow_unknown: bool = False


def dags(settings: DagsSettings) -> int:
    """The exit code; see `exits`."""
    missing = [path for path in settings.asked.paths if not path.exists()]
    for path in missing:
        complain(f"{path}: there is no such file; give DAG files, or folders of them")
    loaded = load_policies(settings.policies)
    if loaded is None or missing:
        return exits.BAD_INPUT
    try:
        records = dag_process.load(settings.asked)
    except dag_process.Unavailable as error:
        complain(printable(str(error)))
        return exits.BAD_INPUT
    return report(records, Engine(compile_policy(loaded.spec)), settings)


def report(records: list[Record], engine: Engine, settings: DagsSettings) -> int:
    """Judge and print what was rendered. The exit code."""
    findings = list(_findings(records, engine, settings))
    notes = list(_notes(records, findings, engine))
    with quiet_broken_pipe():
        if settings.output == "text":
            _print_text(findings, records, notes, engine.revision)
        else:
            _print_lines(findings, notes, settings)
    if _found_nothing(records):
        return exits.BAD_INPUT
    return _code(findings, allow_unknown=settings.allow_unknown)


def _findings(records: list[Record], engine: Engine, settings: DagsSettings) -> Iterator[Finding]:
    defaults = Defaults(namespace=settings.asked.namespace, user=settings.user)
    for record in records:
        if isinstance(record, Failed):
            yield of_failed(record)
        elif isinstance(record, More):
            yield of_more(record)
        elif isinstance(record, Rendered):
            yield from of_rendered(
                record, engine, defaults, settings.today, govern_all=settings.govern_all
            )


def _code(findings: list[Finding], *, allow_unknown: bool) -> int:
    results = {finding.result for finding in findings}
    if FAILED in results or (UNKNOWN in results and not allow_unknown):
        return exits.BAD_INPUT
    return exits.DENIED if DENIED in results else exits.OK


def _print_lines(findings: list[Finding], notes: list[str], settings: DagsSettings) -> None:
    """For programs; what is for a person goes to standard error."""
    for finding in findings:
        if settings.output == "json":
            print(json_line(finding, show_pods=settings.show_pods))
            continue
        for line in annotations(finding):
            print(printable(line))
    for note in notes:
        complain(printable(note))


def _print_text(
    findings: list[Finding], records: list[Record], notes: list[str], revision: str
) -> None:
    terminal = Terminal()
    width = terminal.wrap_at
    told = (finding for finding in findings if dag_text.said(finding))
    rows = [line for finding in told for line in dag_text.rows(finding, width)]
    for note in notes:
        rows += paragraph("note  ", note, width, "yellow")
    count = sum(record.dags for record in records if isinstance(record, Loaded))
    terminal.rows([*rows, dag_text.summary(findings, count, revision)])


def _notes(records: list[Record], findings: list[Finding], engine: Engine) -> Iterator[str]:
    """What is said once."""
    for record in records:
        if isinstance(record, Started):
            yield from _how(record)
    ignored = {(one.dag, one.task) for one in records if isinstance(one, Ignored)}
    if ignored:
        dag, task = min(ignored)
        yield (
            f"a pod_override is of no use under this executor ({dag}.{task} has one): "
            f"where tasks run in pods, give --executor {_POD_EXECUTOR}"
        )
    judged = [finding.verdict for finding in findings if finding.verdict is not None]
    untested = any(verdict.workload and not verdict.subject.request.user for verdict in judged)
    if untested and names_users(engine.policies.spec):
        yield NO_USER


def _how(started: Started) -> Iterator[str]:
    executors = ", ".join(started.executors)
    yield (
        f"rendered by Airflow {started.airflow} with cncf.kubernetes {started.provider}, "
        f"executor {executors}"
    )
    if any(_POD_EXECUTOR in one for one in started.executors) and not started.has_template:
        yield (
            "no pod_template_file is configured, so workers are rendered without one: "
            "give the deployment's by --pod-template-file"
        )


def _found_nothing(records: list[Record]) -> bool:
    """A folder without a single dag was most likely not meant; a file without one is a module."""
    if any(isinstance(record, Failed) for record in records):
        return False
    loaded = (record for record in records if isinstance(record, Loaded))
    empty = [one.path for one in loaded if not one.dags and Path(one.path).is_dir()]
    for path in empty:
        complain(f"{path}: Airflow finds no dag in it; give the folder that holds the DAG files")
    return bool(empty)
