"""Every pod of every task of the DAGs that are asked for, as records (see `child`)."""

from collections.abc import Iterator
from typing import Any

from airflow import __version__ as airflow_version

from webhook.dags import operators, worker
from webhook.dags.child import PROVIDER, version
from webhook.dags.legacy import OLD_STYLE, Legacy, translated
from webhook.dags.loading import load
from webhook.dags.mapping import Variant, variants
from webhook.dags.places import Place, Places
from webhook.dags.templates import render
from webhook.dags.unknown import Ledger

Record = dict[str, Any]


def started() -> Record:
    return {
        "type": "start",
        "airflow": airflow_version,
        "provider": version(PROVIDER),
        "executors": worker.executors(),
        "has_template": worker.has_template(),
    }


def rendered(asked: Record) -> Iterator[Record]:
    for path in asked["paths"]:
        places = Places(tuple(asked["roots"]))
        with places.watching():
            dags, failed = load(path)
        for one in failed:
            yield {"type": "failed", "file": one.file, "line": one.line, "message": one.message}
        yield {"type": "path", "path": path, "dags": len(dags)}
        for dag in sorted(dags, key=lambda each: (each.fileloc, each.dag_id)):
            yield from _of_dag(dag, places, asked["namespace"])


def _of_dag(dag: Any, places: Places, namespace: str | None) -> Iterator[Record]:
    tasks = [(places.of(task, dag.fileloc), task) for task in dag.tasks]
    for place, task in sorted(tasks, key=lambda pair: (pair[0], pair[1].task_id)):
        yield from _of_task(dag, task, place, namespace)


def _of_task(dag: Any, task: Any, place: Place, namespace: str | None) -> Iterator[Record]:
    operator = getattr(task, "operator_class", None) or type(task)
    base = {
        "type": "task",
        "file": place.file,
        "line": place.line,
        "dag": dag.dag_id,
        "task": task.task_id,
        "operator": getattr(operator, "custom_operator_name", None) or operator.__name__,
        "map_index": None,
    }
    try:
        found, more = variants(task)
        for variant in found:
            yield from _of_variant(dag, variant, operator, base, namespace)
    except Exception as error:  # noqa: BLE001  # whatever an author's operator raises, told by task
        yield base | {"error": _told(error)}
        return
    if more:
        yield base | {"type": "more", "count": more}


def _of_variant(
    dag: Any, variant: Variant, operator: type, base: Record, namespace: str | None
) -> Iterator[Record]:
    task, at, unknown, _ = variant
    base = base | {"map_index": at}
    if worker.runs_in_a_pod(task):
        own = Ledger()
        yield base | {"makes": "kubernetes-executor"} | _worker(task, at, own, unknown)
    elif "pod_override" in (task.executor_config or {}):
        yield base | {"type": "ignored"}
    if operators.makes_pods(operator):
        for one in _operator(dag, variant, namespace):
            yield base | {"makes": "operator"} | one


def _worker(task: Any, at: int | None, ledger: Ledger, unknown: dict[str, str]) -> Record:
    try:
        body = worker.sent(task, at, ledger)
    except Legacy as legacy:
        return {"legacy": str(legacy)}
    except Exception as error:  # noqa: BLE001  # a hook's or a template's, told by task
        return {"error": _told(error)}
    fields = {key: text for key, text in unknown.items() if key in ("executor_config", "*")}
    old = (task.executor_config or {}).get("KubernetesExecutor")
    notes = [f"{OLD_STYLE}: write {translated(old)}"] if old is not None else []
    return {"object": body, "told": ledger.every(), "fields": fields, "notes": notes}


def _operator(dag: Any, variant: Variant, namespace: str | None) -> Iterator[Record]:
    task, at, unknown, ledger = variant
    try:
        unknown = unknown | render(task, dag, at, ledger)
        bodies, notes = operators.sent(task, dag, at, ledger, namespace)
    except Exception as error:  # noqa: BLE001  # a template's, a hook's or a callback's
        yield {"error": ledger.told(_told(error))}
        return
    for body in bodies:
        yield {"object": body, "told": ledger.every(), "fields": unknown, "notes": notes}


def _told(error: BaseException) -> str:
    """One line: the first of the innermost reason, with its type."""
    cause = error.__cause__ or error
    first = next(iter(str(cause).strip().splitlines()), "")
    return f"{type(cause).__name__}: {first}" if first else type(cause).__name__
