"""PostgreSQL on the loopback interface, for as long as a test needs it: Airflow's database.

The programs are Debian's: the newest under /usr/lib/postgresql, or those on PATH. Where there are
none and we are root, `apt-get install postgresql` is run once. No service of the system is used:
each database is a folder and a port of its own. PostgreSQL refuses to run as root; started by
root it runs as `nobody`.
"""

import csv
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.cluster.binaries import Missing, alone
from tests.cluster.processes import Program, free_port
from tests.serving import until

DEBIAN = Path("/usr/lib/postgresql")
NEEDED = ("initdb", "postgres", "pg_isready", "psql")
NAME = "airflow"  # of the database and of its owner
START_SECONDS = 60  # 1 s on an idle machine
INSTALL_SECONDS = 600
# Nothing here outlives the tests.
OPTIONS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200")


@dataclass(frozen=True)
class Database:
    """A running PostgreSQL; anyone on this machine may connect to it as `airflow`."""

    port: int
    data: Path
    programs: Path

    @property
    def url(self) -> str:
        """As SQLAlchemy, and so Airflow, writes it."""
        return f"postgresql+psycopg2://{NAME}@127.0.0.1:{self.port}/{NAME}"

    def rows(self, query: str, **values: str) -> list[dict[str, str]]:
        """What a query finds, by column; NULL is the empty string.

        `:'dag'` in it is the value of `dag`.
        """
        given = [option for each in values.items() for option in ("-v", "=".join(each))]
        found = _psql(self.programs, self.port, NAME, query, "--csv", *given)
        return list(csv.DictReader(found.splitlines(keepends=True)))


def locate() -> Path:
    """The folder of PostgreSQL's programs; installs them where we may. Raises Missing."""
    found = _find()
    if found is None:
        with alone("postgresql"):
            found = _find() or _install()
    return found


def major(programs: Path) -> str:
    """As `15`: a data folder can only be read by the major version that made it."""
    said = subprocess.run(
        [programs / "postgres", "--version"], capture_output=True, text=True, check=True
    )
    (found,) = re.findall(r"\) (\d+)", said.stdout)[:1]
    return str(found)


@contextmanager
def running_postgres(copied: Path | None = None, *, keep: Path | None = None) -> Iterator[Database]:
    """A database of its own: empty, or with a copy of this data folder. Raises Missing.

    `keep` is where its data folder is copied to when it has ended.
    """
    programs = locate()
    with tempfile.TemporaryDirectory(prefix="taxiway-postgres-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # its own user has to reach the data in it
        data = folder / "data"
        if copied is None:
            _own(folder)
            _initialise(programs, data)
        else:
            shutil.copytree(copied, data)
            _own(folder)
        database = Database(free_port(), data, programs)
        options = [option for each in OPTIONS for option in ("-c", each)]
        where = ("-D", data, "-k", folder, "-p", str(database.port), "-h", "127.0.0.1")
        program = Program(
            "postgres", (programs / "postgres", *where, *options), folder, user=_user()
        )
        try:
            until("PostgreSQL is ready", lambda: _is_ready(database, program), START_SECONDS)
            if copied is None:
                _psql(programs, database.port, "postgres", f"CREATE DATABASE {NAME}")
            yield database
        finally:
            program.stop()
        if keep is not None:
            shutil.copytree(data, keep)


def _find() -> Path | None:
    folders = sorted(DEBIAN.glob("*/bin"), key=lambda path: float(path.parent.name), reverse=True)
    on_path = shutil.which("initdb")
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    complete = (each for each in folders if all((each / name).exists() for name in NEEDED))
    return next(complete, None)


def _install() -> Path:
    advice = "install Debian's package postgresql, or put initdb, postgres and psql on PATH"
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise Missing(f"PostgreSQL is not here: {advice}")
    quiet = {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}  # and starts no service
    for step in (("update",), ("install", "--yes", "--no-install-recommends", "postgresql")):
        subprocess.run(
            ["apt-get", "--quiet", *step],
            env=os.environ | quiet,
            capture_output=True,
            timeout=INSTALL_SECONDS,
            check=False,
        )
    found = _find()
    if found is None:
        raise Missing(f"apt-get did not install PostgreSQL: {advice}")
    return found


def _initialise(programs: Path, data: Path) -> None:
    access = (f"--username={NAME}", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
    subprocess.run(
        [programs / "initdb", "-D", data, *access],
        user=_user(),
        cwd="/",  # its user may not be allowed to read where we are
        capture_output=True,
        timeout=START_SECONDS,
        check=True,
    )


def _user() -> str | None:
    return "nobody" if os.geteuid() == 0 else None


def _own(folder: Path) -> None:
    """Give a folder and all in it to the user that PostgreSQL runs as."""
    user = _user()
    if user is not None:
        for each in (folder, *folder.rglob("*")):
            shutil.chown(each, user)
    data = folder / "data"
    if data.exists():
        data.chmod(0o700)  # PostgreSQL refuses a folder that others may read


def _is_ready(database: Database, program: Program) -> bool:
    program.check()
    asked = (database.programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(database.port))
    return subprocess.run(asked, check=False).returncode == 0


def _psql(programs: Path, port: int, database: str, query: str, *options: str) -> str:
    where = ("-h", "127.0.0.1", "-p", str(port), "-U", NAME, "-d", database)
    done = subprocess.run(
        [programs / "psql", "-X", "-v", "ON_ERROR_STOP=1", *where, *options],
        input=query,
        capture_output=True,
        text=True,
        timeout=START_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
