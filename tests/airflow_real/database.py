"""Airflow's tables, made once for each environment: `airflow db migrate` takes 20 s and more.

The data folder of a PostgreSQL with those tables is kept in the environment, by the major version
of PostgreSQL, which is all that can read it; each deployment gets a copy.
"""

import os
import shutil
import subprocess
from pathlib import Path

from tests.airflow_real import environments, postgres
from tests.cluster.binaries import Missing, alone

MIGRATE_SECONDS = 600


def migrated(airflow: str) -> Path:
    """A data folder with the tables of this Airflow, and nothing in them. Raises Missing."""
    environment = environments.locate(airflow)
    made = environment / f"database-{postgres.major(postgres.locate())}"
    if not made.exists():
        with alone(f"database-{airflow}"):
            if not made.exists():
                _make(made, environment)
    return made


def _make(made: Path, environment: Path) -> None:
    draft = made.with_suffix(".draft")
    shutil.rmtree(draft, ignore_errors=True)
    with postgres.running_postgres(keep=draft) as database:
        done = subprocess.run(
            [environment / "bin/airflow", "db", "migrate"],
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(environment),
                "AIRFLOW_HOME": str(environment / "home"),
                "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": database.url,
                "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            },
            capture_output=True,
            text=True,
            timeout=MIGRATE_SECONDS,
            check=False,
        )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise Missing(f"airflow db migrate failed: {last}")
    draft.rename(made)
