"""Bytes out: the four answers to an AdmissionReview, made here and nowhere else.

A mutating answer has `patch` and `patchType` both or neither, a validating one neither; the uid
is the request's; else the API server counts the call as failed.
A denial has code 400: with 403 some Airflow versions queue the task again for ever, 5xx and 429
are tried again. Code 500 is for what is our fault, so that Airflow does try again.
"""

from base64 import b64encode
from collections.abc import Sequence

from msgspec import Struct
from msgspec.json import Encoder

from webhook.admission.record import Record
from webhook.admission.review import API_VERSION, KIND
from webhook.engine import Operation

Headers = tuple[tuple[bytes, bytes], ...]


class Answer(Struct, frozen=True, gc=False):
    """One HTTP answer, complete but for the date, and what may be said of it."""

    status: int
    body: bytes
    headers: Headers
    record: Record


class _Status(Struct, rename="camel", frozen=True, gc=False):
    code: int
    reason: str
    message: str
    status: str = "Failure"


class _Response(Struct, rename="camel", frozen=True, gc=False, omit_defaults=True):
    uid: str
    allowed: bool
    status: _Status | None = None
    patch: str | None = None
    patch_type: str | None = None
    audit_annotations: dict[str, str] | None = None
    warnings: Sequence[str] | None = None


class _Review(Struct, rename="camel", frozen=True, gc=False):
    response: _Response
    api_version: str = API_VERSION
    kind: str = KIND


_encode = Encoder().encode


def allowed(uid: str, record: Record, warnings: Sequence[str] = ()) -> Answer:
    return _reviewed(_Response(uid, True, None, None, None, _audit(record), warnings or None), record)


def patched(uid: str, record: Record, patch: bytes, warnings: Sequence[str] = ()) -> Answer:
    encoded = b64encode(patch).decode("ascii")
    response = _Response(uid, True, None, encoded, "JSONPatch", _audit(record), warnings or None)
    return _reviewed(response, record)


def denied(uid: str, record: Record, message: str, warnings: Sequence[str] = ()) -> Answer:
    return _refused(uid, record, _Status(400, "BadRequest", message), warnings)


def failed(uid: str, record: Record, message: str, warnings: Sequence[str] = ()) -> Answer:
    """Our fault, not the author's: Airflow tries the task again."""
    return _refused(uid, record, _Status(500, "InternalError", message), warnings)


def operations_json(operations: Sequence[Operation]) -> bytes:
    """The JSON Patch, as it goes out."""
    return b"[" + b",".join([operation.encoded for operation in operations]) + b"]"


def _refused(uid: str, record: Record, status: _Status, warnings: Sequence[str]) -> Answer:
    response = _Response(uid, False, status, None, None, _audit(record), warnings or None)
    return _reviewed(response, record)


def _audit(record: Record) -> dict[str, str] | None:
    """For the API server's audit log. It puts the webhook's name before each key."""
    if record.workload is None:
        return None
    annotations = {"workload": record.workload, "decision": record.decision}
    if record.revision:
        annotations["policy"] = record.revision
    if record.team:
        annotations["team"] = record.team
    return annotations


def _reviewed(response: _Response, record: Record) -> Answer:
    body = _encode(_Review(response))
    length = b"%d" % len(body)
    return Answer(
        200, body, ((b"content-type", b"application/json"), (b"content-length", length)), record
    )
