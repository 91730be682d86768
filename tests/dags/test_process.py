"""What is said where nothing can be rendered, and what Airflow's process is told and what not."""

import os
import sys
from pathlib import Path

import pytest

from tests.cli.command import POLICIES, taxiway
from webhook.cli.dag_process import Asked, Unavailable, environment, folder_of, load

INSTALL = "pip install 'taxiway[airflow]'"
ANOTHER = "or give the Python of the environment that has it by --python"


def executable(folder: Path, text: str) -> str:
    """A program that stands in the place of a Python."""
    file = folder / "python"
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)
    return str(file)


def installed(folder: Path, **versions: str) -> str:
    """A Python that has these distributions, by what their metadata says."""
    for name, version in versions.items():
        info = folder / f"{name}-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    return executable(folder, f'PYTHONPATH="{folder}" exec {sys.executable} "$@"')


def refused(folder: Path, python: str | None, timeout: float = 60) -> str:
    """Why nothing was rendered."""
    with pytest.raises(Unavailable) as caught:
        load(Asked(paths=(folder,), python=python, timeout=timeout))
    return str(caught.value)


def test_without_airflow_it_says_how_to_get_it(tmp_path: Path) -> None:
    told = refused(tmp_path, None)
    assert told == f"Airflow is not installed for {sys.executable}: {INSTALL}, {ANOTHER}"


def test_without_the_provider_it_says_how_to_get_it(tmp_path: Path) -> None:
    python = installed(tmp_path, apache_airflow="3.0.0")
    assert refused(tmp_path, python) == (
        f"the provider cncf.kubernetes is not installed for {python}: {INSTALL}, {ANOTHER}"
    )


def test_an_airflow_that_is_too_old_is_named(tmp_path: Path) -> None:
    python = installed(tmp_path, apache_airflow="2.6.3")
    assert refused(tmp_path, python) == (
        f"Airflow 2.6.3 is installed for {python}, and 2.7 is the oldest whose pods can be "
        "rendered: review the pods themselves with `taxiway review`"
    )


def test_a_thread_that_goes_on_is_not_waited_for(tmp_path: Path) -> None:
    """As one that the import of a DAG has begun."""
    (tmp_path / "sitecustomize.py").write_text(
        "import threading, time\nthreading.Thread(target=time.sleep, args=(60,)).start()\n"
    )
    python = installed(tmp_path, apache_airflow="2.6.3")
    assert refused(tmp_path, python, timeout=20).startswith("Airflow 2.6.3 is installed for ")


def test_a_python_that_is_not_there_is_named(tmp_path: Path) -> None:
    python = str(tmp_path / "no-python")
    assert refused(tmp_path, python) == (
        f"{python}: cannot be run: No such file or directory; give the Python of the environment "
        "that has Airflow by --python"
    )


def test_a_python_that_is_too_old_is_named(tmp_path: Path) -> None:
    python = executable(tmp_path, "exit 78")
    assert refused(tmp_path, python) == (
        f"{python} is older than Python 3.11; Taxiway cannot run in it"
    )


def test_a_process_that_dies_is_said_with_its_last_words(tmp_path: Path) -> None:
    python = executable(tmp_path, "echo first >&2; echo MemoryError >&2; exit 3")
    assert refused(tmp_path, python) == (
        "Airflow's process ended with code 3 before all was rendered: MemoryError"
    )


def test_a_process_that_is_killed_is_said(tmp_path: Path) -> None:
    python = executable(tmp_path, "kill -9 $$")
    assert refused(tmp_path, python) == (
        "Airflow's process was ended by signal 9 before all was rendered: it said nothing"
    )


def test_a_dag_that_never_ends_is_ended(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    python = executable(tmp_path, f'echo $$ > "{pid}"; exec sleep 600')
    assert refused(tmp_path, python, timeout=1) == (
        "Airflow did not load the DAGs within 1 s; give a larger --timeout, or fewer files"
    )
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)


def test_no_setting_of_the_person_reaches_a_database_or_a_secret(tmp_path: Path) -> None:
    own = {
        "AIRFLOW_HOME": str(tmp_path),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": "postgresql://of-production",
        "AIRFLOW__SECRETS__BACKEND": "airflow.of.production",
        "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor",
        "TAXIWAY_HOOK_POLICIES": "kept",
    }
    told = environment(Asked(paths=(tmp_path,)), tmp_path / "home", own)
    assert told["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"] == f"sqlite:///{tmp_path}/home/none.db"
    assert told["AIRFLOW__SECRETS__BACKEND"] == ""
    assert told["AIRFLOW_HOME"] == str(tmp_path / "home")
    assert told["AIRFLOW__CORE__EXECUTOR"] == "CeleryExecutor"
    assert told["TAXIWAY_HOOK_POLICIES"] == "kept"


def test_the_persons_own_configuration_is_read_where_it_is(tmp_path: Path) -> None:
    asked, home = Asked(paths=(tmp_path,)), tmp_path / "home"
    own = {"AIRFLOW_HOME": str(tmp_path / "theirs")}
    assert environment(asked, home, own)["AIRFLOW_CONFIG"] == str(home / "airflow.cfg")
    theirs = tmp_path / "theirs/airflow.cfg"
    theirs.parent.mkdir()
    theirs.touch()
    assert environment(asked, home, own)["AIRFLOW_CONFIG"] == str(theirs)


def test_options_win_over_settings(tmp_path: Path) -> None:
    asked = Asked(
        paths=(tmp_path,),
        executor="KubernetesExecutor",
        namespace="airflow",
        pod_template_file=Path("/t/pod.yaml"),
    )
    own = {"AIRFLOW__CORE__EXECUTOR": "CeleryExecutor"}
    told = environment(asked, tmp_path, own)
    section = "AIRFLOW__KUBERNETES_EXECUTOR__"
    assert told["AIRFLOW__CORE__EXECUTOR"] == "KubernetesExecutor"
    assert told[f"{section}NAMESPACE"] == "airflow"
    assert told[f"{section}POD_TEMPLATE_FILE"] == "/t/pod.yaml"


FOLDERS = [
    ("a folder is itself", ("dags",), None, "dags"),
    ("files have the folder that they share", ("dags/a/one.py", "dags/b/two.py"), None, "dags"),
    ("an option says otherwise", ("dags/a/one.py",), "dags", "dags"),
]


@pytest.mark.parametrize(
    ("paths", "option", "folder"), [row[1:] for row in FOLDERS], ids=[row[0] for row in FOLDERS]
)
def test_dags_import_each_other_from(
    paths: tuple[str, ...],
    option: str | None,
    folder: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("AIRFLOW__CORE__DAGS_FOLDER", raising=False)
    (tmp_path / "dags").mkdir()
    asked = Asked(
        paths=tuple(tmp_path / path for path in paths),
        dags_folder=tmp_path / option if option else None,
    )
    assert folder_of(asked) == tmp_path / folder


ENDS = [
    (
        "a path that is not there",
        ("missing.py", "--policies", POLICIES),
        "missing.py: there is no such file; give DAG files, or folders of them\n",
    ),
    (
        "no Airflow",
        ("tests/airflow_real/dags/rendered", "--policies", POLICIES),
        f"Airflow is not installed for {sys.executable}: {INSTALL}, {ANOTHER}\n",
    ),
]


@pytest.mark.parametrize(("words", "told"), [row[1:] for row in ENDS], ids=[row[0] for row in ENDS])
def test_the_command_ends_with_2_and_says_why(words: tuple[str, ...], told: str) -> None:
    ended = taxiway("dags", *words)
    assert (ended.code, ended.out, ended.err) == (2, "", told)


def test_pods_are_shown_as_json_alone() -> None:
    ended = taxiway("dags", "dags", "--policies", POLICIES, "--show-pods")
    assert (ended.code, ended.out) == (2, "")
    assert "Invalid value for --show-pods: is for -o json alone" in ended.err
