"""A pod as its author sent it, told from one that a policy set has placed already.

The other set would take what the first one gave for the author's own, and call it a conflict. So
what the first set gives is taken off again, where the pod carries exactly that:

| field                                      | is taken off when                                   |
|--------------------------------------------|-----------------------------------------------------|
| labels, annotations, nodeSelector          | key and value are the policy's                      |
| tolerations, pull secrets, env             | the toleration, or the name, is the policy's        |
| required node affinity                     | a term holds all expressions of a term of the       |
|                                            | policy's; terms that are alike then are one         |
| other affinity terms, spread constraints   | they mean the same                                  |
| priority class, scheduler, runtime class,  | it is the policy's; with what the API server        |
| service account                            | computed from it                                    |
| requests and limits                        | the quantity is the policy's                        |

What comes of it counts only if the same set would give the pod all that was taken off, and finds
no conflict that was not there; else the pod stays as it is, and is not sure. Nor is one that
another revision has placed. What cannot be told at all: whether the author had written the same,
and what `onConflict: override` replaced.
"""

from typing import Any

from msgspec import Struct, convert, structs, to_builtins

from webhook.airflow.workload import Workload
from webhook.engine.draft import NOTHING, Part
from webhook.engine.engine import Engine
from webhook.engine.rules.subject import Subject
from webhook.engine.taken_off import take_off
from webhook.kube.pod import Container, Labels, Pod, PodSpec
from webhook.kube.review import AdmissionRequest
from webhook.names import APPLIED, KUBE2IAM_ROLE


class Sent(Struct, frozen=True):
    """`is_sure`: nothing of an earlier decision is left in it, as far as that can be told."""

    request: AdmissionRequest
    is_sure: bool = True
    was_placed: bool = False  # it carried `taxiway/applied`


def as_sent(engine: Engine, request: AdmissionRequest, workload: Workload) -> Sent:
    """What `request` was before `engine`'s set placed its pod, if that ever did."""
    applied = (request.pod.metadata.annotations or NOTHING).get(APPLIED)
    if applied is None or request.operation != "CREATE":  # of an update the change is judged
        return Sent(request)
    restored = _restored(engine, request, workload)
    if restored is None:
        return Sent(request, is_sure=False, was_placed=True)
    return Sent(restored, applied.rpartition("@")[2] == engine.revision, was_placed=True)


def _restored(
    engine: Engine, request: AdmissionRequest, workload: Workload
) -> AdmissionRequest | None:
    """None where the set would not give back what was taken off."""
    placed = engine.place(request, workload)
    whole = to_builtins(request.pod)
    taken = [part for part in _given(engine, placed) if take_off(whole, part)]
    (whole["metadata"].get("annotations") or {}).pop(APPLIED, None)
    sent = structs.replace(request, pod=convert(whole, Pod))
    again = engine.place(sent, workload)
    is_given_again = _named(again.draft.missing).issuperset(_named(taken))
    return sent if is_given_again and _conflicts(placed).issuperset(_conflicts(again)) else None


def _named(parts: list[Part]) -> set[tuple[str, str]]:
    return {(part.path, part.text) for part in parts}


def _conflicts(subject: Subject) -> set[str]:
    return {conflict.part.text for conflict in subject.draft.conflicts}


def _given(engine: Engine, subject: Subject) -> list[Part]:
    """All that the set gives to such a pod, were there nothing of it."""
    request, workload = subject.request, subject.workload
    team_label = subject.policies.spec.labels.team
    keys = {*subject.placement.label_keys, team_label}
    bare = engine.place(_bare(request, subject, keys), workload)
    if bare.team is not subject.team:  # its label says whose it is, and the author wrote that
        bare = engine.place(_bare(request, subject, keys - {team_label}), workload)
    return bare.draft.missing


def _bare(request: AdmissionRequest, subject: Subject, label_keys: set[str]) -> AdmissionRequest:
    """The request without any of what its policy might have added."""
    meta, spec = request.pod.metadata, request.pod.spec
    annotation_keys = {*subject.placement.annotation_keys, APPLIED, KUBE2IAM_ROLE}
    metadata = structs.replace(
        meta,
        labels=_without(meta.labels, label_keys),
        annotations=_without(meta.annotations, annotation_keys),
    )
    containers = [
        Container(name=each.name, env_from=each.env_from) for each in spec.containers or ()
    ]
    bare: dict[str, Any] = {"metadata": metadata, "spec": PodSpec(containers=containers)}
    return structs.replace(request, pod=structs.replace(request.pod, **bare))


def _without(entries: Labels | None, keys: set[str]) -> Labels:
    return {key: value for key, value in (entries or NOTHING).items() if key not in keys}
