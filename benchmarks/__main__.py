"""`python -m benchmarks`: measure everything, write results.json and docs/performance.md.

About ten minutes, on a machine that does nothing else. `--again` measures it all once more, and
the page says which ratios came out differently. `--quick` shows in two minutes that all of it
works, and `--only` measures some parts; both print their tables and write nothing. `--profile`
shows where the time of a request's work goes instead.
"""

import argparse
import compileall
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from msgspec.structs import replace

from benchmarks import (
    api_server,
    growing,
    https,
    loading,
    page,
    pauses,
    profiling,
    report,
    starting,
    work,
)
from benchmarks.figures import Missing, Row
from benchmarks.plan import FULL, QUICK, Plan
from benchmarks.report import Run
from webhook import __file__ as PACKAGE  # noqa: N812  it is a constant

# In this order: what starts processes comes before what fills memory.
PARTS: Mapping[str, Callable[[Plan], Sequence[Row]]] = {
    "start": starting.measure,
    "work": work.measure,
    "https": https.measure,
    "api-server": api_server.measure,
    "memory": growing.measure,
    "pauses": pauses.measure,
    "loading": loading.measure,
}
STALE = "{} is not what benchmarks/results.json says: python -m benchmarks --page"


def main() -> None:
    options = _options()
    if options.check:
        sys.exit(_check())
    if options.profile:
        profiling.show()
    elif options.page:
        _write()
    else:
        plan = QUICK if options.quick else FULL
        measured = run(plan, options.only or tuple(PARTS))
        if plan is FULL and not options.only:
            _keep(measured, is_again=options.again)


def run(plan: Plan, parts: Sequence[str]) -> Run:
    """Measure these parts, and print each when it is done.

    As it is shipped: an image holds the package compiled, where a checkout may not.
    """
    compileall.compile_dir(Path(PACKAGE).parent, quiet=2)
    begun = report.begun(f"{datetime.now(UTC):%Y-%m-%d}", plan)
    rows: list[Row] = []
    left_out: dict[str, str] = {}
    for part in parts:
        try:
            found = PARTS[part](plan)
        except Missing as missing:
            left_out[part] = str(missing)
            print(f"\nleft out: {part}: {missing}", flush=True)
        else:
            rows += found
            _show(part, found)
    return replace(begun, rows=tuple(rows), left_out=left_out)


def _show(part: str, rows: Sequence[Row]) -> None:
    for each in (page.ratios(rows), page.values(rows)):
        print(f"\n{part}\n\n{each}" if each else "", flush=True)


def _keep(measured: Run, *, is_again: bool) -> None:
    """Write it all; what was compared with another first run is no longer true."""
    if is_again:
        report.write(measured, report.AGAIN)
    else:
        report.write(measured)
        report.AGAIN.unlink(missing_ok=True)
    _write()


def _write() -> None:
    for path, text in page.files(report.stored(), report.again()).items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)


def _check() -> str | None:
    """What is wrong, or nothing."""
    for path, text in page.files(report.stored(), report.again()).items():
        if not path.exists() or path.read_text() != text:
            return STALE.format(path.relative_to(page.PAGE.parent.parent))
    return None


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=PARTS, help="some parts alone")
    parser.add_argument("--again", action="store_true", help="compare with the run before")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
    parser.add_argument("--profile", action="store_true", help="where a request's time goes")
    parser.add_argument("--page", action="store_true", help="make docs/performance.md again")
    parser.add_argument("--check", action="store_true", help="whether it is up to date")
    return parser.parse_args()


if __name__ == "__main__":
    main()
