"""Policy tests for scripts: one object a test on a line of its own, in the order of the files."""

from json import dumps

from webhook.cli.policy_test_result import Result


def show_json(results: list[Result]) -> None:
    """Plain ASCII: what a test's author wrote cannot reach a terminal as anything but text."""
    for result in results:
        print(dumps(_plain(result)))


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
