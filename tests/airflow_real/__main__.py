"""`python -m tests.airflow_real [PATH…]`: the tests with a real Airflow, by version, and a page.

Each version has a process of its own, and none of its tests is left out. What comes of them is
written to `results.json` and docs/airflow.md: of each file, the last time that it was run, with the
commit. `--airflow` and paths choose. `--check` says whether the page is what the results are,
`--table` makes it so. The exit code is 1 where a test failed, or where a version could not be had.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import msgspec
from msgspec.structs import replace

from benchmarks import origin
from tests.airflow_real import environments, report

STALE = "docs/airflow.md is not what its results say: python -m tests.airflow_real --table"


def main() -> None:
    options = _options()
    if options.check:
        sys.exit(0 if report.PAGE.read_text() == report.page(report.stored()) else STALE)
    if not options.table:
        for airflow in options.airflow or environments.LOCKS:
            noted = _noted(airflow, options.path)
            report.write(
                replace(report.stored(), machine=origin.machine()).with_part(airflow, noted)
            )
    report.write(report.stored())
    sys.exit(0 if report.stored().is_good else 1)


def _noted(airflow: str, paths: list[str]) -> report.OfAirflow:
    """What the tests on this Airflow came to."""
    with tempfile.TemporaryDirectory(prefix="taxiway-") as folder:
        file = Path(folder) / "noted.json"
        subprocess.run(
            [sys.executable, "-m", "tests.airflow_real.record", str(file), *paths],
            env=os.environ | {"TAXIWAY_AIRFLOW": airflow, "CI": "true"},
            check=False,
        )
        noted = msgspec.json.decode(file.read_bytes(), type=report.OfAirflow)
    if not noted.files:
        sys.exit(f"no test ran on Airflow {airflow}: see above")
    return noted


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.airflow_real", description=__doc__)
    parser.add_argument("path", nargs="*", help="files or folders of tests, as pytest takes them")
    parser.add_argument("--airflow", action="append", choices=[*environments.LOCKS])
    parser.add_argument("--check", action="store_true", help="whether the page is up to date")
    parser.add_argument("--table", action="store_true", help="make the page's tables again")
    return parser.parse_args()


if __name__ == "__main__":
    main()
