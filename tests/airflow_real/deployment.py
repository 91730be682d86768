"""An Airflow that runs: its database, its programs, and what its DAG runs came to.

The programs are those of a real deployment, each a process of its own with its own log:

| Airflow | programs                                        |
|---------|-------------------------------------------------|
| 3       | api-server, dag-processor, triggerer, scheduler |
| 2.10    | triggerer, scheduler (which parses the DAGs)    |

Tasks run under the LocalExecutor unless `settings` say otherwise. Every DAG is meant to have
`schedule="@once"`: the scheduler runs it as soon as it is parsed. Everything else is Airflow's
default, but for what keeps it on this machine and makes it look oftener.

    with running_deployment("3", dags, folder, settings) as airflow:
        airflow.until_done("payments_plain")
        airflow.task_log("payments_plain", "load")
"""

import os
import secrets
import signal
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.airflow_real import environments
from tests.airflow_real.database import migrated
from tests.airflow_real.postgres import Database, running_postgres
from tests.cluster.processes import Program
from tests.serving import until

PROGRAMS: dict[str, dict[str, tuple[str, ...]]] = {
    "3": {
        "api-server": ("--host", "127.0.0.1", "--workers", "1"),
        "dag-processor": (),
        "triggerer": ("--skip-serve-logs",),
        "scheduler": ("--skip-serve-logs",),
    },
    "2.10": {
        "triggerer": ("--skip-serve-logs",),
        "scheduler": ("--skip-serve-logs",),
    },
}
# On two cores with 25 processes waiting for them, the API server took 200 s until it answered, and
# all tasks of `dags/pod_operator` 200 s more; alone on the machine it is a matter of seconds.
START_SECONDS = 300
DONE = ("success", "failed", "upstream_failed", "skipped", "removed")
RUN_SECONDS = 600


@dataclass(frozen=True)
class TaskInstance:
    """One task of one run; `map_index` is -1 for a task that is not mapped."""

    task: str
    map_index: int
    state: str
    tries: int


@dataclass
class Deployment:
    """A running Airflow. Its `home` has its logs; those of the programs are in `home/programs`."""

    airflow: str
    home: Path
    database: Database
    variables: Mapping[str, str]
    programs: dict[str, Program] = field(default_factory=dict)

    def start(self, name: str) -> Program:
        """One of its programs; again, where it was stopped or killed before."""
        command = [str(self._command), name, *PROGRAMS[self.airflow][name]]
        self.programs[name] = Program(name, command, self.home / "programs", self.variables)
        return self.programs[name]

    @property
    def _command(self) -> Path:
        return environments.locate(self.airflow) / "bin/airflow"

    def until_answering(self) -> None:
        """Wait for the API server, if there is one: tasks that start before it are given up."""
        if "api-server" in self.programs:
            port = int(self.variables["AIRFLOW__API__PORT"])
            until("Airflow's API server answers", lambda: self._answers(port), START_SECONDS)

    def _answers(self, port: int) -> bool:
        self.check()
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", port)) == 0

    def check(self) -> None:
        """Raise NeverHappened, with a log's end, if one of the programs has ended."""
        for program in self.programs.values():
            program.check()

    def instances(self, dag: str) -> list[TaskInstance]:
        """The task instances of a DAG's runs, by task and map index."""
        found = self.database.rows(
            "SELECT task_id, map_index, state, try_number FROM task_instance"
            " WHERE dag_id = :'dag' ORDER BY task_id, map_index",
            dag=dag,
        )
        return [
            TaskInstance(
                row["task_id"], int(row["map_index"]), row["state"], int(row["try_number"])
            )
            for row in found
        ]

    def until_done(self, dag: str, seconds: float = RUN_SECONDS) -> list[TaskInstance]:
        """Wait until a DAG has run, and every task of it has ended."""

        def done() -> list[TaskInstance]:
            self.check()
            runs = self.database.rows("SELECT state FROM dag_run WHERE dag_id = :'dag'", dag=dag)
            ended = bool(runs) and all(run["state"] in DONE for run in runs)
            return self.instances(dag) if ended else []

        return until(f"{dag} has run", done, seconds)

    def task_log(self, dag: str, task: str, map_index: int = -1, tries: int = 1) -> str:
        """What a person sees as the task's log; that of the triggerer is a part of it."""
        mapped = f"map_index={map_index}/" if map_index >= 0 else ""
        place = f"logs/dag_id={dag}/run_id=*/task_id={task}/{mapped}attempt={tries}.log*"
        return "".join(path.read_text() for path in sorted(self.home.glob(place)))


@contextmanager
def running_deployment(
    airflow: str,
    dags: Path,
    folder: Path,
    settings: Mapping[str, str] | None = None,
    *,
    without: tuple[str, ...] = (),
) -> Iterator[Deployment]:
    """This Airflow with the DAGs of a folder, its files in `folder`; ended whole at the end.

    `settings` are more of its environment, as `AIRFLOW__CORE__EXECUTOR`; `without` names programs
    that its DAGs do not need. Raises Missing.
    """
    home = folder / "airflow"
    (home / "programs").mkdir(parents=True)
    with running_postgres(migrated(airflow)) as database:
        variables = {**environment(airflow, home, database, dags), **(settings or {})}
        deployment = Deployment(airflow, home, database, variables)
        try:
            for name in [each for each in PROGRAMS[airflow] if each not in without]:
                if name == "scheduler":
                    deployment.until_answering()
                deployment.start(name)
            yield deployment
        finally:
            for program in deployment.programs.values():
                program.kill()  # they take 13 s to end in order, and nothing of them is kept
            end_leftovers(home)


def environment(airflow: str, home: Path, database: Database, dags: Path) -> dict[str, str]:
    """All that the programs get from outside."""
    port = _port()
    secret = secrets.token_hex(32)
    return {
        "AIRFLOW_HOME": str(home),
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "PATH": f"{environments.locate(airflow) / 'bin'}:{os.environ['PATH']}",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": database.url,
        "AIRFLOW__CORE__DAGS_FOLDER": str(dags),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__PARALLELISM": "4",
        "AIRFLOW__CORE__MP_START_METHOD": "fork",
        "AIRFLOW__CORE__HOSTNAME_CALLABLE": "socket.gethostname",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{port}/execution/",
        # On a busy machine 5 s are too short: the supervisor of a task would kill it.
        "AIRFLOW__WORKERS__EXECUTION_API_TIMEOUT": "60",
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__BASE_URL": f"http://127.0.0.1:{port}",
        "AIRFLOW__API__SECRET_KEY": secret,
        "AIRFLOW__API_AUTH__JWT_SECRET": secret,
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "True",
        "AIRFLOW__WEBSERVER__SECRET_KEY": secret,
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(home / "logs"),
        "AIRFLOW__SCHEDULER__DAG_DIR_LIST_INTERVAL": "5",
        "AIRFLOW__SCHEDULER__MIN_FILE_PROCESS_INTERVAL": "5",
        "AIRFLOW__TRIGGERER__JOB_HEARTBEAT_SEC": "2",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "SCARF_ANALYTICS": "false",
    }


def _port() -> int:
    """A free port below those that the kernel gives to clients, which are 32768 and up on Linux.

    Airflow's API server binds it a minute later: one of those might be taken until then.
    """
    while True:
        port = 15000 + secrets.randbelow(15000)
        with socket.socket() as listener, suppress(OSError):
            listener.bind(("127.0.0.1", port))
            return port


def end_leftovers(home: Path) -> None:
    """End, by its id, each process of this deployment that left its program's group."""
    mark = f"AIRFLOW_HOME={home}".encode()
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if mark in (folder / "environ").read_bytes().split(b"\0"):
                os.kill(int(folder.name), signal.SIGKILL)
