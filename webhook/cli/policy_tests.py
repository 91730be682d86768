"""`taxiway test`: policy tests, run by the very engine that runs in the cluster.

The directory holds policies and, in documents of their own, tests; `--policies` takes the
policies from elsewhere. Nothing is run before all of it was read without a mistake.
"""

import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from time import perf_counter

from msgspec import Struct

from webhook.cli import exits
from webhook.cli.coverage import Coverage, coverage
from webhook.cli.exits import complain, quiet_broken_pipe
from webhook.cli.expectations import Mismatch, mismatches
from webhook.cli.given import governs_all, pods_of
from webhook.cli.junit import junit
from webhook.cli.places import Places, placed
from webhook.cli.policies import read_policies
from webhook.cli.policy_test_result import Failure, Result
from webhook.cli.policy_tests_json import show_json
from webhook.cli.policy_tests_text import coverage_rows, show
from webhook.cli.subject import Refusal, Subject, workload_of
from webhook.cli.terminal import Terminal, printable
from webhook.cli.verdict import PatchFailed, judge
from webhook.engine import Engine
from webhook.engine.explanation import Explanation, explain
from webhook.policy.cases import VERSION
from webhook.policy.compile import compile_policy
from webhook.policy.errors import PolicyErrors
from webhook.policy.load_cases import Placed, load_cases
from webhook.sources.directory import Files, Unreadable


class PolicyTestSettings(Struct, frozen=True, kw_only=True):
    directory: Path
    policies: Path | None  # None: those of the same directory
    today: date  # of tests that name no day, UTC
    report: str = "text"  # text | json | junit
    coverage: bool = False
    fail_under: float | None = None  # percent; asks for coverage too


def run(settings: PolicyTestSettings) -> int:
    """The exit code; see `exits`."""
    try:
        files = read_policies(settings.directory)
        policies = files if settings.policies is None else read_policies(settings.policies)
        spec, places = placed(policies)
        ready = _ready(files, settings.directory)
    except Unreadable as error:
        complain(str(error))
        return exits.BAD_INPUT
    except PolicyErrors as errors:
        complain(str(errors))
        return exits.BAD_INPUT
    if ready is None:
        return exits.BAD_INPUT
    engine = Engine(compile_policy(spec))
    with quiet_broken_pipe():
        results = [_result(engine, test, pods, settings.today) for test, pods in ready]
        covered = _covered(engine, places, ready, settings)
        _show(results, covered, engine.revision, settings)
    failed = any(not result.holds for result in results) or _is_too_little(covered, settings)
    return exits.DENIED if failed else exits.OK


Ready = list[tuple[Placed, list[Subject]]]


def _ready(files: Files, directory: Path) -> Ready | None:
    """Every test with its pods; None where some are none, and then each was named."""
    tests = load_cases(files)
    if not tests:
        raise Unreadable(
            f"{directory}: no document in it begins with apiVersion: {VERSION}; tests of policies "
            "are read from those"
        )
    found = [(test, list(pods_of(test))) for test in tests]
    refused = [(test, each) for test, pods in found for each in pods if isinstance(each, Refusal)]
    for test, refusal in refused:
        where = f"{test.file}:{test.line}"
        about = "" if refusal.origin.startswith(where) else f"{where}: "
        complain(printable(f"{about}{refusal}"))
    if refused:
        return None
    return [(test, [pod for pod in pods if isinstance(pod, Subject)]) for test, pods in found]


def _result(engine: Engine, test: Placed, pods: list[Subject], today: date) -> Result:
    began = perf_counter()
    failures = tuple(_failures(engine, test, pods, test.now or today))
    return Result(test, failures, len(pods), perf_counter() - began)


def _failures(engine: Engine, test: Placed, pods: list[Subject], today: date) -> Iterator[Failure]:
    govern_all = governs_all(test.case.given)
    for pod in pods:
        try:
            verdict = judge(engine, pod, today, govern_all=govern_all)
        except PatchFailed as error:
            yield Failure(_named(pod), (Mismatch("patch", ("one that fits",), (str(error),)),))
            continue
        found = mismatches(test.case.expect, verdict)
        if found:
            yield Failure(_named(pod), found)


def _named(pod: Subject) -> str:
    return f"{pod.name or '(no name)'} in {pod.request.namespace}"


def _covered(
    engine: Engine, places: Places, ready: Ready, settings: PolicyTestSettings
) -> Coverage | None:
    """None where nobody asked."""
    if not settings.coverage and settings.fail_under is None:
        return None
    tested = (each for test, pods in ready for each in _explained(engine, test, pods, settings))
    return coverage(engine.policies.spec, places, tested)


def _explained(
    engine: Engine, test: Placed, pods: list[Subject], settings: PolicyTestSettings
) -> Iterator[Explanation]:
    for pod in pods:
        workload = workload_of(pod.request, govern_all=governs_all(test.case.given))
        if workload is not None and pod.judged:
            yield explain(engine, pod.request, workload, test.now or settings.today)


def _is_too_little(covered: Coverage | None, settings: PolicyTestSettings) -> bool:
    least = settings.fail_under
    return covered is not None and least is not None and covered.percent < least


def _show(
    results: list[Result], covered: Coverage | None, revision: str, settings: PolicyTestSettings
) -> None:
    """The coverage stands below; a JUnit report has no room for it."""
    if settings.report == "json":
        show_json(results, covered)
        return
    if settings.report == "junit":
        sys.stdout.write(junit(results))
    else:
        show(results, revision)
    if covered is not None:
        rows = list(coverage_rows(covered, settings.fail_under))
        if settings.report == "junit":
            for row in rows:
                complain("".join(text for text, _ in row))
        else:
            Terminal().rows(rows)
