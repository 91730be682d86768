"""The Secret that the service keeps its CA and certificate in: read, and written if unchanged.

The installation makes it without data and an upgrade names none, so that neither empties it. What
is written carries the resourceVersion that it was made from: of two replicas that find it empty
the API server takes the first.
"""

from msgspec import Struct

from webhook import names
from webhook.sources.api_errors import Refused
from webhook.sources.duties import Undone
from webhook.sources.objects import SECRETS, Objects
from webhook.trust.rotation import ASK_CA, ASK_CERTIFICATE
from webhook.trust.store import Store, read, written

MISSING = (
    "Secret {0} is missing in namespace {1}: make an empty one, as the installation does "
    "(kubectl create secret generic {0} --namespace {1}); until then nothing is renewed"
)
UNKNOWN = (
    f"annotation {names.ROTATE} of Secret {{}} is {{!r}}: write {ASK_CA} or {ASK_CERTIFICATE}, or "
    "take it away"
)


class SecretMeta(Struct, rename="camel", frozen=True):
    resource_version: str
    annotations: dict[str, str] | None = None


class Secret(Struct, frozen=True):
    """The parts that are read; `data` is decoded from base64."""

    metadata: SecretMeta
    data: dict[str, bytes] | None = None


class Kept(Struct, frozen=True):
    """What lies there. `asked`: what a person wants to be made anew."""

    store: Store
    version: str
    asked: str | None = None


class TlsSecret:
    """Raises ApiError, and Undone where somebody has to do something about it."""

    def __init__(self, objects: Objects, namespace: str, name: str) -> None:
        self._objects = objects
        self._namespace = namespace
        self._name = name

    def read(self) -> Kept:
        try:
            return _kept(self._objects.get(SECRETS, self._name, Secret))
        except Refused as error:
            if error.is_missing:
                raise Undone(MISSING.format(self._name, self._namespace)) from None
            raise

    def write(self, kept: Kept, store: Store) -> Kept | None:
        """Put this in place of what was read, and what was asked for is done.

        None: somebody else has changed it meanwhile.
        """
        change = {
            "metadata": {"resourceVersion": kept.version, "annotations": {names.ROTATE: None}},
            "data": written(store),
        }
        try:
            return _kept(self._objects.patch(SECRETS, self._name, change, Secret))
        except Refused as error:
            if error.is_conflict:
                return None
            raise

    def complaint(self, kept: Kept) -> str | None:
        """About what a person has asked for."""
        if kept.asked in (None, ASK_CA, ASK_CERTIFICATE):
            return None
        return UNKNOWN.format(self._name, kept.asked)


def _kept(secret: Secret) -> Kept:
    asked = (secret.metadata.annotations or {}).get(names.ROTATE)
    return Kept(read(secret.data or {}), secret.metadata.resource_version, asked)
