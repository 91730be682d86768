"""Loads DAGs and renders their pods in a process of its own, by Airflow's Python (`webhook.dags`).

What it may touch of the installation: nothing. Its home is a folder made for it and removed after;
the person's own `airflow.cfg`, `airflow_local_settings` and plugins are read from theirs. No
database, secrets backend or cluster is reached, and what DAGs print is not shown.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import msgspec
from msgspec import Struct

import webhook.dags

INSTALL = "pip install 'taxiway[airflow]'"
_TOO_OLD_A_PYTHON = 78  # see webhook/dags/__main__.py
_RECORDS = "records.jsonl"
_TAIL = 4096  # bytes of standard error that are looked at when the process died


class Asked(Struct, frozen=True, kw_only=True):
    paths: tuple[Path, ...]
    python: str | None = None  # None: the one that Taxiway itself runs on
    dags_folder: Path | None = None
    executor: str | None = None
    pod_template_file: Path | None = None
    namespace: str | None = None
    timeout: float = 300


class Started(Struct, frozen=True, kw_only=True, tag_field="type", tag="start"):
    """The first: what was found."""

    airflow: str
    provider: str
    executors: tuple[str, ...]
    has_template: bool  # a pod_template_file is configured


class Failed(Struct, frozen=True, kw_only=True, tag_field="type", tag="failed"):
    """A file that Airflow cannot import."""

    file: str
    line: int
    message: str


class Loaded(Struct, frozen=True, kw_only=True, tag_field="type", tag="path"):
    path: str
    dags: int


class Rendered(Struct, frozen=True, kw_only=True, tag_field="type", tag="task"):
    """One object of one task; `error` or `legacy` where it has none."""

    file: str
    line: int
    dag: str
    task: str
    operator: str
    map_index: int | None  # -1: not mapped; None: not known
    makes: str = "operator"
    object: dict[str, Any] | None = None
    told: tuple[str, ...] = ()
    fields: dict[str, str] = {}
    notes: tuple[str, ...] = ()
    error: str | None = None
    legacy: str | None = None


class More(Struct, frozen=True, kw_only=True, tag_field="type", tag="more"):
    """Mapped tasks beyond the bound."""

    file: str
    line: int
    dag: str
    task: str
    count: int


class Ignored(Struct, frozen=True, kw_only=True, tag_field="type", tag="ignored"):
    """A task with a `pod_override` that its executor does not read."""

    file: str
    line: int
    dag: str
    task: str


class Unfit(Struct, frozen=True, kw_only=True, tag_field="type", tag="unfit"):
    why: str
    version: str | None = None


class End(Struct, frozen=True, kw_only=True, tag_field="type", tag="end"):
    pass


Record = Started | Failed | Loaded | Rendered | More | Ignored | Unfit | End
_decode = msgspec.json.Decoder(Record).decode


class Unavailable(Exception):
    """The DAGs could not be loaded at all; the text says what to do."""


def load(asked: Asked) -> list[Record]:
    """Everything that was rendered. Raises Unavailable."""
    with tempfile.TemporaryDirectory(prefix="taxiway-dags-") as folder:
        home = Path(folder)
        code, told = _run(asked, home)
        records = _read(home / _RECORDS)
    for record in records:
        if isinstance(record, Unfit):
            raise Unavailable(_unfit(record, asked))
    if not records or not isinstance(records[-1], End):
        raise Unavailable(_died(code, told, asked))
    return records


def _run(asked: Asked, home: Path) -> tuple[int, str]:
    """The exit code, and the last line that the process wrote to standard error."""
    errors = home / "stderr"
    with errors.open("wb") as stderr:
        process = _started(asked, home, stderr)
        try:
            process.communicate(_request(asked, home), timeout=asked.timeout)
        except subprocess.TimeoutExpired:
            raise Unavailable(
                f"Airflow did not load the DAGs within {asked.timeout:g} s; give a larger "
                "--timeout, or fewer files"
            ) from None
        finally:
            _end(process)
    return process.returncode, _last_line(errors)


def _started(asked: Asked, home: Path, stderr: IO[bytes]) -> subprocess.Popen[bytes]:
    """In a session of its own, so that all that a DAG starts can be ended with it."""
    try:
        return subprocess.Popen(  # noqa: S603  # the interpreter that was named
            [asked.python or sys.executable, str(_entry())],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            env=environment(asked, home, os.environ),
            start_new_session=True,
        )
    except OSError as error:
        raise Unavailable(
            f"{asked.python}: cannot be run: {error.strerror}; give the Python of the "
            "environment that has Airflow by --python"
        ) from None


def _request(asked: Asked, home: Path) -> bytes:
    """See `webhook.dags.child`."""
    folder = os.path.realpath(folder_of(asked))
    request = {
        "paths": [str(path) for path in asked.paths],
        "roots": sorted({folder, *map(os.path.realpath, asked.paths)}),
        "folder": folder,
        "namespace": asked.namespace,
        "output": str(home / _RECORDS),
    }
    return json.dumps(request).encode()


def _end(process: subprocess.Popen[bytes]) -> None:
    """The process and whatever a DAG has started in it."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _entry() -> Path:
    return Path(webhook.dags.__file__).with_name("__main__.py")


def folder_of(asked: Asked) -> Path:
    """Airflow's DAG folder, from which DAGs import each other."""
    if asked.dags_folder is not None:
        return asked.dags_folder
    configured = os.environ.get("AIRFLOW__CORE__DAGS_FOLDER")
    if configured:
        return Path(configured)
    folders = [path if path.is_dir() else path.parent for path in asked.paths]
    return Path(os.path.commonpath([folder.absolute() for folder in folders]))


def environment(asked: Asked, home: Path, own: Mapping[str, str]) -> dict[str, str]:
    """What Airflow is told: the person's own settings, and what keeps it from leaving a trace."""
    theirs = Path(own.get("AIRFLOW_HOME") or Path.home() / "airflow")
    config = Path(own.get("AIRFLOW_CONFIG") or theirs / "airflow.cfg")
    settings = {
        # A sensor asks which executor there is, and Airflow 2 then refuses SQLite.
        "_AIRFLOW__SKIP_DATABASE_EXECUTOR_COMPATIBILITY_CHECK": "1",
        "AIRFLOW_HOME": str(home),
        "AIRFLOW_CONFIG": str(config if config.is_file() else home / "airflow.cfg"),
        "AIRFLOW__CORE__DAGS_FOLDER": str(folder_of(asked).absolute()),
        "AIRFLOW__CORE__DAGBAG_IMPORT_ERROR_TRACEBACK_DEPTH": "50",
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__UNIT_TEST_MODE": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/none.db",
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(home / "logs"),
        "AIRFLOW__LOGGING__REMOTE_LOGGING": "False",
        "AIRFLOW__METRICS__STATSD_ON": "False",
        "AIRFLOW__METRICS__OTEL_ON": "False",
        "AIRFLOW__SECRETS__BACKEND": "",
        "AIRFLOW__TRACES__OTEL_ON": "False",
        "PYTHONWARNINGS": "ignore",
        "TZ": own.get("TZ", "UTC"),
    }
    if asked.executor:
        settings["AIRFLOW__CORE__EXECUTOR"] = asked.executor
    for key, value in _of_the_executor(asked).items():
        settings[f"AIRFLOW__KUBERNETES_EXECUTOR__{key}"] = value
    if "AIRFLOW__CORE__PLUGINS_FOLDER" not in own and not config.is_file():
        settings["AIRFLOW__CORE__PLUGINS_FOLDER"] = str(theirs / "plugins")
    path = [str(theirs / "config"), *filter(None, [own.get("PYTHONPATH")])]
    return {**own, **settings, "PYTHONPATH": os.pathsep.join(path)}


def _of_the_executor(asked: Asked) -> dict[str, str]:
    given: dict[str, str] = {}
    if asked.pod_template_file is not None:
        given["POD_TEMPLATE_FILE"] = str(asked.pod_template_file.absolute())
    if asked.namespace is not None:
        given["NAMESPACE"] = asked.namespace
    return given


def _read(file: Path) -> list[Record]:
    """A last line that was cut off when the process died is left out."""
    lines = file.read_bytes().splitlines() if file.exists() else []
    records = []
    for line in lines:
        try:
            records.append(_decode(line))
        except msgspec.DecodeError:
            break
    return records


def _last_line(file: Path) -> str:
    lines = file.read_bytes()[-_TAIL:].decode(errors="replace").strip().splitlines()
    return lines[-1].strip() if lines else ""


def _unfit(record: Unfit, asked: Asked) -> str:
    where = asked.python or sys.executable
    if record.why == "old":
        return (
            f"Airflow {record.version} is installed for {where}, and 2.7 is the oldest whose pods "
            "can be rendered: review the pods themselves with `taxiway review`"
        )
    what = "Airflow" if record.why == "airflow" else "the provider cncf.kubernetes"
    return (
        f"{what} is not installed for {where}: {INSTALL}, or give the Python of the environment "
        "that has it by --python"
    )


def _died(code: int, told: str, asked: Asked) -> str:
    if code == _TOO_OLD_A_PYTHON:
        return f"{asked.python} is older than Python 3.11; Taxiway cannot run in it"
    how = f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
    return f"Airflow's process {how} before all was rendered: {told or 'it said nothing'}"
