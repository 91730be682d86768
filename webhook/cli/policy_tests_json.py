"""Policy tests for scripts: one object a test on a line of its own, in the order of the files.

The coverage, where it was asked for, is the last line: `{"coverage": …}`.
"""

from json import dumps

from msgspec import to_builtins

from webhook.cli.coverage import Coverage
from webhook.cli.policy_test_result import Result


def show_json(results: list[Result], covered: Coverage | None) -> None:
    """Plain ASCII: what a test's author wrote cannot reach a terminal as anything but text."""
    for result in results:
        print(dumps(_plain(result)))
    if covered is not None:
        print(dumps({"coverage": {"percent": covered.percent, **to_builtins(covered)}}))


def _plain(result: Result) -> dict[str, object]:
    return {
        "file": result.test.file,
        "line": result.test.line,
        "name": result.test.case.name,
        "passed": result.holds,
        "pods": result.pods,
        "failures": [
            {
                "pod": failure.pod,
                "what": each.what,
                "expected": each.expected,
                "actual": each.actual,
            }
            for failure in result.failures
            for each in failure.mismatches
        ],
    }
