"""The provider's own example DAGs, from its source distribution, unmodified.

| Airflow | provider installed | examples of |
|---------|--------------------|-------------|
| 3       | 10.25.0            | 10.25.0     |
| 2.10    | 10.1.0             | 10.4.2, the first source distribution that has them |

They are fetched by pip and held to the hashes in `examples-<airflow>.lock`, once, into the cache.
The examples end with two imports of Airflow's own test tools, which no package brings; `path/` has
stand-ins. Airflow 2.10's import the provider `standard`, which its lock does not bring: it is
fetched with them.
"""

import hashlib
import subprocess
import tarfile
import zipfile
from pathlib import Path

from tests.airflow_real import environments
from tests.cluster.binaries import Missing, alone, cache_home

HERE = Path(__file__).parent
INSIDE = "tests/system/cncf/kubernetes/"
STAMP = "fetched"
FETCH_SECONDS = 300


def lock(airflow: str) -> Path:
    return HERE / f"examples-{airflow}.lock"


def located(airflow: str) -> Path:
    """A folder with `dags/`, and `packages/` for Python's path. Raises Missing."""
    digest = hashlib.sha256(lock(airflow).read_bytes()).hexdigest()[:12]
    folder = cache_home() / f"examples-{airflow}-{digest}"
    if not (folder / STAMP).exists():
        with alone(f"examples-{airflow}"):
            if not (folder / STAMP).exists():
                _fetch(airflow, folder)
    return folder


def _fetch(airflow: str, folder: Path) -> None:
    fetched, dags, packages = (folder / name for name in ("fetched-from", "dags", "packages"))
    for each in (fetched, dags, packages):
        each.mkdir(parents=True, exist_ok=True)
    python = environments.locate(airflow) / "bin/python"
    options = ["--quiet", "--no-deps", "--require-hashes", "--dest", str(fetched)]
    # The example DAGs are in the source distribution alone.
    source = ["--no-binary", environments.PROVIDER]
    done = subprocess.run(
        [python, "-m", "pip", "download", *options, *source, "-r", lock(airflow)],
        capture_output=True,
        text=True,
        timeout=FETCH_SECONDS,
        check=False,
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise Missing(f"the provider's example DAGs cannot be fetched: {last}")
    for archive in fetched.glob("*.tar.gz"):
        _unpack(archive, dags)
    for wheel in fetched.glob("*.whl"):
        with zipfile.ZipFile(wheel) as opened:
            opened.extractall(packages)  # noqa: S202 - its hash is the lock's
    (folder / STAMP).touch()


def _unpack(archive: Path, dags: Path) -> None:
    with tarfile.open(archive) as opened:
        for member in opened.getmembers():
            _, found, name = member.name.partition(INSIDE)
            content = opened.extractfile(member) if found and "/" not in name else None
            if content is not None:
                (dags / name).write_bytes(content.read())
