"""Bytes out: the four answers to an AdmissionReview, made here and nowhere else.

A mutating answer has `patch` and `patchType` both or neither, a validating one neither; the uid
is the request's; else the API server counts the call as failed.
A denial has code 400: with 403 some Airflow versions queue the task again for ever, 5xx and 429
are tried again. Code 500 is for what is our fault, so that Airflow does try again.
"""

from binascii import b2a_base64
from collections.abc import Sequence
from functools import lru_cache

from msgspec import Struct
from msgspec.json import Encoder

from webhook.admission.record import Record
from webhook.engine import Operation

Headers = tuple[tuple[bytes, bytes], ...]


class Answer(Struct, frozen=True, gc=False):
    """One HTTP answer, complete but for the date, and what may be said of it."""

    status: int
    body: bytes
    headers: Headers
    record: Record


_HEAD = b'{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","response":{"uid":'
_JSON = (b"content-type", b"application/json")
_encode = Encoder().encode


def allowed(uid: str, record: Record, warnings: Sequence[str] = ()) -> Answer:
    return _reviewed(uid, record, b',"allowed":true', warnings)


def patched(uid: str, record: Record, patch: bytes, warnings: Sequence[str] = ()) -> Answer:
    encoded = b2a_base64(patch, newline=False)
    body = b',"allowed":true,"patchType":"JSONPatch","patch":"%b"' % encoded
    return _reviewed(uid, record, body, warnings)


def denied(uid: str, record: Record, message: str, warnings: Sequence[str] = ()) -> Answer:
    return _refused(uid, record, 400, "BadRequest", message, warnings)


def failed(uid: str, record: Record, message: str, warnings: Sequence[str] = ()) -> Answer:
    """Our fault, not the author's: Airflow tries the task again."""
    return _refused(uid, record, 500, "InternalError", message, warnings)


def operations_json(operations: Sequence[Operation]) -> bytes:
    """The JSON Patch, as it goes out."""
    return b"[" + b",".join([operation.encoded for operation in operations]) + b"]"


def _refused(
    uid: str, record: Record, code: int, reason: str, message: str, warnings: Sequence[str]
) -> Answer:
    status = {"status": "Failure", "code": code, "reason": reason, "message": message}
    return _reviewed(uid, record, b',"allowed":false,"status":' + _encode(status), warnings)


def _audit(record: Record) -> bytes:
    """For the API server's audit log. It puts the webhook's name before each key."""
    if record.workload is None:
        return b""
    return _annotations(record.workload, record.decision, record.revision, record.team)


@lru_cache(maxsize=4096)  # some 400 bytes each
def _annotations(workload: str, decision: str, revision: str | None, team: str | None) -> bytes:
    annotations = {"workload": workload, "decision": decision}
    if revision:
        annotations["policy"] = revision
    if team:
        annotations["team"] = team
    return b',"auditAnnotations":' + _encode(annotations)


def _reviewed(uid: str, record: Record, members: bytes, warnings: Sequence[str]) -> Answer:
    """The envelope around an answer's members, put together from pieces that are JSON already."""
    warned = b',"warnings":' + _encode(warnings) if warnings else b""
    body = b"".join((_HEAD, _encode(uid), members, _audit(record), warned, b"}}"))
    return Answer(200, body, (_JSON, (b"content-length", b"%d" % len(body))), record)
