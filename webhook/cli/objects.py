"""Which pods there are in a document: Pods, templates, Lists, SparkApplications, AdmissionReviews.

Everything else is refused by name, and what stands beside it is reviewed all the same.
"""

import re
from collections.abc import Iterator
from json import dumps
from typing import Any

from webhook.admission import BadRequest, decode_pod
from webhook.cli import spark
from webhook.cli.subject import JUDGED_OPERATIONS, Defaults, Refusal, Subject
from webhook.cli.templates import TEMPLATES, pod_of
from webhook.kube.pod import Pod
from webhook.kube.review import AdmissionRequest

ACCEPTED = (
    f"give a Pod, a List, an AdmissionReview, a SparkApplication or one of {', '.join(TEMPLATES)}"
)
# A List in a List is legal and of no use; a bound keeps a file from nesting them without end.
MAX_LISTS = 5
_UNQUOTED = re.compile(r"Expected `str[^`]*`, got `(bool|int|float)`")
_WITHOUT = re.compile(r"Expected `str`, got `null`")

Found = Subject | Refusal


def pods_in(value: Any, origin: str, defaults: Defaults, lists: int = 0) -> Iterator[Found]:
    """The pods of one document, in its order."""
    if not isinstance(value, dict):
        yield Refusal(origin, f"this is {_described(value)}, not a Kubernetes object; {ACCEPTED}")
        return
    kind = value.get("kind")
    if not isinstance(kind, str) or not kind:
        yield Refusal(origin, f"there is no `kind`, so nobody can tell what it is; {ACCEPTED}")
    elif kind == "AdmissionReview":
        yield _reviewed(value, origin, defaults)
    elif kind.endswith("List") and lists < MAX_LISTS:
        yield from _listed(value, origin, defaults, lists)
    else:
        yield from _object(value, kind, origin, defaults)


def _object(value: dict[str, Any], kind: str, origin: str, defaults: Defaults) -> Iterator[Found]:
    version = str(value.get("apiVersion") or "")
    group, _, _ = version.rpartition("/")
    if version.startswith("taxiway/"):
        yield Refusal(origin, "this is a policy; give it with --policies")
    elif kind == "Pod" and group == "":
        yield _pod(value, origin, defaults)
    elif kind in TEMPLATES and (group in TEMPLATES[kind].groups or not version):
        yield _templated(value, kind, origin, defaults)
    elif kind in spark.PATHS and group in (spark.GROUP, ""):
        yield from _spark(value, origin, defaults)
    else:
        yield Refusal(origin, f"{_named(value, kind)} is not a pod and makes none; {ACCEPTED}")


def _listed(value: dict[str, Any], origin: str, defaults: Defaults, lists: int) -> Iterator[Found]:
    """In a typed list (PodList) the items need not repeat their kind."""
    items = value.get("items")
    if not isinstance(items, list):
        yield Refusal(origin, f"{value['kind']} has no list of `items`")
        return
    implied = {"kind": value["kind"].removesuffix("List"), "apiVersion": value.get("apiVersion")}
    for index, item in enumerate(items):
        if isinstance(item, dict) and not item.get("kind") and implied["kind"]:
            item = implied | item
        yield from pods_in(item, f"{origin}, items[{index}]", defaults, lists + 1)


def _templated(value: dict[str, Any], kind: str, origin: str, defaults: Defaults) -> Found:
    template = TEMPLATES[kind]
    pod = pod_of(template, value)
    if pod is None:
        return Refusal(origin, f"{_named(value, kind)} has no {'.'.join(template.path)}")
    user = template.user or defaults.user
    return _pod(pod, origin, Defaults(namespace=defaults.namespace, user=user))


def _spark(value: dict[str, Any], origin: str, defaults: Defaults) -> Iterator[Found]:
    pods = spark.pods_of(value)
    if not pods:
        path = ".".join(spark.PATHS[value["kind"]])
        yield Refusal(origin, f"{_named(value, value['kind'])} has no {path}")
    for role, pod in pods:
        yield _pod(pod, f"{origin}, spec.{role}", defaults, (spark.NOTE,))


def _pod(
    raw: dict[str, Any], origin: str, defaults: Defaults, notes: tuple[str, ...] = ()
) -> Found:
    raw = _whole(raw)
    pod = _decoded(raw)
    if isinstance(pod, str):
        return Refusal(origin, pod)
    return Subject(origin=origin, request=creation(pod, defaults), raw=raw, notes=notes)


def creation(pod: Pod, defaults: Defaults) -> AdmissionRequest:
    """The request that would make this pod; it may have been made, and read from a cluster."""
    return AdmissionRequest(
        uid="",
        operation="CREATE",
        pod=pod,
        namespace=pod.metadata.namespace or defaults.namespace or "default",
        name=pod.metadata.name,
        user=defaults.user,
        from_cluster=bool(pod.metadata.resource_version),
    )


def _reviewed(review: dict[str, Any], origin: str, defaults: Defaults) -> Found:
    """An AdmissionReview as an API server sends it: its own request is the one to judge."""
    asked = review.get("request")
    if review.get("apiVersion") != "admission.k8s.io/v1":
        return Refusal(origin, "this AdmissionReview is not of admission.k8s.io/v1")
    if not isinstance(asked, dict):
        return Refusal(origin, "this AdmissionReview has no `request`; it is an answer")
    kind = _text(_mapping(asked, "kind"), "kind") or "Pod"
    if kind != "Pod":
        return Refusal(origin, f"this AdmissionReview is about a {kind}; Taxiway judges Pods")
    new, old = asked.get("object"), asked.get("oldObject")
    operation = _operation(asked)
    if operation == "UPDATE" and old is None:  # only what changed is judged: from what?
        return Refusal(origin, "the request has no oldObject; give the Pod before the update too")
    raw: Any = old if new is None and operation not in JUDGED_OPERATIONS else new  # a deletion
    pod, old_pod = _decoded(raw), None if old is None else _decoded(old)
    for problem in (pod, old_pod):
        if isinstance(problem, str):
            return Refusal(origin, problem)
    request = _request(asked, pod, old_pod, defaults)
    return Subject(origin=origin, request=request, raw=_whole(raw))


def _request(asked: dict[str, Any], pod: Any, old_pod: Any, defaults: Defaults) -> AdmissionRequest:
    operation = _operation(asked)
    own_namespace = _text(asked, "namespace") or pod.metadata.namespace
    return AdmissionRequest(
        uid=_text(asked, "uid") or "",
        operation=operation,
        pod=pod,
        namespace=own_namespace or defaults.namespace or "default",
        name=_text(asked, "name"),
        old_pod=old_pod if operation == "UPDATE" else None,
        user=_text(_mapping(asked, "userInfo"), "username") or defaults.user,
        dry_run=asked.get("dryRun") is True,
    )


def _operation(asked: dict[str, Any]) -> str:
    """A subresource (status, eviction, …) is not the pod's own spec: answered unread."""
    operation = _text(asked, "operation") or "CREATE"
    return f"{operation} subresource" if asked.get("subResource") else operation


def _whole(raw: dict[str, Any]) -> dict[str, Any]:
    """As an API server would pass it on: it always writes these two, even when empty."""
    return raw | {part: {} for part in ("metadata", "spec") if raw.get(part) is None}


def _decoded(raw: Any) -> Pod | str:
    """The pod, or why it is none: the same reading as the service's own."""
    if not isinstance(raw, dict):
        return f"there is {_described(raw)} where a Pod must be"
    try:
        return decode_pod(dumps(raw).encode())
    except BadRequest as error:
        # `kubernetes_pod_operator: True` and `version: 1.10` are what people write most often.
        quotes = "; write the value in quotes" if _UNQUOTED.search(str(error)) else ""
        # `team:` with nothing after it.
        empty = '; write "" for an empty value' if _WITHOUT.search(str(error)) else ""
        return f"{error}{quotes}{empty}"


def _text(whole: dict[str, Any], key: str) -> str | None:
    part = whole.get(key)
    return part if isinstance(part, str) and part else None


def _mapping(whole: dict[str, Any], key: str) -> dict[str, Any]:
    part = whole.get(key)
    return part if isinstance(part, dict) else {}


def _named(value: dict[str, Any], kind: str) -> str:
    name = _text(_mapping(value, "metadata"), "name")
    return f"{kind} {name}" if name else f"this {kind}"


def _described(value: Any) -> str:
    names = {list: "a list", str: "text", bool: "true or false", int: "a number", float: "a number"}
    return names.get(type(value), "nothing")
