"""The API server's contract: bytes in, bytes out. Pure. Start reading in `admit`."""

from webhook.admission.admit import (
    ENDPOINTS,
    GOVERNING,
    PATHS,
    POLICIES,
    Endpoint,
    PolicySets,
    Settings,
    answer,
)
from webhook.admission.answer import Answer, operations_json
from webhook.admission.governors import Governors, answer_namespace
from webhook.admission.guard import unguarded
from webhook.admission.outcomes import internal_error, not_ready, too_large, too_many, too_slow
from webhook.admission.record import DECISIONS, Record
from webhook.admission.review import (
    BadRequest,
    PodRequest,
    admission_request,
    decode_pod,
    decode_review,
)

__all__ = [
    "DECISIONS",
    "ENDPOINTS",
    "GOVERNING",
    "PATHS",
    "POLICIES",
    "Answer",
    "BadRequest",
    "Endpoint",
    "Governors",
    "PodRequest",
    "PolicySets",
    "Record",
    "Settings",
    "admission_request",
    "answer",
    "answer_namespace",
    "decode_pod",
    "decode_review",
    "internal_error",
    "not_ready",
    "operations_json",
    "too_large",
    "too_many",
    "too_slow",
    "unguarded",
]
