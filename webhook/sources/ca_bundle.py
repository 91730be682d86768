"""`caBundle` of the service's own webhook configurations: whom the API servers believe.

Both configurations have the same name. Each entry has a bundle of its own, and all are to hold
the same CAs, and no other: whoever could add one could answer for the service. They are compared
by what they hold, not by their text.

Entries are patched by name, with the resourceVersion that was read (strategic merge, whose key for
`webhooks` is `name`): what others write into the same entries stays.
"""

from base64 import b64encode
from collections.abc import Iterable

from msgspec import Struct

from webhook.sources.api_errors import Refused
from webhook.sources.duties import Undone
from webhook.sources.objects import STRATEGIC_MERGE_PATCH, Kind, Objects
from webhook.trust.certificates import Certificate, pem_of, read_authorities
from webhook.trust.rotation import Bundle

PREFIX = "apis/admissionregistration.k8s.io/v1"
KINDS = {
    "MutatingWebhookConfiguration": Kind(PREFIX, "mutatingwebhookconfigurations", False),
    "ValidatingWebhookConfiguration": Kind(PREFIX, "validatingwebhookconfigurations", False),
}
MISSING = (
    "{} {} is missing: install it again (helm upgrade); the other one is kept, and until then the "
    "API server asks nothing that stands in this one"
)


class ClientConfig(Struct, rename="camel", frozen=True):
    ca_bundle: bytes | None = None


class Entry(Struct, rename="camel", frozen=True):
    name: str
    client_config: ClientConfig


class Meta(Struct, rename="camel", frozen=True):
    resource_version: str


class Configuration(Struct, frozen=True):
    """The parts that are read."""

    metadata: Meta
    webhooks: tuple[Entry, ...] = ()


class Found(Struct, frozen=True):
    """Both configurations as they are; `complaints` are about those that are not there."""

    configurations: dict[str, Configuration]
    complaints: tuple[str, ...] = ()

    @property
    def bundles(self) -> tuple[Bundle, ...]:
        """What each entry believes."""
        each = (entry for found in self.configurations.values() for entry in found.webhooks)
        return tuple(map(believes, each))


def believes(entry: Entry) -> Bundle:
    return frozenset(read_authorities(entry.client_config.ca_bundle or b""))


class CaBundle:
    """Raises ApiError. `name`: of both configurations."""

    def __init__(self, objects: Objects, name: str) -> None:
        self._objects = objects
        self._name = name

    def read(self) -> Found:
        found, complaints = {}, []
        for title, kind in KINDS.items():
            try:
                found[title] = self._objects.get(kind, self._name, Configuration)
            except Refused as error:
                if not error.is_missing:
                    raise
                complaints.append(MISSING.format(title, self._name))
        return Found(found, tuple(complaints))

    def write(self, found: Found, authorities: Iterable[Certificate]) -> bool:
        """Make every entry believe these, and no other. Returns whether there was one to change.

        What somebody else has changed meanwhile is left for the next time.
        """
        wanted = tuple(authorities)
        stale = {
            title: tuple(each for each in found.webhooks if believes(each) != frozenset(wanted))
            for title, found in found.configurations.items()
        }
        for title, entries in stale.items():
            if entries:
                self._patch(title, found.configurations[title], entries, pem_of(wanted))
        return any(stale.values())

    def _patch(
        self, title: str, configuration: Configuration, entries: tuple[Entry, ...], bundle: bytes
    ) -> None:
        text = b64encode(bundle).decode()
        change = {
            "metadata": {"resourceVersion": configuration.metadata.resource_version},
            "webhooks": [
                {"name": each.name, "clientConfig": {"caBundle": text}} for each in entries
            ],
        }
        try:
            self._objects.patch(
                KINDS[title], self._name, change, Configuration, STRATEGIC_MERGE_PATCH
            )
        except Refused as error:
            if error.is_missing:
                raise Undone(MISSING.format(title, self._name)) from None
            if not error.is_conflict:
                raise
