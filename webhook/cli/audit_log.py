"""Pods as they were sent, out of the API server's audit log: one JSON event a line.

Of each creation of a pod its `requestObject` counts: what the client sent, before defaulting by
admission plugins and before any webhook changed it. It is there from level Request on. What was
refused at the time is compared as well. Other events are passed over, `create` of a subresource
(a binding, an eviction) among them.
Source: Kubernetes API reference, audit.k8s.io/v1 Event; apiserver endpoints/handlers/create.go.
"""

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import msgspec
from msgspec import Raw, Struct, structs

from webhook.admission import BadRequest, decode_pod
from webhook.admission.review import MALFORMED
from webhook.cli.corpus import Case
from webhook.cli.documents import STDIN, named_input, unreadable
from webhook.cli.objects import creation
from webhook.cli.subject import Defaults, Refusal
from webhook.kube.review import UserInfo

LONGEST_LINE = 16 * 2**20  # bytes: two objects of 3 MiB, escaped, and the envelope
NO_OBJECT = Raw(b"null")
_UNKNOWN = (
    "{} creations in {} have no requestObject, so their pods are not known: log pods at level "
    "Request in the API server's audit policy"
)


class ObjectReference(Struct, rename="camel", frozen=True):
    resource: str = ""
    api_group: str = ""
    subresource: str = ""
    namespace: str | None = None
    name: str | None = None


class Event(Struct, rename="camel", frozen=True):
    """The parts of an audit event that are read; `items` those of an EventList."""

    kind: str = ""
    stage: str = ""
    verb: str = ""
    user: UserInfo | None = None
    impersonated_user: UserInfo | None = None
    object_ref: ObjectReference | None = None
    request_object: Raw = NO_OBJECT  # msgspec reads no union of Raw and None
    items: "list[Event] | None" = None

    @property
    def is_creation(self) -> bool:
        """Of a pod, once it was answered: an earlier stage tells of the same request."""
        about = self.object_ref
        return (
            self.verb == "create"
            and self.stage in ("ResponseComplete", "Panic", "")
            and about is not None
            and (about.resource, about.api_group, about.subresource) == ("pods", "", "")
        )


_event = msgspec.json.Decoder(Event).decode


class AuditLog:
    """The creations of pods in one log. See `Corpus`."""

    def __init__(self, file: str, *, govern_all: bool) -> None:
        self._file = file
        self._origin = named_input(file)
        self._govern_all = govern_all
        self._without_object = 0
        self.read = 0
        path = Path(file)
        self.total: int | None = path.stat().st_size if path.is_file() else None
        self.notes: list[str] = []

    def cases(self) -> Iterator[Case | Refusal]:
        try:
            with ExitStack() as stack:
                yield from self._lines(self._opened(stack))
        except OSError as error:
            yield Refusal(self._origin, unreadable(error))
        if self._without_object:
            self.notes.append(_UNKNOWN.format(self._without_object, self._origin))

    def _opened(self, stack: ExitStack) -> BinaryIO:
        if self._file == STDIN:
            return BytesIO() if sys.stdin is None else sys.stdin.buffer
        return stack.enter_context(Path(self._file).open("rb"))

    def _lines(self, stream: BinaryIO) -> Iterator[Case | Refusal]:
        number = 0
        while line := stream.readline(LONGEST_LINE + 1):
            number += 1
            self.read += len(line)
            where = f"{self._origin}:{number}"
            if len(line) > LONGEST_LINE:
                limit = LONGEST_LINE >> 20
                yield Refusal(where, f"is over {limit} MiB long; is this one event a line?")
                return
            if b'"pods"' in line:
                yield from self._line(line, where)
            elif not line.lstrip().startswith(b"{") and line.strip():
                yield Refusal(where, "this is no audit event; give the log as JSON, one a line")
                return

    def _line(self, line: bytes, where: str) -> Iterator[Case | Refusal]:
        try:
            event = _event(line)
        except MALFORMED:
            yield Refusal(where, "this is no audit event; give the log as JSON, one a line")
            return
        for each in event.items if event.items is not None else [event]:
            if each.is_creation:
                yield from self._creation(each, where)

    def _creation(self, event: Event, where: str) -> Iterator[Case | Refusal]:
        sent = bytes(event.request_object)
        if sent == b"null" or event.object_ref is None:
            self._without_object += 1
            return
        try:
            pod = decode_pod(sent)
        except BadRequest as error:
            yield Refusal(where, str(error))
            return
        user = event.impersonated_user or event.user
        about = event.object_ref
        request = creation(
            pod, Defaults(namespace=about.namespace, user=user.username if user else None)
        )
        namespace = about.namespace or request.namespace
        request = structs.replace(request, namespace=namespace, name=request.name or about.name)
        yield Case(where, request, self._govern_all)
