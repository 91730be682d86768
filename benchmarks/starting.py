"""From the start of the process until it is ready, with 100 teams: loader, first load and all.

A round starts an interpreter that imports nothing, one that imports what the serving process does,
and the service: with policies in a directory, and with the same in a ConfigMap. The service has a
core of its own, the loader and the API server have the other.
"""

import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import config_maps, cores, processes
from benchmarks.figures import Key, Row, Values
from benchmarks.plan import Plan
from benchmarks.site import api_server, service, started, store
from tests.cluster.lone_api_server import LoneApiServer
from tests.serving import Server

TEAMS = 100
SECONDS = 60.0  # for an interpreter; it takes one at most
PYTHON = Key("Python that imports nothing", "Python", "time")
IMPORTED = Key("imports of the serving process", "Taxiway", "time")
DIRECTORY, CONFIG_MAPS = "100 teams in a directory", "100 teams in a ConfigMap"
IMPORTS = "import webhook.cli.app, webhook.cli.service"


def measure(plan: Plan) -> list[Row]:
    """In half a minute. Raises Missing."""
    values, teams = Values("start"), plan.teams(TEAMS)
    with TemporaryDirectory() as name:
        folder = Path(name)
        policies = folder / "policies"
        policies.mkdir()
        with api_server(folder) as server:
            with closing(store(server)) as stored:
                for each, text in config_maps.stored(teams).items():
                    (policies / f"{each}.yaml").write_text(text)
                    stored.create(each, text)
            for number in range(plan.starts):
                values.add(PYTHON, _python("pass"))
                values.add(IMPORTED, _python(IMPORTS))
                _round(server, policies, folder / str(number), values)
    ready = [Key(case, "Taxiway", "time") for case in (DIRECTORY, CONFIG_MAPS)]
    return values.rows({key: [PYTHON] for key in (IMPORTED, *ready)})


def _round(server: LoneApiServer, policies: Path, folder: Path, values: Values) -> None:
    folder.mkdir()
    with started(policies, folder / "directory") as (serving, seconds):
        _add(values, DIRECTORY, serving, seconds)
    with service(server, folder / "config-maps") as (serving, seconds):
        _add(values, CONFIG_MAPS, serving, seconds)


def _add(values: Values, case: str, serving: Server, seconds: float) -> None:
    """Until it was ready, and what each process had computed by then."""
    values.add(Key(case, "Taxiway", "time"), seconds)
    for part, pid in (("serving", serving.process.pid), ("loader", serving.loader())):
        values.add(Key(case, "Taxiway", f"CPU, {part}"), processes.cpu_microseconds(pid) / 1e6)


def _python(code: str) -> float:
    """Seconds that an interpreter takes for it, on the core of the service."""
    begun = time.perf_counter()
    with cores.on(cores.SERVER):
        subprocess.run([sys.executable, "-c", code], check=True, timeout=SECONDS)
    return time.perf_counter() - begun
