"""Who may say that every pod of a namespace is governed: what `/validate-namespace` answers.

| request                                             | answer                               |
|-----------------------------------------------------|--------------------------------------|
| not an AdmissionReview, not a Namespace             | 400                                  |
| another kind, a subresource, another operation      | allowed, untouched                   |
| the label `taxiway/govern` stays what it was        | allowed                              |
| it is set, changed or removed by one of `Governors` | allowed                              |
| by anybody else                                     | denied: says who may, and whom to ask |

DAG authors choose the labels of their pods. The namespace's label is what closes the way around
the check, so it must not be theirs to take off. No policy is needed to answer: what is asked
here is a setting of the installation, and holds while there is no policy yet.
"""

from collections.abc import Iterable

from msgspec import Struct
from msgspec.json import Decoder

from webhook.admission import outcomes
from webhook.admission.answer import Answer, allowed, denied
from webhook.admission.record import Record
from webhook.admission.review import (
    MALFORMED,
    BadRequest,
    Request,
    checked_request,
    decode_envelope,
    reason,
)
from webhook.engine.message import one_line, shown
from webhook.kube.pod import ObjectMeta
from webhook.kube.review import UserInfo
from webhook.names import GOVERN
from webhook.policy.enumeration import listed
from webhook.policy.globs import compile_glob

NAME = "validate-namespace"


class Governors(Struct, frozen=True):
    """Users and groups by name or glob. Without any, nobody may."""

    users: tuple[str, ...] = ()
    groups: tuple[str, ...] = ("system:masters",)  # who may do anything by Kubernetes' own rule
    contact: str | None = None  # whom others should ask

    def include(self, user: UserInfo) -> bool:
        names = [user.username] if user.username else []
        return _any(self.users, names) or _any(self.groups, user.groups or ())


class Namespace(Struct, rename="camel", frozen=True, gc=False):
    metadata: ObjectMeta = ObjectMeta()

    @property
    def governs(self) -> str | None:
        """The value of the label; None: it has none."""
        return (self.metadata.labels or {}).get(GOVERN)


class NamespaceRequest(Request, rename="camel", frozen=True, gc=False):
    object: Namespace | None = None
    old_object: Namespace | None = None


class _Review(Struct, rename="camel", frozen=True, gc=False):
    api_version: str | None = None
    kind: str | None = None
    request: NamespaceRequest | None = None


_review = Decoder(_Review).decode
NOBODY = UserInfo()


def answer_namespace(body: bytes, governors: Governors) -> Answer:
    """The answer to one request's body. Bad input is answered; only a bug of ours raises."""
    try:
        request = decode_envelope(body)
        if not _is_ours(request):
            return allowed(request.uid, Record(NAME, "ignored", request.uid))
        return _answer(_decode(body), governors)
    except BadRequest as error:
        return outcomes.bad_request(NAME, str(error))


def _is_ours(request: Request) -> bool:
    kind = request.kind
    return (
        kind is not None
        and (kind.group, kind.kind) == ("", "Namespace")
        and not request.sub_resource
        and request.operation in ("CREATE", "UPDATE")
    )


def _decode(body: bytes) -> NamespaceRequest:
    try:
        review = _review(body)
    except MALFORMED as error:
        raise BadRequest(f"the object is no Namespace: {reason(error)}") from None
    return checked_request(review.api_version, review.kind, review.request)


def _answer(request: NamespaceRequest, governors: Governors) -> Answer:
    uid, namespace, old = request.uid, request.object, request.old_object
    is_new = request.operation == "CREATE"
    if namespace is None or (old is None and not is_new):
        missing = "object" if namespace is None else "oldObject"
        raise BadRequest(f"the request has no {missing}; send a Namespace in it")
    before = None if is_new or old is None else old.governs
    user = request.user_info or NOBODY
    if namespace.governs == before or governors.include(user):
        return allowed(uid, Record(NAME, "allowed", uid))
    meta = namespace.metadata
    name = meta.name or request.name or meta.generate_name or "without a name"
    message = _denial(name, user, governors)
    return denied(uid, Record(NAME, "denied", uid, message=message), message)


def _denial(namespace: str, user: UserInfo, governors: Governors) -> str:
    """One line: what is not theirs to do, who may, and whom to ask."""
    who = " and ".join(_named("user", governors.users) + _named("group", governors.groups))
    may = f"only {who} may" if who else "nobody may"
    ask = governors.contact or ("one of them" if who else "who installed Taxiway")
    return one_line(
        f"namespace {shown(namespace)}: {may} set, change or remove its label {GOVERN}, and you "
        f"are {shown(user.username or 'nobody')}. Leave the label as it is, or ask {ask}."
    )


def _named(noun: str, found: tuple[str, ...]) -> list[str]:
    return [f"{noun}{'s' if len(found) > 1 else ''} {listed(found)}"] if found else []


def _any(globs: Iterable[str], names: Iterable[str]) -> bool:
    tests = [compile_glob(glob) for glob in globs]
    return any(test(name) for name in names for test in tests)
