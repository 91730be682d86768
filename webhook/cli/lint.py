"""`taxiway lint`: whether policies compile, and what in them is legal and probably not meant.

Each finding is one line, `file:line:column: path: message` (with `warning: ` before the path of
one that is none), as compilers write them: editors and CI systems turn it into a link. They go to
standard output, the count behind them.
"""

from collections.abc import Iterable
from datetime import date
from json import dumps
from pathlib import Path
from typing import Literal

from msgspec import Struct, structs

from webhook.cli import exits
from webhook.cli.exits import complain, quiet_broken_pipe
from webhook.cli.policies import read_policies
from webhook.cli.terminal import Row, Terminal, row
from webhook.policy.compile import compile_policy
from webhook.policy.errors import PolicyError, PolicyErrors
from webhook.policy.load import Loaded, load
from webhook.sources.directory import Files, Unreadable

Severity = Literal["error", "warning"]
_COLOURS = {"error": "red", "warning": "yellow"}


class LintSettings(Struct, frozen=True, kw_only=True):
    policies: Path
    today: date  # exemptions that end are warned about
    strict: bool = False
    as_json: bool = False


def lint(settings: LintSettings) -> int:
    """The exit code; see `exits`."""
    try:
        files = read_policies(settings.policies)
    except Unreadable as error:
        complain(str(error))
        return exits.BAD_INPUT
    with quiet_broken_pipe():
        return _lint_files(files, settings)


def _lint_files(files: Files, settings: LintSettings) -> int:
    try:
        loaded = load(files, today=settings.today)
    except PolicyErrors as errors:
        _print(errors.errors, "error", settings)
        left_out = f" (and {errors.left_out} more)" if errors.left_out else ""
        _close(f"{_count(len(errors.errors), 'error')}{left_out}", "bold red", settings)
        return exits.BAD_INPUT
    compile_policy(loaded.spec)
    _print(loaded.warnings, "warning", settings)
    _close(*_good(len(files), loaded), settings)
    return exits.DENIED if settings.strict and loaded.warnings else exits.OK


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
