"""core/v1 topologySpreadConstraints, as `validateTopologySpreadConstraints` takes them.

maxSkew is positive; minDomains too, and only with `DoNotSchedule`; a pair of topologyKey and
whenUnsatisfiable stands in a pod once. Source: Kubernetes 1.36,
`pkg/apis/core/validation/validation.go`.
"""

from webhook.policy import limits
from webhook.policy.kubernetes_selectors import (
    KEY,
    LABEL_KEYS,
    LABEL_SELECTOR,
    check_label_keys,
    listed_with_selectors,
)
from webhook.policy.nodes import Mapping
from webhook.policy.places import Json, Place
from webhook.policy.shapes import Field, ListOf, Record
from webhook.policy.shapes_scalar import Choice, Whole

_INT32 = 2**31 - 1
_POLICIES = Choice(("Honor", "Ignore"))


def _check(given: Json, node: Mapping, at: Place) -> None:
    if "minDomains" in given and given["whenUnsatisfiable"] != "DoNotSchedule":
        place = at / "minDomains"
        place.report(node.pairs["minDomains"][0], "is allowed only with `DoNotSchedule`")
    check_label_keys(given, node, at)


_ALIKE = "has the same topologyKey and whenUnsatisfiable as"


def _pair(constraint: Json) -> tuple[str, str]:
    return constraint["topologyKey"], constraint["whenUnsatisfiable"]


_CONSTRAINT = Record(
    "TopologySpreadConstraint",
    "core/v1 TopologySpreadConstraint: how evenly pods spread over zones or nodes.",
    {
        "maxSkew": Field(Whole(1, _INT32), "By how many pods two zones may differ.", required=True),
        "topologyKey": Field(KEY, "The node label that makes a zone.", required=True),
        "whenUnsatisfiable": Field(
            Choice(("DoNotSchedule", "ScheduleAnyway")), "What then.", required=True
        ),
        "labelSelector": Field(LABEL_SELECTOR, "The pods that are counted."),
        "minDomains": Field(Whole(1, _INT32), "At least so many zones, with DoNotSchedule."),
        "nodeAffinityPolicy": Field(_POLICIES, "Whether node affinity narrows the zones."),
        "nodeTaintsPolicy": Field(_POLICIES, "Whether taints narrow the zones."),
        "matchLabelKeys": Field(LABEL_KEYS, "Labels in which the pods counted must be alike."),
    },
    listed_with_selectors,
    _check,
    nulls_absent=True,
)
CONSTRAINTS = ListOf(_CONSTRAINT, limits.SPREAD_CONSTRAINTS, key=_pair, alike=_ALIKE)
