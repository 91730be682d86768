"""`python -m tests.airflow_real.record FILE [PATH…]`: the tests marked `airflow`, noted by file.

On the Airflow in `TAXIWAY_AIRFLOW`. FILE gets what they came to, as JSON; the
exit code is pytest's.
"""

import re
import sys
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from benchmarks import origin
from tests.airflow_real import environments
from tests.airflow_real.report import OfAirflow, OfFile, Outcome, versions


class Recorder:
    """A plugin of pytest: one outcome a test, which is failed if its set-up or its end is."""

    def __init__(self) -> None:
        self.by_file: dict[str, dict[str, Outcome]] = defaultdict(dict)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or report.outcome != "passed":
            file, _, name = report.nodeid.partition("::")
            said = sentence(name)
            self.by_file[file][said] = Outcome(said, report.outcome, round(report.duration, 1))


def sentence(name: str) -> str:
    """`test_a_pod_runs[once]` is "a pod runs (once)"."""
    said = name.rpartition("::")[2].removeprefix("test_")
    function, bracket, given = said.partition("[")
    words = function.replace("_", " ")
    return f"{words} ({re.sub(r']$', '', given)})" if bracket else words


def main(file: str, *paths: str) -> int:
    date, commit = f"{datetime.now(UTC):%Y-%m-%d}", origin.commit()
    recorder = Recorder()
    code = pytest.main(["-m", "airflow", *(paths or ("tests",))], plugins=[recorder])
    files = {
        each: OfFile(date, commit, tuple(outcomes.values()))
        for each, outcomes in recorder.by_file.items()
    }
    noted = OfAirflow(versions(environments.wanted()), files)
    Path(file).write_bytes(msgspec.json.encode(noted))
    return int(code)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
