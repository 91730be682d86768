"""Real Airflow, installed: an environment of its own for each version, from a lock with hashes.

| version  | lock                | Airflow, cncf.kubernetes provider |
|----------|---------------------|-----------------------------------|
| `"3"`    | `airflow-3.lock`    | 3.3.2, 10.25.0                    |
| `"2.10"` | `airflow-2.10.lock` | 2.10.5, 10.1.0                    |

`locate("3")` is the folder of the environment; `bin/airflow` and `bin/python` are in it. It is
made once, in `$XDG_CACHE_HOME/taxiway/airflow-<version>-<digest of the lock and of Python>/`: pip
takes about two minutes for each on two cores, with 130 packages and 600 MB. `LOCKS` and
`version("3")` say what is pinned. Beside Airflow each has what Taxiway's own core needs, so that
with `PYTHONPATH` at this repository `webhook` can be imported there.

`python -m tests.airflow_real.environments --airflow 3` makes it and prints where it is. Where that
cannot be done it says in one line what is left out, which is a failure with CI=true.
"""

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.cluster.binaries import Missing, alone, cache_home

HERE = Path(__file__).parent
NEWEST, OLDEST = "3", "2.10"
LOCKS = {each: HERE / f"airflow-{each}.lock" for each in (NEWEST, OLDEST)}
PROVIDER = "apache-airflow-providers-cncf-kubernetes"
# Airflow 2.10 has no wheels to run on for a later Python than this. Source: its `requires-python`.
LAST_PYTHON = {NEWEST: (3, 14), OLDEST: (3, 12)}
INSTALL_SECONDS = 1200  # two minutes on an idle machine with a near registry
STAMP = "installed"  # written last: without it an environment is half made


def wanted() -> str:
    """The Airflow that the tests run with: `TAXIWAY_AIRFLOW`, `3` or `2.10`; the newest without."""
    return os.environ.get("TAXIWAY_AIRFLOW") or NEWEST


def version(airflow: str, package: str = "apache-airflow") -> str:
    """What the lock pins: `version("3")` is Airflow's own, as `3.3.2`. Raises Missing."""
    found = re.search(rf"^{re.escape(package)}==(\S+)", _lock(airflow).read_text(), re.MULTILINE)
    if found is None:
        raise Missing(f"{_lock(airflow).name} does not pin {package}: make airflow-lock")
    return found[1]


def folder(airflow: str) -> Path:
    """Where the environment is, or will be."""
    pinned = _lock(airflow).read_bytes() + interpreter(airflow).encode()
    digest = hashlib.sha256(pinned).hexdigest()[:12]
    return cache_home() / f"airflow-{version(airflow)}-{digest}"


def locate(airflow: str) -> Path:
    """The environment of this Airflow; makes it if it is not here. Raises Missing."""
    made = folder(airflow)
    if not (made / STAMP).exists():
        with alone(f"airflow-{airflow}"):
            if not (made / STAMP).exists():
                _make(made, airflow)
    return made


def interpreter(airflow: str) -> str:
    """A Python that this Airflow runs on: this one, or an older one on PATH. Raises Missing."""
    last = LAST_PYTHON[airflow]
    if sys.version_info[:2] <= last:
        return sys.executable if sys.prefix == sys.base_prefix else _base()
    for minor in range(last[1], 10, -1):
        found = shutil.which(f"python3.{minor}")
        if found:
            return found
    raise Missing(f"Airflow {airflow} needs Python 3.11 to 3.{last[1]} on PATH: install one")


def _base() -> str:
    """The Python that this environment was made of: the same for all of its environments."""
    name = f"python3.{sys.version_info[1]}"
    return shutil.which(name, path=f"{sys.base_prefix}/bin") or sys.executable


def _lock(airflow: str) -> Path:
    if airflow not in LOCKS:
        raise Missing(f"Airflow {airflow} has no lock in tests/airflow_real; {', '.join(LOCKS)} do")
    return LOCKS[airflow]


def _make(made: Path, airflow: str) -> None:
    print(f"installing Airflow {version(airflow)}", file=sys.stderr, flush=True)
    shutil.rmtree(made, ignore_errors=True)
    _run([interpreter(airflow), "-m", "venv", str(made)])
    pip = [str(made / "bin/python"), "-m", "pip", "install", "--quiet", "--no-compile"]
    # The lock is whole; of an extra, as `sqlalchemy[asyncio]`, pip would not see that it is pinned.
    _run([*pip, "--no-deps", "--require-hashes", "-r", str(_lock(airflow))])
    (made / STAMP).touch()


def _run(command: list[str]) -> None:
    """Raises Missing, with the first error that the program said, or its last line."""
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise Missing(f"{' '.join(command[1:4])} took over {INSTALL_SECONDS} s") from None
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["no reason given"]
        reason = next((line for line in lines if line.startswith("ERROR:")), lines[-1])
        raise Missing(f"{' '.join(command[1:4])} failed: {reason}")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.airflow_real.environments")
    parser.add_argument("--airflow", default=wanted(), choices=LOCKS)
    airflow = parser.parse_args().airflow
    try:
        print(f"Airflow {version(airflow):16} {locate(airflow)}")
    except Missing as missing:
        print(f"left out: the tests with a real Airflow {airflow}: {missing}", file=sys.stderr)
        return 1 if os.environ.get("CI") == "true" else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
