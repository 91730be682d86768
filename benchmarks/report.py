"""What was measured, as a table for people and as JSON."""

import json
import platform
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import msgspec

from benchmarks import loading, origin, wire, work

RESULTS = Path(__file__).parent / "results.json"
WORK_HEAD = f"{'policy':>20}{'median µs':>32}{'quartiles µs':>16}{'least µs':>10}{'to 1 team':>11}"
WIRE_HEAD = " " * 14 + "    p50 µs    p99 µs    CPU µs   p50 to empty   CPU to empty"
PACKAGES = ("msgspec", "uvicorn", "uvloop", "httptools")


def table(worked: Sequence[work.Figure], sent: Sequence[wire.Figure]) -> str:
    """Both tables; the second only if anything was sent."""
    return "\n".join([*_work_lines(worked), *(_wire_lines(sent) if sent else ())])


def _work_lines(worked: Sequence[work.Figure]) -> list[str]:
    return [
        "A request's work (decode, decide, encode), without a server; a pod of 3 KB.",
        "",
        WORK_HEAD,
        *(_work_line(figure) for figure in worked),
    ]


def _wire_lines(sent: Sequence[wire.Figure]) -> list[str]:
    return [
        "",
        "Through the service over TLS, one connection that is kept; beside an empty answer.",
        "",
        WIRE_HEAD,
        *(_wire_line(figure) for figure in sent),
    ]


def write(
    worked: Sequence[work.Figure], sent: Sequence[wire.Figure], loaded: loading.Figures | None
) -> None:
    """Write `results.json`: the figures, of which commit, with which versions, on what machine."""
    results = {
        "commit": origin.commit(),
        "machine": origin.machine(),
        "versions": {"python": platform.python_version()}
        | {package: version(package) for package in PACKAGES},
        "work": [_rounded(figure) for figure in worked],
        "service": [_rounded(figure) for figure in sent],
        "loading": None if loaded is None else _rounded(loaded),
    }
    RESULTS.write_text(json.dumps(results, indent=2) + "\n")


def _work_line(figure: work.Figure) -> str:
    low, high = figure.quartiles
    spread = f"{low:.1f} - {high:.1f}"
    times = f"{figure.median:10.1f}{spread:>16}{figure.least:10.1f}"
    return f"{figure.kind:14}{figure.size:28}{times}{figure.ratio:11.2f}"


def _wire_line(figure: wire.Figure) -> str:
    return (
        f"{figure.kind:14}{figure.median:10.1f}{figure.p99:10.1f}{figure.cpu:10.1f}"
        f"{figure.ratio:15.2f}{figure.cpu_ratio:15.2f}"
    )


def _rounded(figure: work.Figure | wire.Figure | loading.Figures) -> dict[str, object]:
    built: dict[str, object] = msgspec.to_builtins(figure)
    return {key: _round(value) for key, value in built.items()}


def _round(value: object) -> object:
    if isinstance(value, float):
        return round(value, 3)
    return [_round(item) for item in value] if isinstance(value, (list, tuple)) else value
