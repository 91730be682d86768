"""Policy tests for a person: a line for each file, all that fails, and how it ended.

FAIL  policies/tests.yaml: 1 of 3 tests failed
  policies/tests.yaml:12: an unlabelled pod is payments'
    team
      expected  payments
      actual    none
3 tests in 1 file: 2 passed, 1 failed; policy set 61b49dcc34
"""

from collections.abc import Iterator
from itertools import groupby

from webhook.cli.coverage import Coverage
from webhook.cli.expectations import Mismatch
from webhook.cli.policy_test_result import Failure, Result
from webhook.cli.terminal import Row, Terminal, paragraph, row


def show(results: list[Result], revision: str) -> None:
    terminal = Terminal()
    rows = [each for file in _by_file(results) for each in _file(*file, terminal.wrap_at)]
    terminal.rows([*rows, _summary(results, revision)])


def coverage_rows(covered: Coverage, least: float | None) -> Iterator[Row]:
    """What the tests touch in all, by kind, and a line for each part that they do not."""
    parts = ", ".join(
        f"{covered.touched[kind]} of {count(number, kind)}"
        for kind, number in covered.parts.items()
        if number
    )
    enough = least is None or covered.percent >= least
    wanted = "" if enough else f"; at least {least:g}% is wanted"
    text = f"coverage {covered.percent:.4g}%{wanted}"
    yield (text, "bold" if enough else "bold red"), (f": {parts}" if parts else "", "")
    for part in covered.untouched:
        yield row(f"  not touched: {part.kind} {part.name} ({part.where})", "yellow")


def count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _by_file(results: list[Result]) -> list[tuple[str, list[Result]]]:
    return [(file, list(each)) for file, each in groupby(results, lambda r: r.test.file)]


def _file(file: str, results: list[Result], width: int | None) -> Iterator[Row]:
    failed = [result for result in results if not result.holds]
    if not failed:
        yield ("ok    ", "green"), (f"{file}: {count(len(results), 'test')}", "")
        return
    said = f"{file}: {len(failed)} of {count(len(results), 'test')} failed"
    yield ("FAIL  ", "bold red"), (said, "bold")
    for result in failed:
        yield from paragraph("  ", f"{result.where}: {result.test.case.name}", width)
        for failure in result.failures:
            yield from _failure(failure, result.pods, width)


def _failure(failure: Failure, pods: int, width: int | None) -> Iterator[Row]:
    """Which pod is said where a test has several."""
    if pods > 1:
        yield row(f"    {failure.pod}")
    for mismatch in failure.mismatches:
        yield row(f"    {mismatch.what}")
        yield from _sides(mismatch, width)


def _sides(mismatch: Mismatch, width: int | None) -> Iterator[Row]:
    for label, lines, style in (
        ("expected", mismatch.expected, "green"),
        ("actual", mismatch.actual, "red"),
    ):
        for at, line in enumerate(lines):
            text = line.lstrip(" -") or line
            head = f"      {label if at == 0 else '':<10}{line.removesuffix(text)}"
            yield from paragraph(head, text, width, style)


def _summary(results: list[Result], revision: str) -> Row:
    failed = sum(not result.holds for result in results)
    files = count(len({result.test.file for result in results}), "file")
    parts = [f"{len(results) - failed} passed", *([f"{failed} failed"] if failed else [])]
    text = f"{count(len(results), 'test')} in {files}: {', '.join(parts)}"
    return (text, "bold red" if failed else "bold green"), (f"; policy set {revision}", "dim")
