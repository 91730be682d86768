"""What lies in the service's Secret, as data.

| keys                        | what it is                                                      |
|-----------------------------|-----------------------------------------------------------------|
| `ca.crt`, `ca.key`          | the CA that signs what is served now                            |
| `tls.crt`, `tls.key`        | the server certificate that every replica serves                |
| `next-ca.crt`, `next-ca.key`| a CA that is to sign, once every API server believes it         |
| `old-ca.crt`                | CAs that signed before, until no replica serves theirs any more |

What cannot be read counts as absent, a server certificate that another CA signed as well.
"""

from collections.abc import Mapping

from msgspec import Struct

from webhook.trust.certificates import (
    BadCertificate,
    Certificate,
    Pair,
    is_issued_by,
    pem_of,
    read_authorities,
    read_pair,
)

CA, SERVER, NEXT, OLD = "ca", "tls", "next-ca", "old-ca"


class Store(Struct, frozen=True):
    """All that has to survive a restart of every replica."""

    current: Pair | None = None
    server: Pair | None = None  # signed by `current`
    next: Pair | None = None
    old: tuple[Certificate, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether no CA is here that could sign."""
        return self.current is None and self.next is None

    def authorities(self) -> tuple[Certificate, ...]:
        """Whom the API server has to believe: what `caBundle` holds, in its order."""
        signing = (each.certificate for each in (self.current, self.next) if each is not None)
        return (*signing, *self.old)


def read(data: Mapping[str, bytes]) -> Store:
    """The Secret's `data`, decoded."""
    current, server = _pair(data, CA), _pair(data, SERVER)
    if server is not None and not is_signed_by(server, current):
        server = None
    return Store(current, server, _pair(data, NEXT), read_authorities(data.get(f"{OLD}.crt", b"")))


def written(store: Store) -> dict[str, bytes | None]:
    """As a change of the Secret's `data`: None takes a key away."""
    pairs = {CA: store.current, SERVER: store.server, NEXT: store.next}
    data: dict[str, bytes | None] = {f"{OLD}.crt": pem_of(store.old) or None}
    for name, pair in pairs.items():
        data[f"{name}.crt"] = None if pair is None else pem_of([pair.certificate])
        data[f"{name}.key"] = None if pair is None else pair.key.pem
    return data


def is_signed_by(server: Pair, authority: Pair | None) -> bool:
    return authority is not None and is_issued_by(server.certificate.der, authority.certificate)


def _pair(data: Mapping[str, bytes], name: str) -> Pair | None:
    try:
        return read_pair(data.get(f"{name}.crt", b""), data.get(f"{name}.key", b""))
    except BadCertificate:
        return None
