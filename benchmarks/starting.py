"""From the start of the process until it is ready, with 100 teams: loader, first load and all.

A start with policies in a directory and one with the same in a ConfigMap follow each other. The
service has a core of its own, the loader and the API server have the other.
"""

from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from msgspec import Struct

from benchmarks import config_maps, wire
from benchmarks.site import api_server, service, started, store
from tests.cluster.lone_api_server import LoneApiServer
from tests.serving import Server

TEAMS = 100
STARTS = 7  # of each kind; under 2 s each
LIMIT = 1.0


class Start(Struct, frozen=True):
    """Seconds: until it was ready, and what each process had computed by then."""

    ready: float
    serving: float
    loader: float


class Figures(Struct, frozen=True):
    teams: int
    directory: tuple[Start, ...]
    config_maps: tuple[Start, ...]


def measure() -> Figures:
    """In half a minute. Raises `site.Missing`."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        policies = folder / "policies"
        policies.mkdir()
        with api_server(folder) as server:
            stored = store(server)
            for each, text in config_maps.stored(TEAMS).items():
                (policies / f"{each}.yaml").write_text(text)
                stored.create(each, text)
            rounds = [_round(server, policies, folder / str(number)) for number in range(STARTS)]
    return Figures(TEAMS, tuple(one for one, _ in rounds), tuple(other for _, other in rounds))


def _round(server: LoneApiServer, policies: Path, folder: Path) -> tuple[Start, Start]:
    folder.mkdir()
    with started(policies, folder / "directory") as (serving, seconds):
        one = _start(serving, seconds)
    with service(server, folder / "config-maps") as (serving, seconds):
        return one, _start(serving, seconds)


def _start(serving: Server, seconds: float) -> Start:
    pids = serving.process.pid, serving.loader()
    return Start(seconds, *(wire.cpu_microseconds(pid) / 1e6 for pid in pids))


def table(figures: Figures) -> str:
    """What was measured, beside what was asked for."""
    head = f"From the start until ready, {figures.teams} teams; medians of {STARTS}, seconds."
    columns = f"{'policies':14}{'ready':>8}{'fastest':>10}{'CPU serving':>14}{'CPU loader':>12}"
    kinds = (("directory", figures.directory), ("ConfigMaps", figures.config_maps))
    return "\n".join([head, "", columns, *(_line(*each) for each in kinds)])


def _line(kind: str, starts: tuple[Start, ...]) -> str:
    ready, serving, loader = (
        median(getattr(start, part) for start in starts) for part in ("ready", "serving", "loader")
    )
    least = min(start.ready for start in starts)
    times = f"{ready:8.2f}{least:10.2f}{serving:14.2f}{loader:12.2f}"
    return f"{kind:14}{times}  under {LIMIT:.0f}"
