"""What the caller gets when no decision is made: plain answers with a one-line reason.

The API server tries a 429 or 5xx with `Retry-After` again, as many times as 10 s allow or up to
11 times at once, and on the same connection: `Connection: close` lets the next try reach another
replica. It is never sent with what would fail again.
"""

from webhook.admission.answer import Answer, Headers
from webhook.admission.record import Record

_CLOSE = (b"connection", b"close")
_AT_ONCE = (b"retry-after", b"0")
_IN_A_SECOND = (b"retry-after", b"1")


def bad_request(endpoint: str, reason: str, uid: str | None = None) -> Answer:
    record = Record(endpoint=endpoint, decision="bad-request", uid=uid, message=reason)
    return _plain(400, reason, record)


def too_large(endpoint: str) -> Answer:
    """413; reading stopped, so the connection cannot be used again."""
    reason = "the body is larger than 7 MiB; no AdmissionReview of a pod is"
    return _plain(413, reason, _failed(endpoint, reason), _CLOSE)


def too_slow(endpoint: str) -> Answer:
    reason = "the body was not complete after 1 s; send it at once"
    return _plain(408, reason, _failed(endpoint, reason), _CLOSE)


def too_many(endpoint: str) -> Answer:
    reason = "too many unfinished bodies; try again in a second"
    return _plain(429, reason, _failed(endpoint, reason), _IN_A_SECOND, _CLOSE)


def not_ready(endpoint: str, uid: str | None = None) -> Answer:
    """No policy is loaded yet, or the service is shutting down."""
    reason = "not ready: no policy is loaded yet, or this replica is shutting down; try another"
    record = Record(endpoint=endpoint, decision="not-ready", uid=uid, message=reason)
    return _plain(503, reason, record, _AT_ONCE, _CLOSE)


def another_set(record: Record) -> Answer:
    """What would be a denial, by another set than the annotation names."""
    reason = "the pod was patched by a policy set that is not on this replica; try again"
    return _plain(503, reason, record, _IN_A_SECOND, _CLOSE)


def internal_error(endpoint: str, uid: str | None = None) -> Answer:
    reason = "internal error; the log has the details under the request's uid"
    return _plain(500, reason, Record(endpoint=endpoint, decision="error", uid=uid))


def _failed(endpoint: str, reason: str) -> Record:
    return Record(endpoint=endpoint, decision="bad-request", message=reason)


def _plain(status: int, reason: str, record: Record, *headers: tuple[bytes, bytes]) -> Answer:
    body = f"{reason}\n".encode()
    described: Headers = (
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", b"%d" % len(body)),
        *headers,
    )
    return Answer(status, body, described, record)
