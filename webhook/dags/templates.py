"""An operator's templated fields, rendered by Airflow's own code as far as they are known.

| name in a template              | is                                                          |
|---------------------------------|-------------------------------------------------------------|
| `dag`, `task`                   | themselves                                                  |
| `params`                        | their defaults, as a run that is not given others has them  |
| `ti`, `task_instance`           | `dag_id`, `task_id`, `map_index` known, all else not        |
| `user_defined_macros` of a dag  | known, but for functions: nobody knows what they ask        |
| all else that Airflow gives     | not known (`ds`, `run_id`, `var`, `conn`, `macros`, …)      |

Each `{{ … }}` that asks for something unknown becomes a token; a template whose conditions or loops
depend on it is one as a whole. Source of the names: Airflow's own list of them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from typing import Any

try:
    from airflow.sdk.definitions.context import KNOWN_CONTEXT_KEYS
except ImportError:  # Airflow 2
    from airflow.utils.context import KNOWN_CONTEXT_KEYS

from webhook.dags.unknown import CannotKnow, Ledger, Unknown, holds_token

# Those of this Airflow: a name that it does not give is an error, as it is at the run.
ASKED_OF_A_RUN = KNOWN_CONTEXT_KEYS - {"dag", "params", "task", "task_instance", "ti"}

# Fields that hold no text, and what stands for one that is unknown as a whole, so that Airflow can
# go on; `fields` says where in the pod it would have been.
_EMPTY: dict[str, Any] = {
    "affinity": None,
    "annotations": {},
    "configmaps": [],
    "container_resources": None,
    "container_security_context": None,
    "dns_config": None,
    "env_from": [],
    "env_vars": [],
    "full_job_spec": None,
    "full_pod_spec": None,
    "host_aliases": None,
    "image_pull_secrets": [],
    "init_containers": [],
    "labels": {},
    "node_selector": {},
    "pod_template_dict": None,
    "pod_template_file": None,
    "ports": [],
    "secrets": [],
    "security_context": {},
    "template_spec": None,
    "tolerations": [],
    "volume_mounts": [],
    "volumes": [],
}


class Instance:
    """The task instance of a template."""

    def __init__(self, task: Any, map_index: int | None, ledger: Ledger) -> None:
        self.dag_id = task.dag_id
        self.task_id = task.task_id
        self.task = task
        self.map_index = Unknown(ledger, "ti.map_index") if map_index is None else map_index
        self._ledger = ledger

    def __getattr__(self, name: str) -> Unknown:
        if name.startswith("_"):
            raise AttributeError(name)
        return Unknown(self._ledger, f"ti.{name}")


def context_of(task: Any, dag: Any, map_index: int | None, ledger: Ledger) -> dict[str, Any]:
    """What Airflow gives a template; what only a run has is an Unknown."""
    context: dict[str, Any] = {name: Unknown(ledger, name) for name in ASKED_OF_A_RUN}
    ti = Instance(task, map_index, ledger)
    context |= {"dag": dag, "task": task, "ti": ti, "task_instance": ti}
    context["params"] = _params(task, ledger)
    return context


def _params(task: Any, ledger: Ledger) -> Any:
    """The defaults. Those of a param without one, or with one that is not valid, are not known."""
    found: dict[str, Any] = {}
    for name in task.params:
        try:
            found[name] = task.params[name]
        except Exception:  # noqa: BLE001  # whatever the author's schema makes of its default
            found[name] = Unknown(ledger, f"params.{name}")
    return found


def render(task: Any, dag: Any, map_index: int | None, ledger: Ledger) -> dict[str, str]:
    """Render the fields of `task`, which is the caller's own copy, in place.

    Returns those that are unknown as a whole, with what they ask for. Raises what Airflow raises.
    """
    context = context_of(task, dag, map_index, ledger)
    env = _environment(task, dag, ledger)
    with _as_known(task, ledger):
        task.render_template_fields(context, env)
    unknown: dict[str, str] = {}
    for field in task.template_fields:
        value = getattr(task, field, None)
        if field in _EMPTY and holds_token(value):
            unknown[field] = ledger.told(str(value))
            setattr(task, field, copy(_EMPTY[field]))
    return unknown


def _environment(task: Any, dag: Any, ledger: Ledger) -> Any:
    """The dag's Jinja environment, which says of each `{{ … }}` whether it was known."""
    env = task.get_template_env(dag) if dag is not None else task.get_template_env()

    def finalize(value: Any) -> Any:
        if not isinstance(value, str):
            str(value)  # asks every Unknown in it, as Jinja does after this
        asked = ledger.last()
        return value if asked is None else ledger.token("{{ " + asked + " }}")

    env.finalize = finalize
    for name in dag.user_defined_macros or ():
        if callable(env.globals.get(name)):
            env.globals[name] = Unknown(ledger, name)
    if "macros" in env.globals:
        env.globals["macros"] = Unknown(ledger, "macros")
    return env


@contextmanager
def _as_known(task: Any, ledger: Ledger) -> Iterator[None]:
    """Airflow's own rendering, with a token for each template and XCom that is not known."""
    rendered, resolved = task._render, task.render_template

    def _render(template: Any, *rest: Any, **named: Any) -> Any:
        ledger.reset()
        try:
            return rendered(template, *rest, **named)
        except Exception:
            asked = ledger.last()
            if asked is None:
                raise
            return ledger.token("{{ " + asked + " }}")

    def render_template(content: Any, *rest: Any, **named: Any) -> Any:
        if hasattr(content, "resolve") and hasattr(content, "iter_references"):
            return ledger.token("{{ " + _xcom(content) + " }}")
        return resolved(content, *rest, **named)

    vars(task).update(_render=_render, render_template=render_template)
    try:
        yield
    except CannotKnow as error:
        raise CannotKnow(f"a field depends on {error}, which only a run has") from None
    finally:
        for name in ("_render", "render_template"):
            vars(task).pop(name, None)


def _xcom(content: Any) -> str:
    """What a task's output is called, where it says of which."""
    operator = getattr(content, "operator", None)
    if operator is None:
        return "a value of the task group's mapping"
    return f"ti.xcom_pull({operator.task_id!r})"
