"""`iam`: the cloud identity that a team's pods get.

| provider | written to the pod | wants |
|---|---|---|
| `kube2iam` (and kiam) | annotation `iam.amazonaws.com/role`, on every workload | `role` |
| `irsa`, `eks-pod-identity`, `gke` | `serviceAccountName` | `serviceAccountName` |
| `azure` | the same, and label `azure.workload.identity/use: "true"` | `serviceAccountName` |

With a service account only the operators' pods get it unless `workloads` says otherwise: an
executor's or Celery worker needs the account that Airflow's chart gave it to launch pods.
"""

import re
from functools import lru_cache
from typing import Any

from webhook import names
from webhook.policy import limits
from webhook.policy.errors import clip
from webhook.policy.kubernetes_names import DNS_NAME, dns_name
from webhook.policy.language_words import listed, matching_workloads, role, workload_glob
from webhook.policy.nodes import Mapping
from webhook.policy.places import Json, Place
from webhook.policy.shapes import Field, Record
from webhook.policy.shapes_scalar import Choice, Text
from webhook.policy.spec import Iam

PROVIDERS = ("kube2iam", "irsa", "eks-pod-identity", "gke", "azure")
_OPERATORS = tuple(w for w in names.WORKLOADS if w in ("job-operator", "pod-operator", "spark"))
# Source: AWS IAM reference, "IAM and AWS STS quotas": a role's name has at most 64 of these.
_ROLE = re.compile(
    r"(?:arn:aws[a-z-]*:iam::[0-9]{12}:role/)?(?:[\w+=,.@-]+/)*[\w+=,.@-]{1,64}", re.ASCII
)


def _check(given: Json, node: Mapping, at: Place) -> None:
    if given["provider"] == "kube2iam":
        _check_kube2iam(given, node, at)
    elif "service_account_name" not in given:
        at.report(node, f"`serviceAccountName` is missing: {given['provider']} works through one")


def _check_kube2iam(given: Json, node: Mapping, at: Place) -> None:
    if "role" not in given:
        at.report(node, "`role` is missing: kube2iam works through the role in an annotation")
    elif not _ROLE.fullmatch(given["role"]):
        said = (
            f"`{clip(given['role'])}` is no role; write an ARN such as {_EXAMPLE}, or its last part"
        )
        (at / "role").report(node.pairs["role"][1], said)
    if "service_account_name" in given:
        mark = node.pairs["serviceAccountName"][0]
        (at / "serviceAccountName").report(mark, "has no meaning with kube2iam; delete it")


_EXAMPLE = "arn:aws:iam::111122223333:role/payments"


def _build(workloads: tuple[str, ...] | None = None, **given: Any) -> Iam:
    if workloads is None:
        workloads = names.WORKLOADS if given["provider"] == "kube2iam" else _OPERATORS
    return Iam(**given, workloads=_meant(workloads))


@lru_cache(maxsize=64)
def _meant(globs: tuple[str, ...]) -> tuple[str, ...]:
    meant = {name for text in globs for name in matching_workloads(text)}
    return tuple(name for name in names.WORKLOADS if name in meant)


IAM = Record(
    "Iam",
    "The cloud identity of the team's pods.",
    {
        "provider": Field(
            Choice(PROVIDERS), "How the cloud gives pods an identity.", required=True
        ),
        "role": Field(
            Text(role, example=_EXAMPLE),
            "The role: written to the pod by kube2iam, for messages and checks with others.",
        ),
        "serviceAccountName": Field(
            Text(dns_name, DNS_NAME), "The service account.", attribute="service_account_name"
        ),
        "workloads": Field(
            listed(workload_glob, limits.WAIVES),
            "Which workloads get it. Left out: all with kube2iam, else the operators' pods.",
        ),
    },
    _build,
    _check,
)
