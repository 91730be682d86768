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
from webhook.engine.memory import Placed
from webhook.kube.review import AdmissionRequest

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


def ignored(endpoint: str, uid: str, request: AdmissionRequest | None = None) -> Answer:
    """None of our business."""
    return _enclosed(uid, Record(endpoint, "ignored", uid, request), b',"allowed":true}}')


def repeated(uid: str, record: Record, placed: Placed) -> Answer:
    """Allowed, with the patch if that is the decision: but for the uid the same for every pod that
    this was placed for, so it is encoded for the first of them.
    """
    said = placed.said
    if said is None:
        said = placed.said = _said(record, placed)
    return _enclosed(uid, record, said)


def _said(record: Record, placed: Placed) -> bytes:
    members = b',"allowed":true'
    if record.decision == "patched":
        patch = b2a_base64(operations_json(placed.operations), newline=False)
        members += b',"patchType":"JSONPatch","patch":"%b"' % patch
    return members + _rest(record, placed.warnings)


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
    return _enclosed(uid, record, members + _rest(record, warnings))


def _rest(record: Record, warnings: Sequence[str]) -> bytes:
    warned = b',"warnings":' + _encode(warnings) if warnings else b""
    return _audit(record) + warned + b"}}"


def _enclosed(uid: str, record: Record, rest: bytes) -> Answer:
    body = b"".join((_HEAD, _encode(uid), rest))
    return Answer(200, body, (_JSON, (b"content-length", b"%d" % len(body))), record)
