"""The pods that requests are about, by size, and requests in which no two are alike.

A body holds NUMBER wherever the load generator puts the number of the request: in the uid, in the
pod's name and in its task's, as no two tasks are alike. A novel one has it in its dag and in the
name of a variable as well, so that nothing that is kept of pods alike serves it.
"""

from typing import Any

from benchmarks import reviews

NUMBER = "nnnnnnnn"  # eight digits take its place; benchmarks/go/load knows it too
VARIABLES = 470  # of some 120 bytes each: 60 KB with the rest

Pod = dict[str, Any]


def small() -> Pod:
    """1 KB: no arguments, variables or volumes."""
    container, *_ = reviews.POD["spec"]["containers"]
    left_out = {"args", "env", "volumeMounts", "resources"}
    kept = {key: value for key, value in container.items() if key not in left_out}
    return _with_spec(reviews.POD, {"containers": [kept], "volumes": []})


def large() -> Pod:
    """60 KB, of variables."""
    container, *_ = reviews.POD["spec"]["containers"]
    more = [
        {"name": f"AIRFLOW_VAR_SETTING_{number:04}", "value": "x" * 75}
        for number in range(VARIABLES)
    ]
    grown = container | {"env": [*container["env"], *more]}
    return _with_spec(reviews.POD, {"containers": [grown]})


def novel(pod: Pod = reviews.POD) -> Pod:
    """Of a dag of its own, and with a variable that no other pod has."""
    container, *_ = pod["spec"]["containers"]
    variable = {"name": f"AIRFLOW_VAR_{NUMBER}", "value": "x"}
    made = _with_spec(pod, {"containers": [container | {"env": [*container["env"], variable]}]})
    dag = {"dag_id": f"payments_{NUMBER}"}
    metadata = made["metadata"]
    return made | {
        "metadata": metadata | {part: metadata[part] | dag for part in ("labels", "annotations")}
    }


def body(pod: Pod) -> bytes:
    """A review of its CREATE, on one line."""
    return reviews.numbered(pod, NUMBER)


def _with_spec(pod: Pod, changed: dict[str, object]) -> Pod:
    return pod | {"spec": pod["spec"] | changed}
