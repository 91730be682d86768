"""A mapped task as the tasks that it becomes: one for each map index where its values are written
in the file, and one for all where they come from another task.

`expand()` takes the product of its lists, the last one fastest, and `expand_kwargs()` a dictionary
for each. Source: `_expand_mapped_field` of `DictOfListsExpandInput`, `resolve` of
`ListOfDictsExpandInput`.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, product
from math import prod
from typing import Any, NamedTuple

from webhook.dags.unknown import Ledger

# A task of 1,000 mapped ones has as many pods; 100 of 1 ms show what their author wrote.
MOST = 100
EVERY_FIELD = "*"
LISTS = ("arguments", "cmds")  # of text, in which a token can stand for all of it


class Variant(NamedTuple):
    """One task. `unknown`: of each argument that is not known what it asks for."""

    task: Any
    map_index: int | None
    unknown: dict[str, str]
    ledger: Ledger


def variants(task: Any) -> tuple[Iterator[Variant], int]:
    """The tasks that `task` becomes, and how many more there are than are given."""
    if not hasattr(task, "unmap") or not hasattr(task, "_get_specified_expand_input"):
        return iter((Variant(task.prepare_for_execution(), _alone(task), {}, Ledger()),)), 0
    value = task._get_specified_expand_input().value
    if isinstance(value, Mapping):
        return _of_lists(task, value)
    if not isinstance(value, Sequence):
        return iter((_unmapped(task, {}, None, {EVERY_FIELD: _asked(value)}),)), 0
    return (
        _unmapped(task, given, at, {})
        if isinstance(given, Mapping)
        else _unmapped(task, {}, at, {EVERY_FIELD: _asked(given)})
        for at, given in enumerate(value[:MOST])
    ), max(0, len(value) - MOST)


def _alone(task: Any) -> int | None:
    """-1 is Airflow's own for a task that is not mapped; None where its task group is."""
    group = getattr(task, "task_group", None)
    while group is not None:
        if group.__class__.__name__ == "MappedTaskGroup":  # Airflow 2 gives a proxy of it
            return None
        group = getattr(group, "task_group", None) or getattr(group, "parent_group", None)
    return -1


def _of_lists(task: Any, value: Mapping[str, Any]) -> tuple[Iterator[Variant], int]:
    known = {key: _listed(each) for key, each in value.items() if _is_written(each)}
    unknown = {key: _asked(each) for key, each in value.items() if not _is_written(each)}
    total = prod(len(each) for each in known.values())
    every = (dict(zip(known, one, strict=True)) for one in product(*known.values()))
    each = (
        _unmapped(task, given, None if unknown else at, unknown)
        for at, given in enumerate(islice(every, MOST))
    )
    return each, max(0, total - MOST)


def _is_written(each: Any) -> bool:
    return isinstance(each, Mapping | Sequence)


def _listed(each: Any) -> list[Any]:
    return list(each.items()) if isinstance(each, Mapping) else list(each)


def _asked(each: Any) -> str:
    operator = getattr(each, "operator", None)
    if operator is None:
        return "{{ a value of the task group's mapping }}"
    return f"{{{{ ti.xcom_pull({operator.task_id!r}) }}}}"


def _unmapped(
    task: Any, given: Mapping[str, Any], at: int | None, unknown: dict[str, str]
) -> Variant:
    """What is not known is left out, but for LISTS; a function's arguments are its own."""
    ledger = Ledger()
    if "Decorated" in type(task).__name__:
        named = dict(given) | {key: ledger.token(text) for key, text in unknown.items()}
        one = task.unmap({"op_kwargs": named})
        unknown = {}
    else:
        lists = {key: [ledger.token(text)] for key, text in unknown.items() if key in LISTS}
        one = task.unmap({**given, **lists})
    return Variant(one.prepare_for_execution(), at, unknown, ledger)
