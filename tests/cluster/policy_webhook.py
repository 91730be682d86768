"""The entry that makes the API server ask Taxiway about a change of policies."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.cluster.api import Api, Object
from tests.cluster.site import NAMESPACE, config_map
from tests.cluster.webhooks import Endpoint, configuration
from tests.serving import until

NAME = "airflow-taxiway-policy"
# Refused for what stands in it, whatever else is stored.
PROBE = config_map("probe", probe_yaml="apiVersion: taxiway/v0\n")


@contextmanager
def asked_about_policies(api: Api, endpoint: Endpoint) -> Iterator[None]:
    """The entry is in force, until the end."""
    made = api.create(policy_webhook(endpoint)).made()
    try:
        until("it is asked", lambda: api.create(PROBE, dry_run=True).code == 400)
        yield
    finally:
        api.delete(made)
        until("it is forgotten", lambda: api.create(PROBE, dry_run=True).code == 201)


def policy_webhook(endpoint: Endpoint) -> Object:
    entry = {
        "name": "policy.taxiway.webhook",
        "clientConfig": endpoint.client_config("/validate-policy"),
        "admissionReviewVersions": ["v1"],
        "sideEffects": "None",
        "matchPolicy": "Equivalent",
        "failurePolicy": "Ignore",
        "timeoutSeconds": 15,
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": NAMESPACE}},
        "objectSelector": {
            "matchExpressions": [
                {"key": "taxiway/policy", "operator": "In", "values": ["live", "shadow"]}
            ]
        },
        "rules": [
            {
                "apiGroups": [""],
                "apiVersions": ["v1"],
                "resources": ["configmaps"],
                "operations": ["CREATE", "UPDATE", "DELETE"],
                "scope": "Namespaced",
            }
        ],
    }
    return configuration("ValidatingWebhookConfiguration", entry, name=NAME)
