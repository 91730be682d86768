"""How to mend a pod, in the words of whoever wrote it.

Nobody who writes a DAG writes a pod. The author of a KubernetesPodOperator writes arguments,
that of an executor's task an `executor_config`, that of a Spark job a SparkApplication, and
a Celery worker is written as values of a Helm chart. So a field of the pod has another name
in each, and a denial that says `metadata.labels` sends its reader to look for a file that does
not exist. The tables of `words` say who calls what how; the functions here only make sentences.
Each answer is a clause on one line that goes on after a colon: `add ... to ...`.
"""

from json import dumps

from webhook.airflow.words import WORDS, WORDS_OF_1_10, WORDS_OF_CHARTS, Field, Words
from webhook.airflow.workload import Workload

UNKNOWN = "..."  # stands for a value that the author alone can choose

# Of these a pod has one; of the others a list or a map, of which one entry is at fault.
SINGLE: frozenset[Field] = frozenset(
    {"priorityClassName", "schedulerName", "runtimeClassName", "serviceAccountName", "nodeName"}
)


def add_label(workload: Workload, key: str, value: str | None) -> str:
    """How to give the pod a label that it lacks; without a value, `...` stands in its place."""
    words = _words(workload)
    return f"add {_label(words, key, value)} to {words.place}"


def change_label(workload: Workload, key: str, value: str | None) -> str:
    """How to give a label of the pod another value; without one, `...` stands in its place."""
    words = _words(workload)
    return f"set {_label(words, key, value)} in {words.place}"


def remove(workload: Workload, what: Field) -> str:
    """How to take out what a message has just named, which stands in the pod's field `what`.

    Where the author's name for the field is Kubernetes' own, there is nothing to translate.
    """
    if _words(workload).fields.get(what) == f"{what}=":
        return "remove it"
    where = field(workload, what)
    return f"remove {where}" if what in SINGLE else f"remove it from {where}"


def set_field(workload: Workload, name: Field, value: str) -> str:
    """How to write `value` in one of the fields that hold a single one."""
    return f"set {field(workload, name)} to {dumps(value, ensure_ascii=False)}"


def field(workload: Workload, name: Field) -> str:
    """Where the author writes the field, as in `node_selector= of the KubernetesPodOperator`."""
    words = _words(workload)
    if name in words.beyond:
        return f"{name}{words.beyond_where}"
    return f"{words.fields.get(name, words.prefix + name)}{words.where}"


def _label(words: Words, key: str, value: str | None) -> str:
    pair = {key: UNKNOWN if value is None else value}
    return words.label.format(dumps(pair, ensure_ascii=False))


def _words(workload: Workload) -> Words:
    if workload.chart is not None:
        return WORDS_OF_CHARTS[workload.chart]
    if (workload.airflow_version or "").startswith("1.10"):
        return WORDS_OF_1_10.get(workload.kind, WORDS[workload.kind])
    return WORDS[workload.kind]
