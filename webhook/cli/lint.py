"""`taxiway lint`: whether policies compile, and what in them is legal and probably not meant.

Each finding is one line, `file:line:column: path: message` (with `warning: ` before the path of
one that is none), as compilers write them: editors and CI systems turn it into a link. They go to
standard output, the count behind them; what could not be checked goes to standard error.
"""

from collections.abc import Iterable
from datetime import date
from json import dumps
from pathlib import Path
from typing import Literal, Protocol

from msgspec import Struct, structs

from webhook.cli import exits
from webhook.cli.exits import complain, quiet_broken_pipe
from webhook.cli.policies import read_policies
from webhook.cli.terminal import Row, Terminal, row
from webhook.policy.compile import compile_policy
from webhook.policy.documents import Cache
from webhook.policy.errors import PolicyError, PolicyErrors, PolicyWarning
from webhook.policy.load import Loaded, load
from webhook.policy.spec import PolicySpec
from webhook.sources.directory import Files, Unreadable

Severity = Literal["error", "warning"]
_COLOURS = {"error": "red", "warning": "yellow"}


class Asked(Struct, frozen=True, kw_only=True):
    """Which cluster. Without a file it is kubectl's, without a context the current one."""

    namespace: str | None = None  # whose ConfigMaps hold the policies
    kubeconfig: Path | None = None
    context: str | None = None


class LintSettings(Struct, frozen=True, kw_only=True):
    policies: Path | None  # None: those in force in the cluster
    today: date  # exemptions that end are warned about
    strict: bool = False
    as_json: bool = False
    cluster: Asked | None = None  # what policies name is looked for there


class Cluster(Protocol):
    """What lint wants of a cluster; both methods raise Unreadable if it cannot be asked."""

    @property
    def unread(self) -> list[str]: ...  # what could not be checked, one line each
    @property
    def is_unsure(self) -> bool: ...  # whether any of that counts with `--strict`
    def files(self, namespace: str) -> Files: ...
    def warnings(
        self, files: Files, spec: PolicySpec, cache: Cache
    ) -> tuple[PolicyWarning, ...]: ...


def lint(settings: LintSettings) -> int:
    """The exit code; see `exits`."""
    with quiet_broken_pipe():
        try:
            cluster = None if settings.cluster is None else _opened(settings.cluster)
            files = _files(settings, cluster)
            return _lint_files(files, settings, cluster)
        except Unreadable as error:
            complain(str(error))
            return exits.BAD_INPUT


def _opened(asked: Asked) -> Cluster:
    """The Kubernetes client takes half a second to import: only who asks a cluster waits for it."""
    from webhook.cli.lint_cluster import ClusterLint

    return ClusterLint(asked.kubeconfig, asked.context)


def _files(settings: LintSettings, cluster: Cluster | None) -> Files:
    if settings.policies is not None:
        return read_policies(settings.policies)
    if cluster is None or settings.cluster is None or settings.cluster.namespace is None:
        raise Unreadable("nothing to check: give a directory, or --cluster and --namespace")
    return cluster.files(settings.cluster.namespace)


def _lint_files(files: Files, settings: LintSettings, cluster: Cluster | None) -> int:
    cache: Cache = {}
    try:
        loaded = load(files, today=settings.today, cache=cache)
    except PolicyErrors as errors:
        _print(errors.errors, "error", settings)
        left_out = f" (and {errors.left_out} more)" if errors.left_out else ""
        _close(f"{_count(len(errors.errors), 'error')}{left_out}", "bold red", settings)
        return exits.BAD_INPUT
    compile_policy(loaded.spec)
    if cluster is not None:
        lacking = cluster.warnings(files, loaded.spec, cache)
        loaded = structs.replace(loaded, warnings=tuple(sorted((*loaded.warnings, *lacking))))
        for line in cluster.unread:
            complain(line)
    _print(loaded.warnings, "warning", settings)
    _close(*_good(len(files), loaded), settings)
    is_unsure = cluster is not None and cluster.is_unsure
    return exits.DENIED if settings.strict and (loaded.warnings or is_unsure) else exits.OK


def _good(files: int, loaded: Loaded) -> tuple[str, str]:
    spec, warnings = loaded.spec, len(loaded.warnings)
    parts = [
        _count(files, "file"),
        _count(len(spec.teams), "team"),
        _count(len(spec.profiles), "profile"),
        _count(len(spec.requirements), "requirement"),
    ]
    ended = f"ok, {_count(warnings, 'warning')}" if warnings else "ok"
    return f"{', '.join(parts)}: {ended}", "bold yellow" if warnings else "bold green"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _print(found: Iterable[PolicyError], severity: Severity, settings: LintSettings) -> None:
    if settings.as_json:
        for one in found:
            print(dumps({"severity": severity, **structs.asdict(one)}))
        return
    Terminal().rows(_row(one, severity) for one in found)


def _row(one: PolicyError, severity: Severity) -> Row:
    """Errors are what a linter prints; only a warning, which must not be taken for one, says so."""
    path = f"{one.path}: " if one.path else ""
    word = "" if severity == "error" else "warning: "
    where = (f"{one.file}:{one.line}:{one.column}: ", "bold")
    return where, (word, _COLOURS[severity]), (f"{path}{one.message}", "")


def _close(text: str, style: str, settings: LintSettings) -> None:
    """JSON Lines stay findings alone."""
    if not settings.as_json:
        Terminal().rows([row(text, style)])
