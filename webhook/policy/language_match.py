"""`match` says which pods a part of the policy is about, `members` whose pods are a team's.

Each key takes a list of names or globs, so that adding a second never changes the first; only
`labels` also takes a single value. A `match` of `{}` is every pod. A `members` needs a key: an
empty one would mean every pod too, and is more likely a mistake.
"""

from webhook.policy import limits
from webhook.policy.kubernetes_names import label_key
from webhook.policy.language_words import (
    glob,
    label_glob,
    listed,
    namespace_glob,
    workload_glob,
)
from webhook.policy.nodes import Mapping
from webhook.policy.places import Json, Place
from webhook.policy.shapes import Either, Field, MapOf, Record
from webhook.policy.shapes_scalar import Text
from webhook.policy.spec import Match, Members

_NAMESPACES = Field(listed(namespace_glob), "Namespaces, by name or glob.")
_DAGS = Field(listed(glob), "Dag ids or globs.")
_USERS = Field(
    listed(glob),
    "Who created the pod, by user name or glob: system:serviceaccount:NAMESPACE:NAME.",
)
_LABELS = MapOf(Either(Text(label_glob), listed(label_glob)), limits.LABELS, label_key, least=1)


def _members(given: Json, node: Mapping, at: Place) -> None:
    if not given:
        at.report(node, "names nobody; give namespaces, dags or users, or delete `members`")


MATCH = Record(
    "Match",
    "Which pods: all keys must match, and of a key's values one. Empty: every pod.",
    {
        "workloads": Field(listed(workload_glob), "What made the pod."),
        "namespaces": _NAMESPACES,
        "labels": Field(
            _LABELS, "Labels the pod carries, with a value or glob, or a list of them."
        ),
        "dags": _DAGS,
        "teams": Field(listed(label_glob), "Teams, by name or glob."),
        "users": _USERS,
    },
    Match,
)
MEMBERS = Record(
    "Members",
    "Who may carry the team's label, and whose pods are the team's when unlabelled.",
    {"namespaces": _NAMESPACES, "dags": _DAGS, "users": _USERS},
    Members,
    _members,
)
