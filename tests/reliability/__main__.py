"""`python -m tests.reliability`: every scenario in full, a table, and docs/reliability.md.

Each has an API server, a release with the chart's defaults and two replicas of its own, for five
minutes and what it takes to begin and to end. `TAXIWAY_RELIABILITY_SECONDS` gives another time,
which the table shows; names choose scenarios, and then nothing is written. The exit code is 1
where a pod was lost.
"""

import argparse
import os
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from msgspec.structs import replace

from tests.cluster import binaries
from tests.cluster.lone_api_server import lone_api_server
from tests.reliability import report
from tests.reliability.play import FULL_SECONDS, Result, play_alone
from tests.reliability.scenarios import SCENARIOS, Scenario

SECONDS = float(os.environ.get("TAXIWAY_RELIABILITY_SECONDS", str(FULL_SECONDS)))
STALE = "docs/reliability.md is not what its results say: python -m tests.reliability --table"


def main() -> None:
    options = _options()
    if options.check:
        sys.exit(0 if _is_fresh() else STALE)
    if options.table:
        report.write(report.stored())
        return
    chosen = [each for each in SCENARIOS if each.name in (options.scenario or each.name)]
    begun = report.begun(f"{datetime.now(UTC):%Y-%m-%d}")
    results = tuple(_played(each) for each in chosen)
    if len(results) == len(SCENARIOS):
        report.write(replace(begun, results=results))
    sys.exit(0 if all(each.is_good for each in results) else 1)


def _played(scenario: Scenario) -> Result:
    found = binaries.locate(binaries.wanted_kubernetes())
    with tempfile.TemporaryDirectory(prefix="taxiway-") as name:
        folder = Path(name)
        with lone_api_server(found, folder) as server:
            result = play_alone(scenario, server, folder, SECONDS)
    print(report.line(result), flush=True)
    for example in result.verdict.examples:
        print(f"  {example}", flush=True)
    return result


def _is_fresh() -> bool:
    return report.PAGE.read_text() == report.page(report.stored())


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.reliability", description=__doc__)
    known = [each.name for each in SCENARIOS]
    said = "one of: " + "; ".join(known)
    parser.add_argument("scenario", nargs="*", choices=[*known, []], metavar="NAME", help=said)
    parser.add_argument("--check", action="store_true", help="whether the page is up to date")
    parser.add_argument("--table", action="store_true", help="make the page's table again")
    return parser.parse_args()


if __name__ == "__main__":
    main()
