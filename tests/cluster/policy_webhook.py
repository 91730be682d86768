"""The entry that makes the API server ask Taxiway about a change of policies."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.cluster.api import Api, Object
from tests.cluster.site import config_map
from tests.cluster.webhooks import Endpoint, validating
from tests.serving import until

NAME = "airflow-taxiway-policy"
ENTRY = "validate.policies.taxiway"
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
    """The chart's own entry, and no other of its configuration."""
    configuration = validating(endpoint, ENTRY)
    configuration["metadata"]["name"] = NAME
    return configuration
