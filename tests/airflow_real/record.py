"""`python -m tests.airflow_real.record FILE [pytest's options]`: all tests marked `airflow`, noted.

On the Airflow in `TAXIWAY_AIRFLOW`. FILE gets what it came to, as JSON; the exit code is pytest's.
"""

import re
import sys
from pathlib import Path

import msgspec
import pytest

from tests.airflow_real import environments, report


class Recorder:
    """A plugin of pytest: one outcome a test, which is failed if its set-up or its end is."""

    def __init__(self) -> None:
        self.outcomes: dict[str, report.Outcome] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or report.outcome != "passed":
            self.outcomes[report.nodeid] = outcome(report)


def outcome(noted: pytest.TestReport) -> report.Outcome:
    file, _, name = noted.nodeid.partition("::")
    return report.Outcome(file, sentence(name), noted.outcome, round(noted.duration, 1))


def sentence(name: str) -> str:
    """`test_a_pod_runs[once]` is "a pod runs (once)"."""
    said = name.rpartition("::")[2].removeprefix("test_")
    function, bracket, given = said.partition("[")
    words = function.replace("_", " ")
    return f"{words} ({re.sub(r']$', '', given)})" if bracket else words


def main(file: str, *options: str) -> int:
    recorder = Recorder()
    chosen = options or ("tests",)
    code = pytest.main(["-m", "airflow", *chosen], plugins=[recorder])
    noted = report.OfOne(report.versions(environments.wanted()), tuple(recorder.outcomes.values()))
    Path(file).write_bytes(msgspec.json.encode(noted))
    return int(code)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
