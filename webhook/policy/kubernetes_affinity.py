"""core/v1 Affinity, whole, as `validateAffinity` takes it.

Weights are 1 to 100, a pod's term needs a topologyKey, a required node affinity at least one
term. What is empty or null is dropped, as Kubernetes makes no difference. An invalid label value
in a preferred term, which the API server lets pass because it can match no node, is a problem
here as elsewhere. Source: Kubernetes 1.36, `pkg/apis/core/validation/validation.go`.
"""

from webhook.policy import limits
from webhook.policy.kubernetes_names import dns_label
from webhook.policy.kubernetes_selectors import (
    KEY,
    LABEL_KEYS,
    LABEL_SELECTOR,
    NODE_SELECTOR_TERM,
    check_label_keys,
    listed,
    listed_with_selectors,
)
from webhook.policy.shapes import Field, ListOf, Record, Shape
from webhook.policy.shapes_scalar import Text, Whole

_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"


def _weighted(name: str, part: str, shape: Shape, about: str) -> Record:
    return Record(
        name,
        f"A {part} with its weight.",
        {
            "weight": Field(Whole(1, 100), "1 to 100: how much it counts.", required=True),
            part: Field(shape, about, required=True),
        },
    )


_POD_TERM = Record(
    "PodAffinityTerm",
    "core/v1 PodAffinityTerm: which pods, and how near.",
    {
        "labelSelector": Field(LABEL_SELECTOR, "The pods. Empty: all; left out: none."),
        "namespaces": Field(
            ListOf(Text(dns_label), limits.EXPRESSION_VALUES), "Namespaces to look in, by name."
        ),
        "namespaceSelector": Field(LABEL_SELECTOR, "Namespaces to look in, by label. Empty: all."),
        "topologyKey": Field(KEY, "The node label that says what is near.", required=True),
        "matchLabelKeys": Field(LABEL_KEYS, "Labels in which both pods must be alike."),
        "mismatchLabelKeys": Field(LABEL_KEYS, "Labels in which both pods must differ."),
    },
    listed_with_selectors,
    check_label_keys,
    nulls_absent=True,
)
_NODE_SELECTOR = Record(
    "NodeSelector",
    "core/v1 NodeSelector: terms of which one must hold.",
    {
        "nodeSelectorTerms": Field(
            ListOf(NODE_SELECTOR_TERM, limits.NODE_TERMS, least=1), "The terms.", required=True
        )
    },
    listed,
)
_NODE = Record(
    "NodeAffinity",
    "core/v1 NodeAffinity: nodes that a pod must or would rather run on.",
    {
        _REQUIRED: Field(_NODE_SELECTOR, "Where the pod must run; ANDed into the author's terms."),
        _PREFERRED: Field(
            ListOf(
                _weighted(
                    "PreferredSchedulingTerm", "preference", NODE_SELECTOR_TERM, "The nodes."
                ),
                limits.AFFINITY_TERMS,
            ),
            "Where the pod would rather run.",
        ),
    },
    listed,
    nulls_absent=True,
)


def _pods(name: str, about: str) -> Record:
    weighted = _weighted("WeightedPodAffinityTerm", "podAffinityTerm", _POD_TERM, "The pods.")
    return Record(
        name,
        about,
        {
            _REQUIRED: Field(ListOf(_POD_TERM, limits.AFFINITY_TERMS), "What must hold."),
            _PREFERRED: Field(ListOf(weighted, limits.AFFINITY_TERMS), "What should hold."),
        },
        listed,
        nulls_absent=True,
    )


AFFINITY = Record(
    "Affinity",
    "core/v1 Affinity.",
    {
        "nodeAffinity": Field(_NODE, "Which nodes."),
        "podAffinity": Field(_pods("PodAffinity", "core/v1 PodAffinity."), "Near which pods."),
        "podAntiAffinity": Field(
            _pods("PodAntiAffinity", "core/v1 PodAntiAffinity."), "Away from which pods."
        ),
    },
    listed,
    nulls_absent=True,
)
