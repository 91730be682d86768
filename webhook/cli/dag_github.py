"""Findings as workflow commands of GitHub Actions, which show them beside the changed lines.

Source: GitHub's "Workflow commands": `%`, CR and LF are escaped in a message, `:` and `,` in
a property too. GitHub shows ten errors and ten warnings of a step; the log has all.
"""

from collections.abc import Iterator

from webhook.cli import spark
from webhook.cli.dag_text import needed
from webhook.cli.dag_verdict import FAILED, UNKNOWN, Finding

_MESSAGE = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def annotations(finding: Finding) -> Iterator[str]:
    """A line for each thing to say."""
    if finding.result == FAILED:
        yield _line("error", finding, "cannot be rendered", finding.reason or "")
    elif finding.reason is not None:
        yield _line("warning", finding, "not rendered", finding.reason)
    for violation in finding.violations:
        level = "error" if violation.mode == "enforce" else "warning"
        yield _line(level, finding, violation.rule, violation.message)
    if finding.result == UNKNOWN:
        for one in finding.open:
            yield _line("warning", finding, "unknown", needed(one))
    for note in finding.notes:
        if note != spark.NOTE:  # it is so of every one, and no fault of the DAG
            yield _line("notice", finding, "note", note)


def _line(level: str, finding: Finding, title: str, message: str) -> str:
    named = {
        "file": finding.file,
        "line": str(finding.line),
        "title": f"Taxiway: {finding.name}: {title}",
    }
    given = ",".join(f"{key}={value.translate(_PROPERTY)}" for key, value in named.items())
    return f"::{level} {given}::{message.translate(_MESSAGE)}"
