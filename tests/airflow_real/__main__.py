"""`python -m tests.airflow_real`: every test with a real Airflow, on both versions, and a page.

Each version has a process of its own. What comes of it is written to `results.json` and
docs/airflow.md; with `--airflow`, that version's part alone is made again. `--check` says whether
the page is what the results are, `--table` makes it so. The exit code is 1 where a test failed,
or where a version could not be had.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from msgspec.structs import replace

from tests.airflow_real import environments, report

STALE = "docs/airflow.md is not what its results say: python -m tests.airflow_real --table"


def main() -> None:
    options = _options()
    if options.check:
        sys.exit(0 if report.PAGE.read_text() == report.page(report.stored()) else STALE)
    if options.table:
        report.write(report.stored())
        return
    begun = report.begun(f"{datetime.now(UTC):%Y-%m-%d}")
    chosen = options.airflow or list(environments.LOCKS)
    made = {airflow: _noted(airflow) for airflow in chosen}
    if len(made) < len(environments.LOCKS):
        made = report.stored().airflows | made
    run = replace(begun, airflows={each: made[each] for each in environments.LOCKS})
    report.write(run)
    sys.exit(0 if run.is_good else 1)


def _noted(airflow: str) -> report.OfOne:
    """What the tests on this Airflow came to. With CI=true, none of them is left out."""
    with tempfile.TemporaryDirectory(prefix="taxiway-") as folder:
        file = Path(folder) / "noted.json"
        subprocess.run(
            [sys.executable, "-m", "tests.airflow_real.record", str(file)],
            env=os.environ | {"TAXIWAY_AIRFLOW": airflow, "CI": "true"},
            check=False,
        )
        if not file.exists():
            sys.exit(f"the tests on Airflow {airflow} did not run: see above")
        return msgspec.json.decode(file.read_bytes(), type=report.OfOne)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.airflow_real", description=__doc__)
    parser.add_argument("--airflow", action="append", choices=[*environments.LOCKS])
    parser.add_argument("--check", action="store_true", help="whether the page is up to date")
    parser.add_argument("--table", action="store_true", help="make the page's tables again")
    return parser.parse_args()


if __name__ == "__main__":
    main()
