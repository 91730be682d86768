"""`python -m benchmarks`: measure, print a table, write `results.json`. Takes about a minute.

`--profile` shows where the time of a request's work goes instead; `--work` leaves the service out.
"""

import argparse
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import profiling, report, servers, wire, work

WORK_ROUNDS = 150  # times 64 calls of 8 cases of some 30 µs: 3 s
WIRE_ROUNDS = 80  # times 25 requests of 3 kinds: 6,000 requests


def main() -> None:
    options = _options()
    if options.profile:
        profiling.show()
        return
    worked = work.measure(WORK_ROUNDS)
    sent = [] if options.work else through_the_service()
    print(report.table(worked, sent))
    if sent:
        report.write(worked, sent)
        print(f"\n{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, written to {report.RESULTS.name}")


def through_the_service() -> list[wire.Figure]:
    with TemporaryDirectory() as name:
        directory = Path(name)
        size = work.SIZES["1 team"]
        with servers.empty(directory) as empty, servers.service(directory, size) as service:
            return wire.measure(empty, service, WIRE_ROUNDS)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--work", action="store_true", help="a request's work alone")
    parser.add_argument("--profile", action="store_true", help="where that time goes")
    return parser.parse_args()


if __name__ == "__main__":
    main()
