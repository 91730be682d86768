"""Bytes in: an `admission.k8s.io/v1` AdmissionReview, decoded as far as it is needed.

The object stays raw until it is known to be a Pod in an operation of ours: other kinds have
fields of the same names and other types, and are none of our business.
Source: Kubernetes API reference, admission/v1; dispatch in apiserver `plugin/webhook`.
"""

from typing import NoReturn

from msgspec import UNSET, DecodeError, Raw, Struct, UnsetType, ValidationError
from msgspec.json import Decoder

from webhook.kube.pod import Pod
from webhook.kube.review import AdmissionRequest, UserInfo

API_VERSION = "admission.k8s.io/v1"
KIND = "AdmissionReview"


class BadRequest(Exception):
    """The body is not what the API server sends; the reason is one line, and holds none of it."""


class GroupVersionKind(Struct, frozen=True, gc=False):
    group: str = ""
    version: str = ""
    kind: str = ""


class Request(Struct, rename="camel", frozen=True, gc=False):
    """The request as it came, its objects raw."""

    uid: str
    kind: GroupVersionKind | None = None
    operation: str | None = None
    sub_resource: str | None = None
    namespace: str | None = None
    name: str | None = None
    object: Raw | UnsetType = UNSET
    old_object: Raw | UnsetType = UNSET
    user_info: UserInfo | None = None
    dry_run: bool | None = None

    def is_ours(self) -> bool:
        """A pod itself (no subresource) that is made or changed."""
        kind = self.kind
        return (
            kind is not None
            and kind.kind == "Pod"
            and kind.group == ""
            and not self.sub_resource
            and self.operation in ("CREATE", "UPDATE")
        )


class _Review(Struct, rename="camel", frozen=True, gc=False):
    api_version: str | None = None
    kind: str | None = None
    request: Request | None = None


_review = Decoder(_Review).decode
_pod = Decoder(Pod).decode


def decode_review(body: bytes) -> Request:
    """The request of an AdmissionReview v1. Raises BadRequest."""
    try:
        review = _review(body)
    except (DecodeError, UnicodeDecodeError, RecursionError) as error:
        _refuse("the body is no AdmissionReview", error)
    if review.api_version != API_VERSION or review.kind != KIND:
        raise BadRequest(f"the body is no {KIND} of {API_VERSION}; send one")
    if review.request is None or not review.request.uid:
        raise BadRequest(f"the {KIND} has no request with a uid; send one")
    return review.request


def decode_pod(raw: bytes | Raw) -> Pod:
    """A Pod from its JSON. Raises BadRequest."""
    try:
        pod = _pod(raw)
    except (DecodeError, UnicodeDecodeError, RecursionError) as error:
        _refuse("the object is no Pod", error)
    if pod.kind != "Pod" or pod.api_version != "v1":
        raise BadRequest("the object is no Pod of v1; send one")
    return pod


def decode_request(request: Request) -> AdmissionRequest:
    """A request of ours with its pods. Raises BadRequest."""
    pod = _decode_object(request.object, "object")
    return AdmissionRequest(
        request.uid,
        request.operation or "",
        pod,
        request.namespace or pod.metadata.namespace or "default",
        request.name,
        _decode_object(request.old_object, "oldObject") if request.operation == "UPDATE" else None,
        request.user_info.username if request.user_info is not None else None,
        request.dry_run is True,
    )


def _decode_object(raw: Raw | UnsetType, name: str) -> Pod:
    if raw is UNSET:
        raise BadRequest(f"the request has no {name}; send a Pod in it")
    return decode_pod(raw)


def _refuse(what: str, error: Exception) -> NoReturn:
    """Where it went wrong: msgspec names the path and the types, and never a value."""
    reason = "nested too deeply" if isinstance(error, RecursionError) else _reason(error)
    raise BadRequest(f"{what}: {reason}") from None


def _reason(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8"
    return str(error) if isinstance(error, ValidationError) else "it is not valid JSON"
