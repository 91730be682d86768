"""The pods that a policy test is about, as `review` would be given them.

| the test gives | what is reviewed                                                              |
|----------------|-------------------------------------------------------------------------------|
| `workload`     | the smallest pod that Airflow makes, with the author's labels, annotations    |
|                | and spec; Airflow's own labels win, as in Airflow                             |
| `pod`          | the object as it stands: whatever `review` takes                              |
| `file`         | every pod of a file beside the test's own                                     |

The Job controller makes a KubernetesJobOperator's pods, so it is their user unless one is given.
"""

from collections.abc import Iterator
from pathlib import Path

from webhook.airflow.smallest import JOB_CONTROLLER, Json, smallest
from webhook.cli.objects import Found, pods_in
from webhook.cli.pods import found_in
from webhook.cli.subject import Defaults
from webhook.policy.cases import Given
from webhook.policy.load_cases import Placed


def pods_of(test: Placed) -> Iterator[Found]:
    """At least one pod or one reason why there is none."""
    given, origin = test.case.given, f"{test.file}:{test.line}"
    defaults = Defaults(namespace=given.namespace, user=_user(given))
    if given.file is not None:
        yield from found_in([str(Path(test.file).parent / given.file)], defaults)
    elif given.pod is not None:
        yield from pods_in(given.pod, origin, defaults)
    else:
        yield from pods_in(_made(given), origin, defaults)


def governs_all(given: Given) -> bool:
    """Nothing but such a namespace governs an `other` pod."""
    return given.govern_all or given.workload == "other"


def _user(given: Given) -> str | None:
    if given.user is None and given.workload == "job-operator":
        return JOB_CONTROLLER
    return given.user


def _made(given: Given) -> Json:
    pod = smallest(given.workload or "other", name=given.name, dag=given.dag, task=given.task)
    metadata = pod["metadata"]
    metadata["labels"] = {**given.labels, **metadata["labels"]}
    if given.annotations:
        metadata["annotations"] = {**given.annotations, **metadata.get("annotations", {})}
    pod["spec"] = {**pod["spec"], **given.spec}
    return pod
