"""`/validate-policy`: a change of a policy ConfigMap, before it is stored.

| request                                            | answer                                     |
|----------------------------------------------------|--------------------------------------------|
| not an AdmissionReview                             | 400                                        |
| no ConfigMap, or one that is no policy             | allowed, untouched                         |
| nothing that is policy differs                     | allowed                                    |
| a deletion by Kubernetes itself                    | allowed: a namespace that ends must end    |
| a deletion of the chart's own policy               | allowed, with a warning: so must a release |
| the change cannot be judged now                    | allowed, with a warning that says why      |
| the change brings errors (`policy.change` has the rule) | denied, with each at file:line:column |
| the change is good                                 | allowed, with warnings                     |

`question` makes of bytes what has to be judged, or the answer where nothing has; the judge is
another process, which knows YAML; `answered` makes the answer of its verdict.
"""

from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct, field
from msgspec.json import Decoder

from webhook.admission.answer import Answer, allowed, denied
from webhook.admission.outcomes import bad_request
from webhook.admission.record import ConfigMapRequest, Record
from webhook.admission.review import MALFORMED, BadRequest, Request, checked_request, reason
from webhook.names import HELM_CHART, POLICY_LABEL, POLICY_LABELS, SHADOWS
from webhook.policy.question import Change, PolicyFiles, Verdict

NAME = "validate-policy"
# A message for a terminal. The API server takes any length; a person reads a screen or two.
MOST_CHARACTERS = 8000
MOST_LINE = 500
# Where all warnings of an answer are over 4,096 characters, the API server cuts each to 256 and
# drops what is still too much. Source: apiserver `pkg/endpoints/filters/warning.go`.
MOST_WARNING = 256
MOST_WARNINGS = 3900
# Who deletes what is in a namespace that is being deleted, or what an owner leaves behind.
_CONTROLLERS = ("system:serviceaccount:kube-system:", "system:kube-controller-manager")
# The label `helm.sh/chart` of what our chart makes: its name and version.
_OUR_CHART = "taxiway-"
# `helm uninstall` deletes webhook configurations last, when the policy was refused already.
OF_THE_CHART = (
    "this is the chart's own policy, which `helm uninstall` deletes: it was not asked what goes "
    "without it. If no policy is left, or one needs it, the last good set stays in force"
)


class Question(Struct, frozen=True):
    """A request that has to be judged."""

    request: ConfigMapRequest
    change: Change


Seen = Callable[[str], str | None]  # of a team: what this replica has seen of its pods, in words


class _Annotations(Struct, frozen=True):
    """The one that is read; kubectl's own may have 256 KiB."""

    shadows: str | None = field(name=SHADOWS, default=None)


class _Metadata(Struct, rename="camel", frozen=True):
    name: str | None = None
    generate_name: str | None = None
    labels: dict[str, str] | None = None
    annotations: _Annotations | None = None


class _ConfigMap(Struct, rename="camel", frozen=True):
    metadata: _Metadata = _Metadata()
    data: dict[str, str] | None = None
    binary_data: dict[str, bytes] | None = None

    def is_of_our_chart(self) -> bool:
        return (self.metadata.labels or {}).get(HELM_CHART, "").startswith(_OUR_CHART)

    def policies(self) -> PolicyFiles | None:
        meta = self.metadata
        label = (meta.labels or {}).get(POLICY_LABEL)
        if label not in POLICY_LABELS:
            return None
        shadows = meta.annotations.shadows if meta.annotations is not None else None
        return PolicyFiles(label, self.data or None, self.binary_data or None, shadows)


class _Request(Request, rename="camel", frozen=True, gc=False):
    object: _ConfigMap | None = None
    old_object: _ConfigMap | None = None

    def is_of_config_map(self) -> bool:
        kind = self.kind
        return (
            kind is not None
            and (kind.group, kind.kind) == ("", "ConfigMap")
            and not self.sub_resource
            and self.operation in ("CREATE", "UPDATE", "DELETE")
        )


class _Review(Struct, rename="camel", frozen=True):
    api_version: str | None = None
    kind: str | None = None
    request: _Request | None = None


_decode = Decoder(_Review).decode


def question(body: bytes) -> Question | Answer:
    """What has to be judged, or the answer where nothing has. Bad input is answered."""
    try:
        request = _request(body)
        if not request.is_of_config_map():
            return allowed(request.uid, Record(NAME, "ignored", request.uid))
        return _question(request)
    except BadRequest as error:
        return bad_request(NAME, str(error))


def answered(asked: Question, verdict: Verdict, seen: Seen) -> Answer:
    """The answer to a request that was judged."""
    request = asked.request
    if verdict.unchecked is not None:
        said = f"this policy was not checked before it is stored: {verdict.unchecked}"
        return _admitted(request, "unchecked", [said])
    warnings = [*verdict.warnings, *_missed(verdict.gone, seen)]
    if verdict.errors:
        message = _message(verdict.errors)
        record = _record(request, "denied", message, tuple(warnings))
        return denied(request.uid, record, message, _short(warnings))
    return _admitted(request, "warned" if warnings else "allowed", warnings)


def _request(body: bytes) -> _Request:
    try:
        review = _decode(body)
    except MALFORMED as error:
        raise BadRequest(f"the body is no review of a ConfigMap: {reason(error)}") from None
    return checked_request(review.api_version, review.kind, review.request)


def _question(given: _Request) -> Question | Answer:
    before = given.old_object.policies() if given.old_object is not None else None
    after = given.object.policies() if given.object is not None else None
    request = _config_map_request(given)
    if before is None and after is None:
        return _admitted(request, "ignored")
    by_kubernetes = given.user_info is not None and (given.user_info.username or "").startswith(
        _CONTROLLERS
    )
    if before == after or (given.operation == "DELETE" and by_kubernetes):
        return _admitted(request, "allowed")
    if given.operation == "DELETE" and given.old_object and given.old_object.is_of_our_chart():
        return _admitted(request, "unchecked", [OF_THE_CHART])
    return Question(request, Change(request.namespace, request.config_map, before, after))


def _config_map_request(given: _Request) -> ConfigMapRequest:
    thing = given.object or given.old_object or _ConfigMap()
    name = given.name or thing.metadata.name or thing.metadata.generate_name or ""
    operation, namespace = given.operation or "", given.namespace or "default"
    return ConfigMapRequest(given.uid, operation, name, namespace, given.dry_run is True)


def _admitted(request: ConfigMapRequest, decision: str, warnings: Iterable[str] = ()) -> Answer:
    told = _short(warnings)
    return allowed(request.uid, _record(request, decision, warnings=tuple(told)), told)


def _record(
    request: ConfigMapRequest,
    decision: str,
    message: str | None = None,
    warnings: tuple[str, ...] = (),
) -> Record:
    return Record(NAME, decision, request.uid, request, message=message, warnings=warnings)


def _message(errors: tuple[str, ...]) -> str:
    """All errors, one a line, as many as somebody reads."""
    many = f"{len(errors)} errors" if len(errors) > 1 else "an error"
    lines = [f"the policy set would not load, for {many}:"]
    size = len(lines[0])
    for error in errors:
        line = _cut(error, MOST_LINE)
        size += len(line) + 1
        if size > MOST_CHARACTERS:
            lines.append(f"... and {len(errors) - len(lines) + 1} more; mend these first")
            break
        lines.append(line)
    return "\n".join(lines)


def _missed(gone: Iterable[str], seen: Seen) -> Iterator[str]:
    for team in gone:
        said = seen(team)
        if said is not None:
            yield f"team `{team}` would be no more: {said}"


def _short(warnings: Iterable[str]) -> list[str]:
    """As many as the API server passes on, each on one short line."""
    every = [_cut(warning, MOST_WARNING) for warning in warnings]
    kept: list[str] = []
    left = MOST_WARNINGS
    for warning in every:
        left -= len(warning.encode())
        if left < 0:
            return [*kept, f"... and {len(every) - len(kept)} more warnings: run taxiway lint"]
        kept.append(warning)
    return kept


def _cut(line: str, most: int) -> str:
    return line if len(line) <= most else line[: most - 1] + "…"
