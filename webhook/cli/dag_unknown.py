"""What of a pod is not known before the run, and whether a decision depends on it.

| what is not known                           | a decision depends on it if the policies    |
|---------------------------------------------|---------------------------------------------|
| the team's label, or one that a profile,    | always: whose pod it is, what it is given   |
| requirement or exemption matches by         | and what it must carry                      |
| the namespace                               | name namespaces; for the same reasons       |
| another label                               | require it in `enforce`, or apply it        |
| an annotation                               | apply it, or give IAM roles by it           |
| tolerations, service account                | give any team one                           |
| node selector, node affinity                | apply the key of one, or node affinity      |
| classes, scheduler, topology spread         | apply any                                   |
| all else (image, command, environment, ...) | never                                       |

A violation of what is known stands, whatever else is not; but where the first two rows are open,
none does.
"""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from webhook.engine.operation import pointer
from webhook.names import KUBE2IAM_ROLE
from webhook.policy.spec import Apply, Match, PolicySpec

# Where in the pod an operator's argument goes that is unknown as a whole; "" is anywhere.
FIELDS = {
    "*": "",
    "affinity": "/spec/affinity",
    "annotations": "/metadata/annotations",
    "application_file": "",
    "executor_config": "",
    "full_job_spec": "",
    "full_pod_spec": "",
    "job_template_file": "",
    "labels": "/metadata/labels",
    "namespace": "/metadata/namespace",
    "node_selector": "/spec/nodeSelector",
    "pod_template_dict": "",
    "pod_template_file": "",
    "priority_class_name": "/spec/priorityClassName",
    "runtime_class_name": "/spec/runtimeClassName",
    "schedulername": "/spec/schedulerName",
    "service_account_name": "/spec/serviceAccountName",
    "template_spec": "",
    "tolerations": "/spec/tolerations",
}


class Unknown(Struct, frozen=True):
    """A place in the pod, and what stands there as a person wrote it."""

    path: str
    text: str


class Open(Struct, frozen=True):
    """What a decision depends on. `decides`: whose pod it is, or which rules there are."""

    unknown: Unknown
    decides: bool


def opened(spec: PolicySpec, unknown: Iterable[Unknown]) -> list[Open]:
    """Those that a decision depends on."""
    reads = Reads(spec)
    return [found for one in unknown if (found := reads.opened(one)) is not None]


def overlap(one: str, other: str) -> bool:
    """Whether one place is the other, or a part of it."""
    return f"{one}/".startswith(f"{other}/") or f"{other}/".startswith(f"{one}/")


class Reads:
    """Which places of a pod a policy set reads: for which it says yes, an unknown is open."""

    def __init__(self, spec: PolicySpec) -> None:
        applies = list(_applies(spec))
        self._deciding = {pointer("metadata", "labels", key) for key in _deciding_labels(spec)}
        if _names_namespaces(spec):
            self._deciding.add("/metadata/namespace")
        self._local = set(_local(spec, applies))

    def opened(self, one: Unknown) -> Open | None:
        if any(overlap(one.path, place) for place in self._deciding):
            return Open(one, decides=True)
        if one.path == "" or any(overlap(one.path, place) for place in self._local):
            return Open(one, decides=one.path == "")
        return None


def _local(spec: PolicySpec, applies: list[Apply]) -> Iterator[str]:
    for requirement in spec.requirements:
        if requirement.mode in (None, "enforce"):
            yield pointer("metadata", "labels", requirement.label)
    for apply in applies:
        yield from (pointer("metadata", "labels", key) for key in apply.labels)
        yield from (pointer("metadata", "annotations", key) for key in apply.annotations)
        yield from (pointer("spec", "nodeSelector", key) for key in apply.node_selector)
        for given, place in _SINGLE:
            if getattr(apply, given):
                yield f"/spec/{place}"
        if apply.node_selector or apply.affinity:
            yield from ("/spec/affinity/nodeAffinity", "/spec/nodeSelector")
        if apply.iam is not None:
            yield from (
                pointer("metadata", "annotations", KUBE2IAM_ROLE),
                "/spec/serviceAccountName",
            )


_SINGLE = (
    ("tolerations", "tolerations"),
    ("topology_spread_constraints", "topologySpreadConstraints"),
    ("priority_class_name", "priorityClassName"),
    ("scheduler_name", "schedulerName"),
    ("runtime_class_name", "runtimeClassName"),
)


def _applies(spec: PolicySpec) -> Iterator[Apply]:
    yield from (team.apply for team in spec.teams.values() if team.apply is not None)
    yield from (profile.apply for profile in spec.profiles)


def _matches(spec: PolicySpec) -> Iterator[Match]:
    yield from (profile.match for profile in spec.profiles)
    yield from (exemption.match for exemption in spec.exemptions)
    yield from (one.match for one in spec.requirements if one.match is not None)


def _deciding_labels(spec: PolicySpec) -> Iterator[str]:
    yield spec.labels.team
    for match in _matches(spec):
        yield from match.labels


def _names_namespaces(spec: PolicySpec) -> bool:
    members = (team.members for team in spec.teams.values() if team.members is not None)
    return (
        bool(spec.stages)
        or any(one.namespaces is not None for one in members)
        or any(match.namespaces for match in _matches(spec))
    )
