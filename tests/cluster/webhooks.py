"""The webhook configurations that make the API server ask a Taxiway on this machine.

They are those of the chart, rendered with its defaults; only `clientConfig` differs, which holds
a URL in place of a Service. `test_installation` leaves even that as it is.
"""

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.cluster import chart
from tests.cluster.api import Api, Object, Reply
from tests.serving import until
from webhook.names import APPLIED

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
    return pointed("MutatingWebhookConfiguration", endpoint)


def validating(endpoint: Endpoint, *names: str) -> Object:
    """All its entries, or those of these names."""
    configuration = pointed("ValidatingWebhookConfiguration", endpoint)
    if names:
        entries = configuration["webhooks"]
        configuration["webhooks"] = [each for each in entries if each["name"] in names]
    return configuration


def pointed(kind: str, endpoint: Endpoint) -> Object:
    """The chart's own configuration, with each entry's Service replaced by this endpoint."""
    configuration = chart.one(chart.rendered(), kind)
    for entry in configuration["webhooks"]:
        entry["clientConfig"] = endpoint.client_config(entry["clientConfig"]["service"]["path"])
    return configuration
