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
from webhook.cli.dag_process import AnyRecord, Failed, Loaded, More, Record, Rendered, Unavailable
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
from webhook.cli.subject import Defaults
from webhook.cli.terminal import Terminal, paragraph, printable
from webhook.engine import Engine
from webhook.policy.compile import compile_policy
from webhook.policy.users import names_users

NO_USER = "no --user was given: members.users and match.users of these policies could not be tested"
_KUBERNETES = "KubernetesExecutor"


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
    engine = Engine(compile_policy(loaded.spec))
    try:
        records = dag_process.load(settings.asked)
    except Unavailable as error:
        complain(printable(str(error)))
        return exits.BAD_INPUT
    findings = list(_findings(records, engine, settings))
    with quiet_broken_pipe():
        _print(findings, records, engine, settings)
    empty = _complain_of_nothing(records)
    return exits.BAD_INPUT if empty else _code(findings, allow_unknown=settings.allow_unknown)


def _findings(
    records: list[AnyRecord], engine: Engine, settings: DagsSettings
) -> Iterator[Finding]:
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


def _print(
    findings: list[Finding], records: list[AnyRecord], engine: Engine, settings: DagsSettings
) -> None:
    notes = [*_notes(records), *_users(findings, engine)]
    if settings.output == "json":
        for finding in findings:
            print(json_line(finding, show_pods=settings.show_pods))
    elif settings.output == "github":
        for finding in findings:
            for line in annotations(finding):
                print(printable(line))
    else:
        _print_text(findings, records, notes, engine.revision)
        return
    for note in notes:
        complain(note)


def _print_text(
    findings: list[Finding], records: list[AnyRecord], notes: list[str], revision: str
) -> None:
    terminal = Terminal()
    width = terminal.wrap_at
    rows = [
        line
        for finding in findings
        if dag_text.said(finding)
        for line in (*dag_text.rows(finding, width), dag_text.blank())
    ]
    for note in notes:
        rows += paragraph("note  ", note, width, "yellow")
    count = sum(record.dags for record in records if isinstance(record, Loaded))
    terminal.rows([*rows, dag_text.summary(findings, count, revision)])


def _notes(records: list[AnyRecord]) -> Iterator[str]:
    """What Airflow rendered them, and whether its executor makes pods."""
    started = next(record for record in records if isinstance(record, Record))
    yield (
        f"rendered by Airflow {started.airflow} with cncf.kubernetes {started.provider}, "
        f"executor {', '.join(started.executors)}"
    )


def _users(findings: list[Finding], engine: Engine) -> Iterator[str]:
    untested = any(
        finding.verdict is not None and finding.verdict.subject.request.user is None
        for finding in findings
    )
    if untested and names_users(engine.policies.spec):
        yield NO_USER


def _complain_of_nothing(records: list[AnyRecord]) -> bool:
    """A folder without a single dag was most likely not meant; a file without one is a module."""
    failed = any(isinstance(record, Failed) for record in records)
    empty = [
        record.path
        for record in records
        if isinstance(record, Loaded) and not record.dags and Path(record.path).is_dir()
    ]
    for path in empty if not failed else ():
        complain(f"{path}: Airflow finds no dag in it; give the folder that holds the DAG files")
    return bool(empty) and not failed
