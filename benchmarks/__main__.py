"""`python -m benchmarks`: measure, print tables, write `results.json`. Takes about two minutes.

`--profile` shows where the time of a request's work goes instead; `--work` leaves the service out,
`--loading` everything but the loading of policies, `--starting` everything but the start.
"""

import argparse
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import loading, profiling, report, servers, site, starting, wire, work

WORK_ROUNDS = 150  # times 64 calls of 8 cases of some 30 µs: 3 s
WIRE_ROUNDS = 80  # times 25 requests of 3 kinds: 6,000 requests


def main() -> None:
    options = _options()
    if options.profile:
        profiling.show()
        return
    if options.loading:
        policies_loaded()
        return
    if options.starting:
        print(starting.table(starting.measure()))
        return
    worked = work.measure(WORK_ROUNDS)
    sent = [] if options.work else through_the_service()
    print(report.table(worked, sent))
    if sent:
        report.write(worked, sent, policies_loaded())
        print(f"\n{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, written to {report.RESULTS.name}")


def through_the_service() -> list[wire.Figure]:
    with TemporaryDirectory() as name:
        directory = Path(name)
        size = work.SIZES["1 team"]
        with servers.empty(directory) as empty, servers.service(directory, size) as service:
            return wire.measure(empty, service, WIRE_ROUNDS)


def policies_loaded() -> loading.Figures | None:
    """Measured and printed; None where there is no API server."""
    try:
        figures = loading.measure()
    except site.Missing as missing:
        print(f"\nleft out: loading policies from an API server: {missing}")
        return None
    print(f"\n{loading.table(figures)}")
    return figures


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--work", action="store_true", help="a request's work alone")
    parser.add_argument("--loading", action="store_true", help="the loading of policies alone")
    parser.add_argument("--starting", action="store_true", help="from the start until ready alone")
    parser.add_argument("--profile", action="store_true", help="where that time goes")
    return parser.parse_args()


if __name__ == "__main__":
    main()
