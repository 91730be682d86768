"""The webhook configurations that make the API server ask a Taxiway on this machine.

The entries are those of an installation; only `clientConfig` differs, which holds a URL in place
of a Service. Source of the fields: Kubernetes API reference, admissionregistration/v1.

| entry                         | on          | selects                                | fails  |
|-------------------------------|-------------|----------------------------------------|--------|
| mutate (IfNeeded)             | CREATE pods | Airflow's markers, by value            | open   |
| mutate, governed namespaces   | CREATE pods | namespaces with `taxiway/govern: all`  | open   |
| validate, the same two        | CREATE pods | the same                               | closed |
| guard, the same two           | UPDATE pods | the same, where what it guards differs | closed |
"""

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.cluster.api import Api, Object, Reply
from tests.serving import until
from webhook.names import APPLIED, GOVERN, KUBE2IAM_ROLE

# Mutating configurations run in order of their names: this one comes before the clouds' identity
# webhooks (`azure-wi-…`, `pod-identity-webhook`), which read the service account that we set.
NAME = "airflow-taxiway"
OWN_NAMESPACE = "taxiway"
NEVER = (OWN_NAMESPACE, "kube-system", "kube-node-lease")
PROBE: Object = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "probe", "labels": {"kubernetes_pod_operator": "True"}},
    "spec": {"containers": [{"name": "base", "image": "probe"}]},
}


@dataclass(frozen=True)
class Endpoint:
    """Where one replica answers, and the CA that its certificate is of."""

    url: str
    ca: Path

    def client_config(self, path: str) -> Object:
        bundle = base64.b64encode(self.ca.read_bytes()).decode()
        return {"url": f"{self.url}{path}", "caBundle": bundle}


@contextmanager
def registered(api: Api, mutate: Endpoint, validate: Endpoint | None = None) -> Iterator[None]:
    """Both configurations, in force, until the end; `validate` may be another replica's.

    An API server learns of a configuration by watch, so each is waited for by a dry run: of a pod
    without a team, which `/mutate` gives an annotation all the same and `/validate` refuses.
    """
    with (
        in_force(api, mutating(mutate), lambda reply: APPLIED in annotations(reply)),
        in_force(api, validating(validate or mutate), lambda reply: reply.code >= 400),
    ):
        yield


@contextmanager
def in_force(api: Api, configuration: Object, shows: Callable[[Reply], bool]) -> Iterator[None]:
    name = configuration["kind"]
    api.create(configuration).made()
    try:
        until(f"{name} is asked", lambda: shows(api.create(PROBE, dry_run=True)))
        yield
    finally:
        api.delete(configuration)
        until(f"{name} is forgotten", lambda: not shows(api.create(PROBE, dry_run=True)))


def annotations(reply: Reply) -> Object:
    found: Object = reply.body.get("metadata", {}).get("annotations", {})
    return found


def mutating(endpoint: Endpoint) -> Object:
    common = {"failurePolicy": "Ignore", "timeoutSeconds": 2, "reinvocationPolicy": "IfNeeded"}
    return configuration(
        "MutatingWebhookConfiguration",
        entry("mutate.pods.taxiway", endpoint.client_config("/mutate"), MARKED, **common),
        entry("mutate.all.taxiway", endpoint.client_config("/mutate/all"), GOVERNED, **common),
    )


def validating(endpoint: Endpoint) -> Object:
    common = {"failurePolicy": "Fail", "timeoutSeconds": 3}
    guard = {**common, "operations": ("UPDATE",), "conditions": GUARD}
    pods, every = endpoint.client_config("/validate"), endpoint.client_config("/validate/all")
    marked_guard = {**guard, "conditions": (*MARKED["conditions"], *GUARD)}
    return configuration(
        "ValidatingWebhookConfiguration",
        entry("validate.pods.taxiway", pods, MARKED, **common),
        entry("validate.all.taxiway", every, GOVERNED, **common),
        entry("guard.pods.taxiway", pods, MARKED | marked_guard),
        entry("guard.all.taxiway", every, GOVERNED | guard),
    )


def configuration(kind: str, *webhooks: Object, name: str = NAME) -> Object:
    return {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": kind,
        "metadata": {"name": name},
        "webhooks": list(webhooks),
    }


def entry(name: str, client_config: Object, selects: Object, **more: object) -> Object:
    """One webhook. `operations`, `conditions` and `namespaces` are short for Kubernetes' own."""
    fields = selects | more
    operations = fields.pop("operations", ("CREATE",))
    conditions = fields.pop("conditions", ())
    namespaces = fields.pop("namespaces", ())
    return {
        "name": name,
        "clientConfig": client_config,
        "admissionReviewVersions": ["v1"],
        "sideEffects": "None",
        "matchPolicy": "Equivalent",
        "namespaceSelector": {"matchExpressions": [NOT_OURS, *namespaces]},
        "rules": [
            {
                "apiGroups": [""],
                "apiVersions": ["v1"],
                "resources": ["pods"],
                "operations": list(operations),
                "scope": "Namespaced",
            }
        ],
        "matchConditions": [
            {"name": title, "expression": expression} for title, expression in conditions
        ],
        **fields,
    }


def label(of: str, key: str) -> str:
    """CEL: a pod's label, or the empty string. An error in a condition would refuse the pod."""
    return f"{of}.metadata.?labels[?'{key}'].orValue('')"


def marked(of: str) -> str:
    """CEL: Airflow made this pod, told by the values of its labels."""
    return " || ".join(
        (
            f"{label(of, 'kubernetes_pod_operator')} == 'True'",
            f"{label(of, 'kubernetes_executor')} == 'True'",
            f"{label(of, 'spark_kubernetes_operator')} == 'True'",
            f"({label(of, 'spark-role')} != '' && {label(of, 'dag_id')} != '')",
            f"{label(of, 'component')} == 'worker'",
            f"{label(of, 'app.kubernetes.io/component')} == 'worker'",
        )
    )


def differs(value: str) -> str:
    """CEL: `value`, an expression with `{}` for the object, is another than it was."""
    return f"{value.format('object')} != {value.format('oldObject')}"


NOT_OURS = {"key": "kubernetes.io/metadata.name", "operator": "NotIn", "values": list(NEVER)}
MARKED: Object = {
    # On UPDATE a pod counts that was Airflow's before: else its marker is what an author removes.
    "conditions": (
        (
            "airflow-made-it",
            f"{marked('object')} || (oldObject != null && ({marked('oldObject')}))",
        ),
    ),
    "namespaces": ({"key": GOVERN, "operator": "NotIn", "values": ["all"]},),
}
GOVERNED: Object = {
    "namespaces": ({"key": GOVERN, "operator": "In", "values": ["all"]},),
}
GUARD = (
    (
        "something-guarded-differs",
        " || ".join(
            (
                differs("{}.spec.?tolerations.orValue([])"),
                differs(f"{{}}.metadata.?annotations[?'{KUBE2IAM_ROLE}'].orValue('')"),
                differs("{}.metadata.?labels[?'team'].orValue('')"),
                differs("{}.metadata.?labels[?'cost-center'].orValue('')"),
            )
        ),
    ),
)
