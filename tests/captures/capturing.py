"""What Airflow sends when it runs the DAGs of a folder: each object, and whose it is."""

import contextlib
import json
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.captures.place import NAMESPACE, TEMPLATE, Place
from tests.captures.recorded import Sent
from tests.captures.recorder import Recorder

ROOT = Path(__file__).parent.parent.parent
RUN_SECONDS = 1500.0  # 90 tasks take two minutes on an idle machine


def captured(place: Place, recorder: Recorder, scratch: Path) -> Iterator[Sent]:
    """Run every task of the folder by itself, and those of `workers` by the KubernetesExecutor."""
    scratch.mkdir(parents=True)
    token, kubeconfig, journal = (scratch / name for name in ("token", "kubeconfig", "journal"))
    token.write_text("a service account's")
    kubeconfig.write_text(json.dumps(kubeconfig_of(recorder)))
    settings = {
        "folder": str(place.dags),
        "workers": str(place.dags / "workers"),
        "count": str(recorder.place.count),
        "journal": str(journal),
        "kubeconfig": str(kubeconfig),
        "authority": str(recorder.place.authority),
        "token": str(token),
    }
    output = scratch / "output"
    code = _through(
        [str(place.python), "-m", "tests.captures.inside", json.dumps(settings)],
        environment(place, recorder, scratch, kubeconfig),
        output,
    )
    assert code == 0, f"{output} ends:\n{output.read_text(errors='replace')[-4000:]}"
    for line in journal.read_text().splitlines():
        yield from _of_entry(json.loads(line), recorder)


def _through(command: list[str], environment: dict[str, str], output: Path) -> int:
    """Run it to its end, and then end what it has started: the executor's own processes."""
    with output.open("wb") as file:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            cwd=output.parent,
            env=environment,
            start_new_session=True,
        )
    try:
        return process.wait(RUN_SECONDS)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _of_entry(entry: dict[str, object], recorder: Recorder) -> Iterator[Sent]:
    """One for each object that a task created.

    Of a Job the Job alone: no controller makes its pod here, and the provider of Airflow 2.10 would
    then create one in its place.
    """
    first, objects = int(str(entry["first"])), int(str(entry["objects"]))
    for creation in recorder.creations[first : first + objects]:
        yield Sent(
            file=str(entry["file"]),
            dag_id=str(entry["dag_id"]),
            task_id=str(entry["task_id"]),
            map_index=int(str(entry["map_index"])),
            by=str(entry["by"]),
            path=creation.path,
            status=creation.status,
            object=creation.body,
        )
        if creation.path.endswith("/jobs"):
            return


def environment(
    place: Place, recorder: Recorder, scratch: Path, kubeconfig: Path
) -> dict[str, str]:
    """As a worker's pod has it: the cluster's address, and nothing of the person's own Airflow."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    return kept | {
        "HOME": str(scratch),
        "AIRFLOW_HOME": str(scratch / "airflow"),
        "AIRFLOW__CORE__DAGS_FOLDER": str(place.dags),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__UNIT_TEST_MODE": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{scratch / 'airflow.db'}",
        "AIRFLOW__KUBERNETES_EXECUTOR__NAMESPACE": NAMESPACE,
        "AIRFLOW__KUBERNETES_EXECUTOR__POD_TEMPLATE_FILE": str(TEMPLATE),
        "AIRFLOW__KUBERNETES_EXECUTOR__DELETE_WORKER_PODS": "False",
        "KUBECONFIG": str(kubeconfig),
        "KUBERNETES_SERVICE_HOST": "127.0.0.1",
        "KUBERNETES_SERVICE_PORT": str(recorder.place.port),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": f"{place.path}{os.pathsep}{ROOT}",
    }


def kubeconfig_of(recorder: Recorder) -> dict[str, object]:
    cluster = {
        "server": f"https://127.0.0.1:{recorder.place.port}",
        "certificate-authority": str(recorder.place.authority),
    }
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "recorded",
        "clusters": [{"name": "recorded", "cluster": cluster}],
        "users": [{"name": "airflow", "user": {"token": "a person's"}}],
        "contexts": [{"name": "recorded", "context": {"cluster": "recorded", "user": "airflow"}}],
    }
