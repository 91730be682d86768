"""Bytes in: an `admission.k8s.io/v1` AdmissionReview, decoded as far as it is needed.

Its objects are decoded as Pods at once, in one pass. Where that fails the object may be of
another kind, whose fields have the same names and other types, and is none of our business: the
envelope alone is decoded then, and tells which.
Source: Kubernetes API reference, admission/v1; dispatch in apiserver `plugin/webhook`.
"""

from typing import NoReturn, TypeVar

from msgspec import DecodeError, Struct, ValidationError
from msgspec.json import Decoder

from webhook.kube.pod import Pod
from webhook.kube.review import AdmissionRequest, UserInfo

API_VERSION = "admission.k8s.io/v1"
KIND = "AdmissionReview"
NO_POD = "the object is no Pod of v1; send one"
MALFORMED = (DecodeError, UnicodeDecodeError, RecursionError)


class BadRequest(Exception):
    """The body is not what the API server sends; the reason is one line, and holds none of it."""


class GroupVersionKind(Struct, frozen=True, gc=False):
    group: str = ""
    version: str = ""
    kind: str = ""


class Request(Struct, rename="camel", frozen=True, gc=False):
    """The request as it came, but for its objects."""

    uid: str
    kind: GroupVersionKind | None = None
    operation: str | None = None
    sub_resource: str | None = None
    namespace: str | None = None
    name: str | None = None
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


class PodRequest(Request, rename="camel", frozen=True, gc=False):
    """A request whose objects could be read as Pods; whether they are is still to be seen."""

    object: Pod | None = None
    old_object: Pod | None = None


AnyRequest = TypeVar("AnyRequest", bound=Request)


class _Envelope(Struct, rename="camel", frozen=True, gc=False):
    api_version: str | None = None
    kind: str | None = None
    request: Request | None = None


class _Review(Struct, rename="camel", frozen=True, gc=False):
    api_version: str | None = None
    kind: str | None = None
    request: PodRequest | None = None


_review = Decoder(_Review).decode
_envelope = Decoder(_Envelope).decode
_pod = Decoder(Pod).decode


def decode_review(body: bytes) -> Request:
    """The request of an AdmissionReview v1; a PodRequest if it is ours. Raises BadRequest."""
    try:
        review: _Review | _Envelope = _review(body)
    except MALFORMED as error:
        review = _without_objects(body, error)
    return checked_request(review.api_version, review.kind, review.request)


def decode_envelope(body: bytes) -> Request:
    """The request of an AdmissionReview v1, whatever it is about. Raises BadRequest."""
    try:
        review = _envelope(body)
    except MALFORMED as error:
        _refuse(f"the body is no {KIND}", error)
    return checked_request(review.api_version, review.kind, review.request)


def checked_request(
    api_version: str | None, kind: str | None, request: AnyRequest | None
) -> AnyRequest:
    """The request, if it came in an AdmissionReview v1 and has a uid. Raises BadRequest."""
    if api_version != API_VERSION or kind != KIND:
        raise BadRequest(f"the body is no {KIND} of {API_VERSION}; send one")
    if request is None or not request.uid:
        raise BadRequest(f"the {KIND} has no request with a uid; send one")
    return request


def decode_pod(raw: bytes) -> Pod:
    """A Pod from its JSON. Raises BadRequest."""
    try:
        return _checked(_pod(raw))
    except MALFORMED as error:
        _refuse("the object is no Pod", error)


def admission_request(request: PodRequest, size: int) -> AdmissionRequest:
    """A request of ours with its pods; `size` is its review's, in bytes. Raises BadRequest."""
    pod, user, operation = request.object, request.user_info, request.operation or ""
    old = request.old_object if operation == "UPDATE" else None
    if pod is None or (old is None and operation == "UPDATE"):
        missing = "object" if pod is None else "oldObject"
        raise BadRequest(f"the request has no {missing}; send a Pod in it")
    if pod.kind != "Pod" or pod.api_version != "v1":
        raise BadRequest(NO_POD)
    if old is not None:
        _checked(old)
    return AdmissionRequest(
        request.uid,
        operation,
        pod,
        request.namespace or pod.metadata.namespace or "default",
        request.name,
        old,
        user.username if user is not None else None,
        request.dry_run is True,
        False,
        size,
    )


def _without_objects(body: bytes, reason: Exception) -> _Envelope:
    """The envelope of a review whose objects are no Pods, unless they would have to be."""
    try:
        envelope = _envelope(body)
    except MALFORMED as error:
        _refuse(f"the body is no {KIND}", error)
    if envelope.request is not None and envelope.request.is_ours():
        _refuse("the object is no Pod", reason)
    return envelope


def _checked(pod: Pod) -> Pod:
    if pod.kind != "Pod" or pod.api_version != "v1":
        raise BadRequest(NO_POD)
    return pod


def _refuse(what: str, error: Exception) -> NoReturn:
    """Where it went wrong: msgspec names the path and the types, and never a value."""
    raise BadRequest(f"{what}: {reason(error)}") from None


def reason(error: Exception) -> str:
    """Why a body could not be decoded, without a word of it."""
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8"
    return str(error) if isinstance(error, ValidationError) else "it is not valid JSON"
